package intel

import (
	"bytes"
	"strings"
)

// withoutFlowPort is the end of the address in "192.0.2.1.443 > 10.0.0.1.80:",
// as tcpdump and packet filters write flows, or 0.
func withoutFlowPort(v []byte, start, end int) int {
	if !bytes.HasPrefix(v[end:], []byte(" > ")) && !bytes.HasSuffix(v[:start], []byte(" > ")) {
		return 0
	}
	return start + max(bytes.LastIndexByte(v[start:end], '.'), 0)
}

// standsAsAddress reports whether four numbers are an address and not a
// version, by what stands around them.
func standsAsAddress(v []byte, start, end int) bool {
	if start == 0 {
		return true
	}
	switch before := v[start-1]; {
	case before == '/': // "host/192.0.2.1:80" is an address, "Agent/1.2.3.4" a version
		return start < 2 || !is(v[start-2], inWord) || end < len(v) && (v[end] == ':' || v[end] == '(' || v[end] == '/')
	case before == '+' || before == '~' || before == '^' || before == '\\' || before == '$':
		return false
	}
	return !behindWord(v, start, versionWords)
}

// standsAsName reports whether a word is the name of a host and not a file, a
// key or a word of a program, by what stands around it.
func standsAsName(v []byte, start, end int) bool {
	if end < len(v) && (v[end] == '(' || v[end] == '=' || v[end] == '@') {
		return false
	}
	if start == 0 {
		return true
	}
	switch before := v[start-1]; {
	case before == '/':
		return start > 1 && v[start-2] == '/' && (start == 2 || v[start-3] != '/')
	case before == '\\':
		return start > 1 && v[start-2] == '\\' && (start == 2 || !is(v[start-3], inWord) && v[start-3] != ':')
	case before == '$':
		return false
	case before >= 0x80:
		return !goesOn(v[:start])
	}
	return !maybeFile(v[start:end]) || !behindWord(v, start, fileWords)
}

// goesOn reports whether a text ends in a letter of an alphabet that names are
// written in, which is then a part of the name. Signs of languages that do not
// put blanks between words are not.
func goesOn(before []byte) bool {
	if n := len(before); n > 1 {
		return before[n-2] >= 0xc3 && before[n-2] <= 0xd4
	}
	return true
}

// behindScheme reports whether a host stands in a URL.
func behindScheme(v []byte, start int) bool {
	return start > 3 && v[start-1] == '/' && v[start-2] == '/' && v[start-3] == ':'
}

// opensURL reports whether what follows a host is a path or a port.
func opensURL(v []byte) bool {
	return len(v) > 0 && v[0] == '/' || len(v) > 1 && v[0] == ':' && v[1] >= '0' && v[1] <= '9'
}

// maxURL bounds a URL in a message.
const maxURL = 4096

// urlEnd is where the URL ends that goes on at a place. Punctuation at the end
// belongs to the sentence.
func urlEnd(v []byte, at int) int {
	end := at
	for end < len(v) && end-at < maxURL && v[end] > ' ' && bytes.IndexByte([]byte("\"'<>`{}|\\^"), v[end]) < 0 {
		end++
	}
	for end > at && bytes.IndexByte([]byte(".,;:!?)]*"), v[end-1]) >= 0 {
		end--
	}
	return end
}

// Words behind which four numbers are a version, and words behind which a name
// is that of a file.
var (
	versionWords = wordList("version ver v build revision rev firmware patch oid")
	fileWords    = wordList("file files filename image process program command cmd script executable executing executed execute exec deleted module archive attachment")
)

func wordList(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// behindWord reports whether the word before a place is one of the list. Signs
// that tie a name to its value may stand between.
func behindWord(v []byte, start int, list map[string]bool) bool {
	end := start
	for end > 0 && start-end < 4 && bytes.IndexByte([]byte(" :=\"'([#"), v[end-1]) >= 0 {
		end--
	}
	from := end
	var word [12]byte
	for from > 0 && end-from < len(word) && is(v[from-1], isLetter) {
		from--
	}
	if from > 0 && is(v[from-1], isLetter) {
		return false
	}
	for i, c := range v[from:end] {
		word[i] = c | 0x20
	}
	return list[string(word[:end-from])]
}

// maybeFile reports whether the end of a name is that of files too.
func maybeFile(name []byte) bool {
	switch top := name[bytes.LastIndexByte(name, '.')+1:]; len(top) {
	case 2:
		return isOne(top, "sh", "py", "pl", "rs", "so", "md", "ps", "cc", "st", "ai", "db", "gz")
	case 3:
		return isOne(top, "com", "zip", "mov", "app", "bat", "cab")
	}
	return false
}

// commonTop reports whether a name ends like most hosts do, and like hardly
// anything else: by it a log shows that it speaks of names at all.
func commonTop(name []byte) bool {
	switch top := name[bytes.LastIndexByte(name, '.')+1:]; len(top) {
	case 2: // of countries
		return is(top[0], isLetter) && is(top[1], isLetter) && !maybeFile(name) &&
			!isOne(top, "js", "ts", "cs", "go", "so", "gz", "xz", "db", "id", "in", "is", "it", "no", "pm", "py", "tf", "kt", "vb", "el", "hs")
	case 3:
		return isOne(top, "com", "net", "org", "edu", "gov", "mil")
	case 4:
		return isOne(top, "info", "arpa")
	}
	return false
}

func isOne(word []byte, list ...string) bool {
	for _, w := range list {
		if len(w) == len(word) && foldedEqual(word, w) {
			return true
		}
	}
	return false
}

func foldedEqual(a []byte, lower string) bool {
	for i, c := range a {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// own reports whether a name is that of the machine which wrote the record:
// that says nothing of what its log speaks of.
func own(name []byte, host string) bool {
	if host == "" || len(name) < len(host) || len(name) > len(host) && name[len(host)] != '.' {
		return false
	}
	for i := range len(host) {
		if name[i]|0x20 != host[i]|0x20 {
			return false
		}
	}
	return true
}
