package intel

import "strings"

// weakKind takes kinds of value that prove little down to hunting, unless
// their source asks for detection; some not even then.
func weakKind(in *Indicator) {
	if why := hopeless(in.Type); why != "" {
		in.hopeless = true
		in.because(why)
	}
	if why := everywhere(in); why != "" {
		in.hopeless = true
		in.lower(Hunt, why+": not searched for, it would be found everywhere")
		return
	}
	if why := tooCommon(in); why != "" {
		in.lower(Hunt, why)
		return
	}
	if in.Asked == Detect {
		return
	}
	if why := weak(in); why != "" {
		in.lower(Hunt, why)
	}
}

// hopeless says why a type is in no log.
func hopeless(t Type) string {
	switch t {
	case PDB, Watermark, Packer:
		return "found in files only, no log carries it"
	case RegistrantEmail, RegistrantOrg:
		return "found in registration data only, no log carries it"
	case Other:
		return "kept, not searched for"
	}
	return ""
}

func weak(in *Indicator) string {
	switch in.Type {
	case Watermark, RegistrantEmail, RegistrantOrg, Account, UserAgent, Cookie, JA3, JA3S, JA4:
		return "a weak kind: many share " + in.Type.String() + " values"
	case Filename:
		return "a bare file name: anybody may use it"
	case URIPath:
		return "a path without its host"
	case CryptoKey:
		return "a key: seen in logs only by accident"
	}
	return ""
}

// everywhere names values that are in the logs of every machine.
func everywhere(in *Indicator) string {
	if in.Type == Domain || in.Type == IP || in.Type == URL || in.Type.hashSize() > 0 {
		return ""
	}
	low := strings.ToLower(in.Value)
	switch in.Type {
	case Filename:
		if commonFile(low) {
			return "a file name of many systems"
		}
	case Account:
		switch low {
		case "administrator", "admin", "root", "system", "guest", "user", "anonymous logon", "-":
			return "an account of many systems"
		}
	case Path:
		if commonFolder(low) {
			return "a folder of every machine"
		}
		if commonProgram(low) {
			return "a program of every machine"
		}
	case Pipe:
		if commonPipe(low) {
			return "a pipe of every machine"
		}
	case CommandLine:
		if commonFile(low) || commonFile(low+".exe") {
			return "a command of every machine"
		}
	case RegistryKey:
		if commonKey(low) {
			return "a registry key of every machine: only a value in it says something"
		}
	case URIPath:
		if low == "/" || low == "/index.php" || low == "/index.html" || len(low) < 4 {
			return "a path of every web server"
		}
	}
	return ""
}

