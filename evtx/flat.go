package evtx

// AppendFlatJSON appends the record as one flat JSON object: a member per
// field, named by its path, in the order of first appearance. Fields with
// several values hold an array. Numbers and booleans are bare.
func (r *Record) AppendFlatJSON(dst []byte) []byte {
	start := len(dst)
	limit := min(maxOutput, r.d.left.output)
	values := r.Values()
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
		s := v.at
		if v.Type == TypeNull {
			return append(dst, '"', '"')
		}
		if v.Type.Numeric() || v.Type == TypeString || v.Type == TypeBool {
			return r.jsonSlot(dst, s)
		}
	}
	mark := len(dst)
	return quoteTail(r.AppendText(dst, v), mark)
}
