package textlog

// LinuxService returns Sigma's name of the log that a program of Linux writes
// to: one of its own, or by the facility (-1 when unknown) auth or syslog.
func LinuxService(program []byte, facility int) string {
	switch string(program) {
	case "sshd", "sshd-session", "sshd-auth", "dropbear":
		return "sshd"
	case "sudo":
		return "sudo"
	case "cron", "CRON", "crond", "crontab", "anacron", "atd":
		return "cron"
	case "clamd", "freshclam", "clamscan", "clamav":
		return "clamav"
	case "vsftpd":
		return "vsftpd"
	case "guacd", "guacamole":
		return "guacamole"
	case "su", "login", "useradd", "userdel", "usermod", "groupadd", "groupmod", "passwd", "chpasswd", "chage",
		"polkitd", "pkexec", "systemd-logind", "gdm", "gdm-password", "lightdm", "unix_chkpwd":
		return "auth"
	}
	if facility == 4 || facility == 10 {
		return "auth"
	}
	return "syslog"
}
