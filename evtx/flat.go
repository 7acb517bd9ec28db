package evtx

import "slices"

// AppendFlatJSON appends the record as one flat JSON object: a member per
// field, named by its path, in the order of first appearance. Fields with
// several values hold an array. Numbers and booleans are bare.
func (r *Record) AppendFlatJSON(dst []byte) []byte {
	start := len(dst)
	limit := min(maxOutput, r.d.left.output)
	values := r.byField()
	keys := r.layout.compiled().flat
	dst = append(dst, '{')
	for i := 0; i < len(values); {
		if i > 0 {
			dst = append(dst, ',')
		}
		field := values[i].Field
		dst = append(dst, keys[field]...)
		n := sameField(values[i:])
		dst = r.flatValues(dst, values[i:i+n])
		i += n
		if len(dst)-start > limit {
			return r.flatStub(dst[:start])
		}
	}
	r.d.left.output -= len(dst) - start
	return append(dst, '}')
}

func (r *Record) flatStub(dst []byte) []byte {
	r.Warnings |= WarnCut
	dst = append(dst, `{"System.EventRecordID":`...)
	return append(appendUint(dst, r.ID), '}')
}

// byField returns the values grouped by field. Document order mostly is that
// already; elements that repeat in turns are brought together.
func (r *Record) byField() []Value {
	values := r.Values()
	for i := 1; i < len(values); i++ {
		if values[i].Field < values[i-1].Field {
			r.d.grouped = append(r.d.grouped[:0], values...)
			slices.SortStableFunc(r.d.grouped, func(a, b Value) int { return int(a.Field) - int(b.Field) })
			return r.d.grouped
		}
	}
	return values
}

func sameField(values []Value) int {
	n := 1
	for n < len(values) && values[n].Field == values[0].Field {
		n++
	}
	return n
}

func (r *Record) flatValues(dst []byte, values []Value) []byte {
	if len(values) == 1 {
		return r.flatValue(dst, values[0])
	}
	start := len(dst)
	for i, v := range values {
		dst = append(dst, "[,"[min(i, 1)])
		if dst = r.flatValue(dst, v); len(dst)-start > maxOutput {
			r.Warnings |= WarnCut
			break
		}
	}
	return append(dst, ']')
}

func (r *Record) flatValue(dst []byte, v Value) []byte {
	if v.src == fromChunk {
		switch t := v.Type; {
		case t == TypeString:
			return appendJSONUTF16(dst, r.d.c, v.at.off(), v.at.size())
		case t.Numeric() || t == TypeBool:
			return r.jsonSlot(dst, v.at)
		case t == TypeGUID || t == TypeSID || t == TypeFiletime || t == TypeHex32 || t == TypeHex64 || t == TypeBinary:
			return append(r.appendSlot(append(dst, '"'), v.at), '"') // nothing in them needs an escape
		}
	}
	mark := len(dst)
	return quoteTail(r.AppendText(dst, v), mark)
}
