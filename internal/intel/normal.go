package intel

import "bytes"

// appendLower appends src in lower case (ASCII letters only: names of files,
// hosts and keys that matter here are ASCII; other bytes are kept).
func appendLower(dst, src []byte) []byte {
	for _, c := range src {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// An environment variable at the start of a path and what it stands for, as
// far as all machines agree.
var environment = [...][2]string{
	{"%systemroot%", `\windows`}, {"%windir%", `\windows`}, {"%programdata%", `\programdata`},
	{"%allusersprofile%", `\programdata`}, {"%public%", `\users\public`}, {"%programfiles%", `\program files`},
	{"%programfiles(x86)%", `\program files (x86)`}, {"%commonprogramfiles%", `\program files\common files`},
	{"%localappdata%", `\appdata\local`}, {"%appdata%", `\appdata\roaming`}, {"%temp%", `\temp`}, {"%tmp%", `\temp`},
	{"%userprofile%", ``}, {"%homepath%", ``}, {"%systemdrive%", ``}, {`\systemroot`, `\windows`}, {"$env:temp", `\temp`},
	{"$env:programdata", `\programdata`}, {"$env:public", `\users\public`}, {"$env:windir", `\windows`},
}

// Short names of folders that stand at the root of most systems.
var shortNames = [...][2]string{
	{`\progra~1\`, `\program files\`}, {`\progra~2\`, `\program files (x86)\`}, {`\progra~3\`, `\programdata\`},
	{`\docume~1\`, `\documents and settings\`}, {`\micros~1\`, `\microsoft\`},
}

// appendPath appends the one form in which paths are compared: lower case,
// backslashes, without quotes, drive, device or share in front, environment
// variables and the usual 8.3 names replaced. It starts with a backslash.
func appendPath(dst, src []byte) []byte {
	start := len(dst)
	dst = appendLower(dst, bytes.Trim(src, "\"' \t"))
	p := dst[start:]
	for i, c := range p {
		if c == '/' {
			p[i] = '\\'
		}
	}
	p = p[rootLen(p):]
	front, n := variable(p)
	if n == 0 {
		front, n = short(p)
	}
	// The result is written behind its source and moved down, so that the two
	// never overlap while they are copied.
	mark := len(dst)
	dst = append(dst, front...)
	if len(front) == 0 && (len(p) == n || p[n] != '\\') {
		dst = append(dst, '\\')
	}
	dst = append(dst, p[n:]...)
	return dst[:start+copy(dst[start:], dst[mark:])]
}

// short returns what the short name at the start of p stands for.
func short(p []byte) (string, int) {
	for _, s := range shortNames {
		if bytes.HasPrefix(p, []byte(s[0])) {
			return s[1], len(s[0])
		}
	}
	return "", 0
}

func variable(p []byte) (string, int) {
	if len(p) == 0 || p[0] != '%' && p[0] != '$' && p[0] != '\\' {
		return "", 0
	}
	for _, e := range environment {
		if bytes.HasPrefix(p, []byte(e[0])) && (len(p) == len(e[0]) || p[len(e[0])] == '\\') {
			return e[1], len(e[0])
		}
	}
	return "", 0
}

// rootLen is the length of what stands before the root of a path: prefixes of
// the object manager, a drive, a volume, a machine and its administrative
// share.
func rootLen(p []byte) int {
	n := 0
	for _, prefix := range [...]string{`file:_`, `file:\\\`, `\??\`, `\\?\`, `\\.\`} {
		if bytes.HasPrefix(p[n:], []byte(prefix)) {
			n += len(prefix)
		}
	}
	rest := p[n:]
	switch {
	case len(rest) >= 2 && rest[1] == ':':
		return n + 2
	case bytes.HasPrefix(rest, []byte(`\device\harddiskvolume`)), bytes.HasPrefix(rest, []byte(`globalroot\device\harddiskvolume`)):
		i := bytes.IndexByte(rest, 'v')
		i += bytes.Index(rest[i:], []byte("harddiskvolume"))
		if j := bytes.IndexByte(rest[i:], '\\'); j >= 0 {
			return n + i + j
		}
	case bytes.HasPrefix(rest, []byte(`\\`)):
		return n + uncLen(rest)
	}
	return n
}

// uncLen is the length of \\machine\share when the share is a drive.
func uncLen(p []byte) int {
	host := bytes.IndexByte(p[2:], '\\')
	if host < 0 {
		return 0
	}
	share := p[2+host+1:]
	if len(share) >= 2 && share[1] == '$' && (len(share) == 2 || share[2] == '\\') {
		return 2 + host + 1 + 2
	}
	return 0
}

// baseName is what follows the last separator of a path in either style.
func baseName(p []byte) []byte {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] == '\\' || p[i] == '/' {
			return p[i+1:]
		}
	}
	return p
}

// withoutStream drops the name of an alternate stream behind a file name.
func withoutStream(p []byte) []byte {
	base := len(p) - len(baseName(p))
	if i := bytes.IndexByte(p[base:], ':'); i > 0 {
		return p[:base+i]
	}
	return p
}

// appendKey appends the one form in which registry paths are compared: lower
// case, the hive as "lm" or "u" (or nothing when it is not said), one control
// set, no WOW64 node.
func appendKey(dst, src []byte) []byte {
	start := len(dst)
	dst = appendLower(dst, bytes.Trim(src, "\"' \t"))
	p := dst[start:]
	hive, n := hiveOf(p)
	p = p[n:]
	if hive == "u" && bytes.HasPrefix(p, []byte(`\s-1-`)) {
		if i := bytes.IndexByte(p[1:], '\\'); i >= 0 {
			p = p[1+i:]
		}
	}
	mark := len(dst)
	dst = append(dst, hive...)
	dst = append(dst, '\\')
	dst = append(dst, bytes.TrimLeft(p, `\`)...)
	dst = dst[:start+copy(dst[start:], dst[mark:])]
	dst = replacePart(dst, start, `\wow6432node\`, `\`)
	for _, set := range [...]string{`\controlset001\`, `\controlset002\`, `\controlset003\`} {
		dst = replacePart(dst, start, set, `\currentcontrolset\`)
	}
	return dst
}

func hiveOf(p []byte) (string, int) {
	for _, h := range [...][2]string{
		{`hkey_local_machine`, "lm"}, {`hklm:`, "lm"}, {`hklm`, "lm"}, {`\registry\machine`, "lm"}, {`registry::hkey_local_machine`, "lm"},
		{`hkey_current_user`, "u"}, {`hkcu:`, "u"}, {`hkcu`, "u"}, {`hkey_users`, "u"}, {`hku`, "u"}, {`\registry\user`, "u"},
		{`hkey_classes_root`, `lm\software\classes`}, {`hkcr`, `lm\software\classes`},
	} {
		if bytes.HasPrefix(p, []byte(h[0])) && (len(p) == len(h[0]) || p[len(h[0])] == '\\') {
			return h[1], len(h[0])
		}
	}
	return "", 0
}

// replacePart replaces one part of out behind start.
func replacePart(out []byte, start int, part, by string) []byte {
	i := bytes.Index(out[start:], []byte(part))
	if i < 0 {
		return out
	}
	i += start
	tail := len(out) - i - len(part)
	for range max(0, len(by)-len(part)) {
		out = append(out, 0)
	}
	copy(out[i+len(by):], out[i+len(part):i+len(part)+tail])
	copy(out[i:], by)
	return out[:i+len(by)+tail]
}

// appendPipe appends the one form in which pipe names are compared: lower
// case, without the pipe device in front.
func appendPipe(dst, src []byte) []byte {
	start := len(dst)
	dst = appendLower(dst, src)
	p := dst[start:]
	for _, prefix := range [...]string{`\\.\pipe\`, `\\127.0.0.1\pipe\`, `\device\namedpipe\`, `\pipe\`, `pipe\`, `\`} {
		if bytes.HasPrefix(p, []byte(prefix)) {
			n := copy(p, p[len(prefix):])
			return dst[:start+n]
		}
	}
	return dst
}

// appendMutex appends the one form in which names of mutexes are compared:
// lower case, without the folder of the object manager and the prefixes that
// programs write for it.
func appendMutex(dst, src []byte) []byte {
	start := len(dst)
	dst = appendLower(dst, bytes.TrimSpace(src))
	p := dst[start:]
	const objects = `\basenamedobjects\`
	if i := bytes.Index(p, []byte(objects)); i >= 0 {
		p = p[i+len(objects):]
	}
	for _, prefix := range [...]string{`global\`, `local\`} {
		p = bytes.TrimPrefix(p, []byte(prefix))
	}
	return dst[:start+copy(dst[start:], p)]
}

// commandBytes maps each byte of a command line: to itself in lower case, to a
// blank, or to 0 for bytes that shells drop.
var commandBytes = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			t[i] |= 0x20
		}
	}
	t['"'], t['^'], t['`'] = 0, 0, 0
	t[0], t['\t'], t['\r'], t['\n'] = ' ', ' ', ' ', ' '
	return t
}()

// appendCommand appends the one form in which command lines are compared:
// lower case, without quotes and carets, white space as one blank.
func appendCommand(dst, src []byte) []byte {
	last := byte(' ')
	for _, c := range src {
		c = commandBytes[c]
		if c == 0 || c == ' ' && last == ' ' {
			continue
		}
		last = c
		dst = append(dst, c)
	}
	return dst
}