// tooCommon names values that mean little, whoever lists them.
func tooCommon(in *Indicator) string {
	switch in.Type {
	case RegistryKey:
		low := strings.ToLower(in.Value)
		leaf := low[strings.LastIndexByte(low, '\\')+1:]
		if (leaf == "data" || leaf == "update") && strings.Count(low, `\`) <= 3 {
			return "a generic registry name"
		}
	case CommandLine, ArchivePassword, CryptoKey:
		low := strings.ToLower(in.Value)
		switch low {
		case "whoami", "ipconfig", "ipconfig /all", "systeminfo", "tasklist", "netstat", "net user", "net view", "net group", "hostname", "quser", "ping":
			return "a command that administrators use"
		}
		if len(low) < minFragment {
			return "too short to be looked for in command lines"
		}
	}
	return ""
}

// minFragment is the least length of what is looked for inside other text.
const minFragment = 6

// commonFolder names folders in which every machine runs programs or keeps
// files. Only what lies in them can be an indicator.
func commonFolder(path string) bool {
	p := string(appendPath(nil, []byte(path)))
	if !strings.HasSuffix(p, `\`) {
		return false
	}
	switch strings.Trim(p, `\`) {
	case ``, `windows`, `windows\system32`, `windows\syswow64`, `windows\temp`, `windows\system32\drivers`, `windows\system32\tasks`, `windows\debug`,
		`program files`, `program files (x86)`, `program files\common files`, `programdata`, `programdata\microsoft`, `programdata\microsoft\windows`,
		`users`, `users\public`, `documents and settings`, `temp`, `appdata`, `appdata\local`, `appdata\local\temp`, `appdata\roaming`,
		`appdata\roaming\microsoft`, `appdata\roaming\microsoft\windows`, `appdata\local\microsoft`, `downloads`, `desktop`, `documents`,
		`tmp`, `var\tmp`, `var`, `var\log`, `var\www`, `var\www\html`, `usr`, `usr\bin`, `usr\sbin`, `usr\local`, `usr\local\bin`, `usr\lib`, `bin`, `sbin`,
		`lib`, `etc`, `opt`, `home`, `root`, `dev`, `dev\shm`, `run`, `proc`, `inetpub`, `inetpub\wwwroot`:
		return true
	}
	return false
}

// commonProgram names programs of the system at their own place.
func commonProgram(path string) bool {
	p := string(appendPath(nil, []byte(path)))
	at := strings.LastIndexByte(p, '\\')
	switch p[:at] {
	case `\windows`, `\windows\system32`, `\windows\syswow64`, `\windows\system32\windowspowershell\v1.0`:
		return commonFile(p[at+1:])
	case `\bin`, `\usr\bin`, `\sbin`, `\usr\sbin`:
		switch p[at+1:] {
		case "sh", "bash", "dash", "ls", "cat", "curl", "wget", "python", "python3", "perl", "ssh", "sshd", "sudo", "cron", "env", "id", "ps":
			return true
		}
	}
	return false
}

// commonPipe names pipes that Windows itself makes.
func commonPipe(pipe string) bool {
	switch string(appendPipe(nil, []byte(pipe))) {
	case "lsass", "lsarpc", "samr", "netlogon", "svcctl", "srvsvc", "wkssvc", "spoolss", "epmapper", "ntsvcs", "atsvc", "winreg", "browser",
		"eventlog", "initshutdown", "scerpc", "protected_storage", "router", "w32time_alt", "trkwks", "keysvc", "wsp", "dnsserver", "efsrpc", "tsvcpipe":
		return true
	}
	return false
}

// commonKey names registry keys that installations of all kinds write to: all
// that lies in one would be found otherwise.
func commonKey(key string) bool {
	k := strings.Trim(string(appendKey(nil, []byte(key))), `\`)
	hive, below, _ := strings.Cut(k, `\`)
	if hive != "lm" && hive != "u" {
		below = k // the hive was not said
	}
	switch below {
	case `software`, `system`, `software\microsoft`, `software\classes`, `software\microsoft\windows`, `software\microsoft\windows nt`,
		`software\microsoft\windows\currentversion`, `software\microsoft\windows nt\currentversion`,
		`software\microsoft\windows\currentversion\run`, `software\microsoft\windows\currentversion\runonce`,
		`software\microsoft\windows\currentversion\runonceex`, `software\microsoft\windows\currentversion\policies\explorer\run`,
		`software\microsoft\windows\currentversion\explorer`, `software\microsoft\windows\currentversion\uninstall`,
		`software\microsoft\windows nt\currentversion\winlogon`, `software\microsoft\windows nt\currentversion\svchost`,
		`software\microsoft\windows nt\currentversion\image file execution options`, `software\policies\microsoft`,
		`system\currentcontrolset`, `system\currentcontrolset\services`, `system\currentcontrolset\control`,
		`system\currentcontrolset\control\lsa`, `system\currentcontrolset\control\session manager`:
		return true
	}
	return below == ""
}

func commonFile(name string) bool {
	switch name {
	case "svchost.exe", "explorer.exe", "cmd.exe", "powershell.exe", "rundll32.exe", "regsvr32.exe", "services.exe",
		"lsass.exe", "csrss.exe", "winlogon.exe", "taskhost.exe", "taskhostw.exe", "conhost.exe", "dllhost.exe",
		"msiexec.exe", "notepad.exe", "net.exe", "wmic.exe", "kernel32.dll", "ntdll.dll", "user32.dll", "version.dll",
		"core.dll", "update.exe", "setup.exe", "install.exe", "test.exe", "a.exe", "1.exe", "readme.txt", "index.php":
		return true
	}
	return false
}

// sharedServices are domains below which everybody may have a place. Public
// suffixes are known from the warninglists; these are not among them.
func sharedServices() []string {
	return []string{
		"fastly.net", "ssl.fastly.net", "global.ssl.fastly.net", "workers.dev", "pages.dev", "amazonaws.com",
		"cloudfront.net", "softether.net", "b-cdn.net", "bunnycdn.com", "raw.githubusercontent.com", "githubusercontent.com",
		"github.io", "github.com", "gitlab.io", "azureedge.net", "azurefd.net", "azurewebsites.net", "windows.net",
		"cloudapp.net", "cloudapp.azure.com", "herokuapp.com", "netlify.app", "vercel.app", "web.app", "firebaseapp.com",
		"appspot.com", "googleusercontent.com", "blogspot.com", "wordpress.com", "akamaized.net", "akamaihd.net",
		"edgekey.net", "edgesuite.net", "cdn77.org", "stackpathdns.com", "hwcdn.net", "cloudflare.com", "ngrok.io",
		"ngrok-free.app", "trycloudflare.com", "duckdns.org", "no-ip.org", "ddns.net", "dynu.net", "onion.to", "sharepoint.com",
		"dropboxusercontent.com", "digitaloceanspaces.com", "backblazeb2.com", "linodeobjects.com", "r2.dev", "myqcloud.com", "aliyuncs.com",
	}
}

// A serviceIndex answers whether a domain is shared, without allocating.
type serviceIndex map[string]bool

func newServiceIndex() serviceIndex {
	m := serviceIndex{}
	for _, s := range sharedServices() {
		m[s] = true
	}
	return m
}

func sharedService(host string) bool { return services()[host] }

// sharedParent returns the shared service above a host, or "".
func sharedParent(host string) string {
	index := services()
	for {
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return ""
		}
		if index[rest] {
			return rest
		}
		host = rest
	}
}

// publicUpload reports whether a host takes files from anybody.
func publicUpload(host string) bool {
	host = strings.TrimPrefix(strings.TrimPrefix(host, "www."), "api.")
	switch host {
	case "file.io", "anonfiles.com", "transfer.sh", "gofile.io", "mega.nz", "mediafire.com", "wetransfer.com",
		"sendspace.com", "pastebin.com", "temp.sh", "0x0.st", "bashupload.com", "uploadfiles.io", "dropbox.com",
		"drive.google.com", "onedrive.live.com", "filebin.net", "catbox.moe", "ufile.io", "pixeldrain.com":
		return true
	}
	return false
}

// genericPath reports whether a path is that of a service's interface rather
// than of one object in it.
func genericPath(p string) bool {
	return len(p) <= 12 && strings.Count(p, "/") <= 2 && !strings.ContainsAny(p, "?.=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
