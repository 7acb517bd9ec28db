package textlog

import "testing"

func TestProgramsOfLinuxWriteToTheLogsThatSigmaNames(t *testing.T) {
	for _, c := range []struct {
		program  string
		facility int
		want     string
	}{
		{"sshd", 10, "sshd"}, {"sudo", 10, "sudo"}, {"crond", 9, "cron"}, {"freshclam", 3, "clamav"}, {"vsftpd", 11, "vsftpd"},
		{"guacd", 3, "guacamole"}, {"useradd", 3, "auth"}, {"own-login", 4, "auth"}, {"own-login", 10, "auth"},
		{"own-login", 3, "syslog"}, {"own-login", -1, "syslog"}, {"", 0, "syslog"},
	} {
		if got := LinuxService([]byte(c.program), c.facility); got != c.want {
			t.Errorf("%q of facility %d writes to %s, want %s", c.program, c.facility, got, c.want)
		}
	}
}
