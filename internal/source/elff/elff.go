// Package elff reads logs in the extended format of the W3C, whose columns are
// named by lines that begin with #Fields:
//
//	#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status
//	2025-06-15 10:00:00 192.0.2.1 GET /a.aspx x=1 443 - 198.51.100.9 curl/8.0 200
//
// It is recognised by such a line among the first, with names parted by blanks
// or tabs. The columns tell what wrote the log: IIS, HTTP.SYS and CloudFront
// feed the rules of category webserver; Blue Coat, TMG and other proxies those
// of category proxy; the Windows firewall those of category firewall. All
// columns keep their names, and rules find theirs beside them.
//
// Columns may change inside a file. Blanks that a server did not escape are
// put back where the types of the other columns allow it.
package elff

import (
	"bytes"
	"context"
	"io"

	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the extended log format of the W3C.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "elff" }

// directive begins the line that names the columns.
const directive = "#Fields:"

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool { return firstColumns(head) != nil }

// firstColumns returns the first line of a head that names columns.
func firstColumns(head []byte) []byte {
	for line := range textlog.HeadLines(head) {
		if names, ok := bytes.CutPrefix(line, []byte(directive)); ok {
			if bytes.IndexByte(names, ',') >= 0 || len(bytes.Fields(names)) < 3 {
				return nil
			}
			return names
		}
	}
	return nil
}

// Split implements [source.Format]. A file whose columns change, or whose
// lines need the date of an earlier one, stays whole, so that every part but
// the first has the columns that the file's head names.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	parts, err := textlog.Split(ctx, in)
	if err != nil || len(parts) < 2 {
		return parts, err
	}
	names := firstColumns(in.Head)
	if !newPlan(names, nil).dated() {
		return textlog.Whole(in), nil
	}
	same, err := uniform(ctx, in, names)
	if err == nil && !same {
		return textlog.Whole(in), nil
	}
	return parts, err
}

// uniform reports whether all lines of a file that name columns name the same.
func uniform(ctx context.Context, in *source.Input, names []byte) (bool, error) {
	const block = 1 << 20
	want := append([]byte(directive), bytes.TrimRight(names, "\r\n")...)
	buf := make([]byte, block+len(want)+1)
	for at := int64(0); at < in.Size; at += block {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size-at)], at)
		if n == 0 && err != nil && err != io.EOF {
			return false, err
		}
		if !sameIn(buf[:n], want) {
			return false, nil
		}
	}
	return true, nil
}

func sameIn(text, want []byte) bool {
	for {
		i := bytes.Index(text, []byte(directive))
		if i < 0 {
			return true
		}
		line := text[i:]
		if len(line) < len(want) { // the next block sees it again
			return true
		}
		if !bytes.HasPrefix(line, want) || len(line) > len(want) && line[len(want)] != '\r' && line[len(want)] != '\n' && line[len(want)] != ' ' {
			return false
		}
		text = line[len(directive):]
	}
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(newParser(&f.shapes)) }
