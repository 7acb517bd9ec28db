package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Identify returns the first format that claims the input, or nil. Formats are
// asked in order; content decides, the name is a hint only. For a segment of a
// stream the format is wrapped, so that origins count from the stream's start,
// and a segment that no format claims has that of the one before it. Segments
// of one stream must be asked about one after another.
func Identify(formats []Format, in *Input) Format {
	f := claimant(formats, in)
	if in.of == nil {
		return f
	}
	if f == nil {
		f = in.of.format
	}
	if in.of.format = f; f == nil {
		return nil
	}
	return shifted{f}
}

func claimant(formats []Format, in *Input) Format {
	for _, f := range formats {
		if f.Claims(in.Name(), in.Head) {
			return f
		}
	}
	return nil
}

// known are the beginnings of files that nothing here reads but that deserve
// their name in the report.
var known = []struct{ magic, name string }{
	{"LfLe", "Windows XP event log"},
	{"\x30\x00\x00\x00LfLe", "Windows XP event log"},
	{"regf", "Windows registry hive"},
	{"SQLite format 3\x00", "SQLite database"},
	{"LPKSHHRH", "systemd journal"},
	{"MZ", "Windows program"},
	{"\x7fELF", "Linux program"},
	{"%PDF-", "PDF document"},
	{"\x89PNG", "PNG picture"},
	{"\xff\xd8\xff", "JPEG picture"},
	{"GIF8", "GIF picture"},
	{"\xd4\xc3\xb2\xa1", "packet capture"},
	{"\xa1\xb2\xc3\xd4", "packet capture"},
	{"\x0a\x0d\x0d\x0a", "packet capture"},
	{"FILE0", "NTFS file table"},
	{"SCCA", "Windows prefetch file"},
	{"MAM\x04", "Windows prefetch file"},
	{"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document"},
	{"ElfFile\x00", "Windows event log"},
}

// describeLine is how many characters of a first line a description shows.
const describeLine = 60

// Describe says what a file that no format claims looks like, such as
// `text, first line "hello"` or `binary 4d5a9000: Windows program`.
func Describe(head []byte) string {
	for _, k := range known {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return fmt.Sprintf("binary %x: %s", head[:min(len(head), 8)], k.name)
		}
	}
	text := string(Text(head))
	if !isText(text) {
		if len(bytes.Trim(head, "\x00")) == 0 {
			return "binary, begins with zeroes"
		}
		return fmt.Sprintf("binary %x", head[:min(len(head), 8)])
	}
	line := strings.TrimSpace(text)
	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimSpace(line)
	if runes := []rune(line); len(runes) > describeLine {
		line = string(runes[:describeLine]) + "..."
	}
	return fmt.Sprintf("text, first line %q", line)
}

// isText reports whether s has no control characters but blanks and few
// broken ones.
func isText(s string) bool {
	bad := 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			bad++
		case r < ' ' && !strings.ContainsRune("\t\r\n\f\x1b", r):
			return false
		}
	}
	return bad*10 <= len(s)
}
