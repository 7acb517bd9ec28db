package source

import (
	"bytes"
	"context"
	"io"
)

// SplitLines cuts a text with one record in a line into parts of about size
// bytes, each of whole lines, and counts the lines. A line longer than size
// makes a longer part.
func SplitLines(ctx context.Context, in *Input, size int64) ([]Part, error) {
	var parts []Part
	cur := Part{Line: 1}
	line := int64(1)
	buf := make([]byte, min(1<<20, in.Size))
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
		block := buf[:n]
		for len(block) > 0 {
			// All up to the part's wanted end only needs counting.
			plain := min(max(cur.From+size-at-1, 0), int64(len(block)))
			line += int64(bytes.Count(block[:plain], []byte{'\n'}))
			block, at = block[plain:], at+plain
			end := bytes.IndexByte(block, '\n')
			if end < 0 {
				at += int64(len(block))
				break
			}
			line++
			block, at = block[end+1:], at+int64(end)+1
			cur.To = at
			parts = append(parts, cur)
			cur = Part{Index: len(parts), From: at, Line: line}
		}
	}
	if cur.From < in.Size || len(parts) == 0 {
		cur.To = in.Size
		parts = append(parts, cur)
	}
	return parts, nil
}
