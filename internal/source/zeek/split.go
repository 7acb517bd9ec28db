package zeek

import (
	"bytes"
	"context"
	"io"

	"tyto/internal/source"
)

// partSize is how much of a log makes a part, in bytes.
const partSize = 4 << 20

// A splitter cuts a log into parts whose rows can be understood without the
// parts before: either the header at the file's start holds for a part, or the
// part begins with a header of its own. So logs that were put together from
// several, with other columns each, are cut at headers once the first header
// no longer holds.
type splitter struct {
	parts   []source.Part
	cur     source.Part
	line    int64
	start   int64 // offset of the present line
	block   int64 // offset of the present run of # lines, -1 outside
	first   int64 // its line
	rows    bool  // a row was seen
	changed bool  // the first header no longer holds
}

func splitTable(ctx context.Context, in *source.Input) ([]source.Part, error) {
	s := splitter{cur: source.Part{Line: 1}, line: 1, block: -1}
	buf := make([]byte, min(1<<20, in.Size))
	fresh := true // the block begins a line
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
		fresh = s.take(buf[:n], at, fresh)
		at += int64(n)
	}
	if s.cur.From < in.Size || len(s.parts) == 0 {
		s.cur.To = in.Size
		s.parts = append(s.parts, s.cur)
	}
	return s.parts, nil
}

// take looks at the next bytes, which stand at offset at; fresh says whether
// they begin a line. It reports whether the next ones do.
func (s *splitter) take(block []byte, at int64, fresh bool) bool {
	for len(block) > 0 {
		if fresh {
			s.start = at
			s.begin(block)
		}
		end := bytes.IndexByte(block, '\n')
		if end < 0 {
			return false
		}
		s.line++
		block, at, fresh = block[end+1:], at+int64(end)+1, true
	}
	return true
}

// begin looks at the first bytes of a line.
func (s *splitter) begin(line []byte) {
	if line[0] != '#' {
		s.block, s.rows = -1, true
		if !s.changed && s.start-s.cur.From >= partSize {
			s.cut(s.start, s.line)
		}
		return
	}
	if s.block < 0 {
		s.block, s.first = s.start, s.line
	}
	// A line cut by the block's end is taken for a header: that costs
	// parallel work, nothing else.
	if !s.rows || len(line) >= 7 && !bytes.HasPrefix(line, []byte("#fields")) && !bytes.HasPrefix(line, []byte("#separa")) {
		return
	}
	s.changed = true
	if s.block-s.cur.From >= partSize {
		s.cut(s.block, s.first)
	}
}

func (s *splitter) cut(at, line int64) {
	s.cur.To = at
	s.parts = append(s.parts, s.cur)
	s.cur = source.Part{Index: len(s.parts), From: at, Line: line}
}
