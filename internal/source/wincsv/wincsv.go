// Package wincsv reads Windows events that some tool wrote as a table of
// values separated by commas, semicolons or tabs.
//
// It is recognised by the columns that its first line names: those of EvtxECmd
// (Payload, with the event's data as JSON), of Defender XDR's advanced hunting
// (ActionType, DeviceName), of Log Analytics (SecurityEvent, WindowsEvent,
// Event), of Splunk (_raw, or its names of Windows fields), of Get-WinEvent and
// Get-EventLog by Export-Csv, of Event Viewer (English), and any table with
// EventID and three more of the columns that events mostly have.
//
// It feeds what the channels feed; rows of Defender XDR feed process_creation,
// network_connection, file_event, file_rename, file_delete, registry_set,
// registry_add, registry_delete, registry_rename, image_load, driver_load,
// registry_event (each change of the registry a second time), dns_query, pipe_created, create_remote_thread, process_access, and as Security
// 4624 and 4625 the rules on logons.
//
// Limits: what the tool left out cannot be read. A table has a cell for every
// column, so empty cells are taken for fields that the event does not have.
// Event Viewer tells no channel (it is concluded from the source), no host, and
// times as its user's settings were: read as month first, and as UTC. Fields of
// Sysmon and of common security events are drawn out of English messages. What
// is so assumed stands in the report's notes.
package wincsv

import (
	"bytes"
	"context"
	"io"

	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// A Format is the format of tables of Windows events. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "wincsv" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	h := readHeader(source.Text(head))
	return h != nil && h.table.Plausible(head)
}

// A header is what the first lines of a table say.
type header struct {
	table *winlog.Table
	names []string
	sep   byte
	size  int // bytes of text up to the first row
}

// maxPreamble is how many lines may stand before the names.
const maxPreamble = 3

// readHeader finds the line that names the columns.
func readHeader(text []byte) *header {
	at := 0
	for range maxPreamble {
		line, _, ended := bytes.Cut(text[at:], []byte("\n"))
		if !ended && at+len(line) >= source.HeadSize/2 {
			return nil
		}
		size := at + len(line)
		if ended {
			size++
		}
		if h := namesOf(line); h != nil {
			h.size = size
			return h
		}
		line = bytes.TrimSpace(line)
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("#TYPE")) && !bytes.HasPrefix(line, []byte("sep=")) || !ended {
			return nil
		}
		at = size
	}
	return nil
}

// namesOf reads a line as names of columns; nil when they are of no table.
func namesOf(line []byte) *header {
	if len(line) < 8 || bytes.IndexByte(line, 0) >= 0 {
		return nil
	}
	for _, sep := range []byte(",;\t") {
		if bytes.IndexByte(line, sep) < 0 {
			continue
		}
		var names []string
		var c cutter
		for _, cell := range c.cut(nil, line, sep) {
			names = append(names, string(cell.Text))
		}
		table := winlog.NewTable(names)
		if table != nil && table.Open() {
			names = append(names, "")
			table = winlog.NewTable(names)
		}
		if table != nil {
			return &header{table: table, names: names, sep: sep}
		}
	}
	return nil
}

// partSize is how much of a file makes a part.
const partSize = 4 << 20

// Split implements [source.Format]. It cuts at line ends outside quotes.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	coding, _ := source.CodingOf(in.Head)
	if coding != source.UTF8 || in.Size <= partSize {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	s := splitter{cur: source.Part{Line: 1}, line: 1}
	buf := make([]byte, 1<<20)
	for at := int64(0); at < in.Size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size-at)], at)
		if n == 0 {
			if err == io.EOF {
				break // the file shrank; its reader will say so
			}
			return nil, err
		}
		s.block(buf[:n], at)
		at += int64(n)
	}
	if s.cur.From < in.Size {
		s.cur.To = in.Size
		s.parts = append(s.parts, s.cur)
	}
	return s.parts, nil
}

// A splitter counts quotes and lines.
type splitter struct {
	parts  []source.Part
	cur    source.Part
	line   int64
	quoted bool
}

func (s *splitter) block(b []byte, at int64) {
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			end = len(b)
		}
		if bytes.Count(b[:end], []byte{'"'})&1 > 0 {
			s.quoted = !s.quoted
		}
		ended := b[end-1] == '\n'
		b, at = b[end:], at+int64(end)
		if !ended {
			return
		}
		s.line++
		if !s.quoted && at-s.cur.From >= partSize {
			s.cur.To = at
			s.parts = append(s.parts, s.cur)
			s.cur = source.Part{Index: len(s.parts), From: at, Line: s.line}
		}
	}
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{rows: winlog.NewRows(winlog.NewBuilder(&f.shapes))}
}
