// Package evtold reads the event logs of Windows XP and Server 2003 (.evt).
//
// It is recognised by the mark LfLe behind the length of the file's header, or
// by a record's where the header is gone. Records are found by their own marks
// and lengths, so a log that was copied while it was open, whose header is out
// of date, reads as well as a clean one. The file is a ring: a record may begin
// at its end and go on behind the header.
//
// It feeds the rules on System, Application and Security as far as they look at
// words: the file holds no names, so all strings of an event are values of Data.
//
// Limits: the file does not name its log. It is concluded from the file's name
// (SecEvent, SysEvent, AppEvent), else from the source of each event, and noted.
// Security ids are those of their time: 592, not 4688. Times have seconds only.
// Messages are not in the file. What lies outside the live part of a clean log
// is read when carving is asked for.
package evtold

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// Options are choices of the user.
type Options struct {
	Carve bool // also yield what lies outside the live part, marked as carved
}

// A Format is the format of old event logs. Its readers share shapes.
type Format struct {
	opt    Options
	shapes winlog.Shapes
}

// New returns the format.
func New(opt Options) *Format { return &Format{opt: opt} }

// Name implements [source.Format].
func (*Format) Name() string { return "evt" }

// Sizes of the file format, in bytes.
const (
	headerSize = 48
	fixedSize  = 56        // of a record, before its texts
	minRecord  = 60        // with the length at the end
	maxRecord  = 512 << 10 // of one that is believed
	endSize    = 40        // of the record that marks the end
)

const magic = "LfLe"

// endMark follows the length of the record that marks the end.
const endMark = "\x11\x11\x11\x11\x22\x22\x22\x22\x33\x33\x33\x33\x44\x44\x44\x44"

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	if len(head) < 8 || string(head[4:8]) != magic {
		return false
	}
	n := binary.LittleEndian.Uint32(head)
	return n == headerSize || n >= minRecord && n <= maxRecord && n%4 == 0
}

// Split implements [source.Format]. A log is small and a ring: one part.
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return []source.Part{{To: in.Size}}, nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{carve: f.opt.Carve, b: winlog.NewBuilder(&f.shapes)}
}

// A fileHeader is what the header says about the ring.
type fileHeader struct {
	valid      bool
	start, end int64 // of the live part; a clean log's only
	dirty      bool
	wrapped    bool
}

// Flags of the header.
const (
	flagDirty = 1
	flagWrap  = 2
)

func parseHeader(b []byte) (h fileHeader) {
	if len(b) < headerSize || binary.LittleEndian.Uint32(b) != headerSize || string(b[4:8]) != magic {
		return h
	}
	u := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	flags := u(36)
	return fileHeader{valid: true, start: u(16), end: u(20), dirty: flags&flagDirty != 0, wrapped: flags&flagWrap != 0}
}

// live reports whether a record at an offset belongs to the log. Only a clean
// header knows.
func (h fileHeader) live(off int64) bool {
	switch {
	case !h.valid || h.dirty:
		return true
	case h.start <= h.end:
		return off >= h.start && off < h.end
	}
	return off >= h.start || off < h.end
}

// channelOf concludes the log from the file's name, "" when it does not tell.
func channelOf(name string) string {
	name = strings.ToLower(name)
	for _, c := range [][2]string{{"sec", "Security"}, {"sys", "System"}, {"app", "Application"}} {
		if strings.HasPrefix(name, c[0]+"event") || strings.HasPrefix(name, strings.ToLower(c[1])) {
			return c[1]
		}
	}
	return ""
}

// channelBySource concludes the log from an event's source.
func channelBySource(provider []byte) string {
	switch string(provider) {
	case "Security", "SECURITY":
		return "Security"
	case "Service Control Manager", "EventLog", "Tcpip", "W32Time", "NETLOGON", "Srv", "Dhcp", "Print", "Disk", "Ntfs",
		"USER32", "Windows Update Agent", "DCOM", "TermService", "MRxSmb", "BROWSER", "Application Popup":
		return "System"
	}
	return "Application"
}

// isEnd reports whether b begins with the record that marks the end.
func isEnd(b []byte) bool {
	return len(b) >= 20 && binary.LittleEndian.Uint32(b) == endSize && bytes.Equal(b[4:20], []byte(endMark))
}
