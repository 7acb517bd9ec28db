package stix

import (
	"bytes"
	"errors"
)

// value consumes one JSON value that begins with c. It looks only at strings
// and brackets; what it took is parsed afterwards. whole is false when the value
// is over the limit for one object: then it was passed over, not kept.
func (r *Reader) value(c byte) (whole bool, err error) {
	v := &valueScan{r: r, start: len(r.buf), limit: r.opt.MaxObject}
	switch c {
	case '{', '[':
		err = v.brackets()
	case '"':
		err = v.text()
	default:
		err = v.scalar()
	}
	return !v.over, err
}

type valueScan struct {
	r     *Reader
	start int
	limit int // of the reader's buffer
	depth int
	over  bool
}

// consume takes n peeked bytes, or passes over them once the value is too long.
func (v *valueScan) consume(n int) {
	if !v.over && len(v.r.buf)+n > v.limit {
		v.over = true
		v.r.buf = v.r.buf[:v.start]
	}
	if v.over {
		v.r.in.Discard(n)
		v.r.off += int64(n)
		return
	}
	v.r.take(n)
}

// upTo consumes everything before the next byte of set and peeks at it.
func (v *valueScan) upTo(set string) (byte, error) {
	for {
		if _, err := v.r.in.Peek(1); err != nil {
			return 0, err
		}
		chunk, _ := v.r.in.Peek(v.r.in.Buffered())
		if i := bytes.IndexAny(chunk, set); i >= 0 {
			v.consume(i)
			return v.r.peek()
		}
		v.consume(len(chunk))
	}
}

func (v *valueScan) brackets() error {
	for {
		c, err := v.upTo(`{}[]"`)
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := v.text(); err != nil {
				return err
			}
			continue
		case '{', '[':
			v.depth++
		default:
			v.depth--
		}
		v.consume(1)
		if v.depth == 0 {
			return nil
		}
	}
}

func (v *valueScan) text() error {
	v.consume(1)
	for {
		c, err := v.upTo(`"\`)
		if err != nil {
			return err
		}
		if c == '"' {
			v.consume(1)
			return nil
		}
		if b, err := v.r.in.Peek(2); len(b) < 2 {
			return err
		}
		v.consume(2)
	}
}

var errNoValue = errors.New("want a value")

func (v *valueScan) scalar() error {
	before := v.r.off
	for {
		b, err := v.r.in.Peek(1)
		if err != nil && v.r.off == before {
			return err
		}
		if err != nil || bytes.IndexByte([]byte(" \t\r\n,:]}{[\""), b[0]) >= 0 {
			break
		}
		v.consume(1)
	}
	if v.r.off == before {
		return errNoValue
	}
	return nil
}
