package evtx

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// AppendJSON appends the record as one line of JSON (without a line feed) in
// the shape of evtx_dump: attributes under "#attributes", text beside them
// under "#text", named Data as members, unnamed Data as a list, repeated names
// with _1, _2. Integers and booleans are bare, all else is strings. A record
// that would exceed 4 MiB is replaced by a stub with its number, and gets
// [WarnCut].
func (r *Record) AppendJSON(dst []byte) []byte {
	if m := r.memo(); m != nil {
		return r.remembered(dst, m)
	}
	start := len(dst)
	limit := min(maxOutput, r.d.left.output)
	ops := r.layout.compiled().json.ops
	for i := range ops {
		if dst = r.jsonOp(dst, &ops[i]); len(dst)-start > limit {
			return r.jsonStub(dst[:start])
		}
	}
	r.d.left.output -= len(dst) - start
	return dst
}

// jsonOp writes the literal before an operation and the operation.
func (r *Record) jsonOp(dst []byte, op *jsonOp) []byte {
	if len(dst)+op.size+32 > cap(dst) {
		dst = slices.Grow(dst, op.size+1024)
	}
	dst = appendPadded(dst, op.pre, op.size)
	switch op.kind {
	case opText, opData:
		return r.jsonText(dst, op)
	case opAttr:
		if r.emptySlot(op.slot) {
			return append(dst, "null"...)
		}
		dst = append(dst, op.key...)
		return append(r.jsonSlot(dst, r.d.slots[op.slot]), '}', '}')
	case opAttrs:
		return r.jsonElement(dst, op)
	case opEnd:
		return dst
	}
	return r.jsonSpecial(dst, op)
}

// appendPadded appends n bytes of p, whose length is a multiple of 16. The
// caller has made room for 16 bytes more than n. Short copies in steps of
// eight bytes beat a call.
func appendPadded(dst, p []byte, n int) []byte {
	w := len(dst)
	out := dst[w:cap(dst)]
	for k := 0; k < n; k += 16 {
		binary.LittleEndian.PutUint64(out[k:], u64(p, k))
		binary.LittleEndian.PutUint64(out[k+8:], u64(p, k+8))
	}
	return dst[:w+n]
}

// jsonStub stands for a record whose output is too large.
func (r *Record) jsonStub(dst []byte) []byte {
	r.Warnings |= WarnCut
	dst = append(dst, `{"Event":{"System":{"EventRecordID":`...)
	dst = appendUint(dst, r.ID)
	return append(dst, `},"EventData":null}}`...)
}

// jsonText writes the value of one slot. The commonest types come first.
func (r *Record) jsonText(dst []byte, op *jsonOp) []byte {
	if op.slot >= 0 {
		s := r.d.slots[op.slot]
		if s.typ() == TypeString && (s.size() > 0 || op.kind == opData) {
			return appendJSONUTF16(dst, r.d.c, s.off(), s.size())
		}
		if s.typ() != TypeNull && s.size() > 0 {
			return r.jsonSlot(dst, s)
		}
	}
	if op.kind == opData {
		return append(dst, '"', '"')
	}
	return append(dst, "null"...)
}

// jsonSlot writes a value that is not Null. Numbers and times come first.
func (r *Record) jsonSlot(dst []byte, s slot) []byte {
	c, typ := r.d.c, s.typ()
	if w := int(fixedWidth[typ]); w == s.size() && s.off()+8 <= len(c) && w <= 8 {
		v := u64(c, s.off()) << (64 - 8*uint(w)) >> (64 - 8*uint(w))
		switch typ {
		case TypeUint8, TypeUint16, TypeUint32, TypeUint64:
			return appendUint(dst, v)
		case TypeHex32, TypeHex64:
			return append(appendHexNumber(append(dst, '"'), v), '"')
		case TypeFiletime:
			return append(r.d.clock.append(append(dst, '"'), Filetime(v), r.digits()), '"')
		}
	}
	return r.jsonOther(dst, s)
}

// jsonOther writes the values that are rarer or need more care.
func (r *Record) jsonOther(dst []byte, s slot) []byte {
	raw, typ := s.raw(r.d.c), s.typ()
	switch typ {
	case TypeString:
		return appendJSONUTF16(dst, r.d.c, s.off(), len(raw))
	case TypeANSI, TypeXML, 0x27, 0x28:
		mark := len(dst)
		dst = r.appendSlot(dst, s)
		return quoteTail(dst, mark)
	case TypeBool:
		return strconv.AppendBool(dst, !allZero(raw))
	case TypeUint8, TypeUint16, TypeUint32, TypeUint64, TypeInt8, TypeInt16, TypeInt32, TypeInt64:
		if int(fixedWidth[typ]) == len(raw) {
			return appendScalar(dst, typ, raw)
		}
	case TypeGUID:
		if !r.d.Modern && len(raw) == 16 {
			return append(appendGUIDDigits(append(dst, '"'), raw, &upperPairs), '"')
		}
	case TypeFiletime, TypeSystime:
		return append(r.appendTime(append(dst, '"'), typ, raw, r.digits()), '"')
	}
	if typ&arrayBit != 0 {
		return r.jsonArray(dst, s)
	}
	return append(r.appendSlot(append(dst, '"'), s), '"')
}

func (r *Record) digits() int {
	if r.d.Modern {
		return 7
	}
	return 6
}

// jsonArray writes the items as a JSON array.
func (r *Record) jsonArray(dst []byte, s slot) []byte {
	items := arrayItems{c: r.d.c, s: s}
	dst = append(dst, '[')
	for n := 0; ; n++ {
		one, ok := items.next()
		if !ok {
			return append(dst, ']')
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = r.jsonSlot(dst, one)
	}
}

func (r *Record) jsonSpecial(dst []byte, op *jsonOp) []byte {
	switch op.kind {
	case opParts:
		return r.jsonParts(dst, op.parts)
	case opAttrs:
		return r.jsonElement(dst, op)
	case opMember:
		mark := len(dst)
		dst, n := r.jsonAttrs(append(dst, `"#attributes":{`...), op.attrs)
		if n == 0 {
			return dst[:mark]
		}
		return append(dst, '}', ',')
	case opMixed:
		if r.empty(op.parts) {
			return dst
		}
		return append(r.jsonParts(append(dst, `"#text":`...), op.parts), ',')
	}
	return r.jsonList(dst, op)
}

// jsonParts writes a value: one slot as its type wants it, several parts as
// one string.
func (r *Record) jsonParts(dst []byte, parts []part) []byte {
	if len(parts) == 1 && parts[0].kind == partSlot {
		return r.jsonText(dst, &jsonOp{slot: parts[0].slot})
	}
	mark := len(dst)
	return quoteTail(r.appendParts(dst, parts), mark)
}

// jsonElement writes an element with attributes; attributes that are absent at
// run time may leave only its text, or null.
func (r *Record) jsonElement(dst []byte, op *jsonOp) []byte {
	mark := len(dst)
	dst, n := r.jsonAttrs(append(dst, `{"#attributes":{`...), op.attrs)
	if n == 0 {
		dst = dst[:mark]
		if len(op.parts) == 0 {
			return append(dst, "null"...)
		}
		return r.jsonParts(dst, op.parts)
	}
	dst = append(dst, '}')
	if !r.empty(op.parts) {
		dst = append(dst, `,"#text":`...)
		dst = r.jsonParts(dst, op.parts)
	}
	return append(dst, '}')
}

func (r *Record) jsonAttrs(dst []byte, attrs []jsonAttr) ([]byte, int) {
	n := 0
	for i := range attrs {
		a := &attrs[i]
		if a.single && r.emptySlot(a.slot) || !a.single && r.empty(a.parts) {
			continue
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		n++
		dst = append(dst, a.key...)
		if a.single {
			dst = r.jsonSlot(dst, r.d.slots[a.slot])
		} else {
			dst = r.jsonParts(dst, a.parts)
		}
		if len(dst) > 2*maxOutput {
			break
		}
	}
	return dst, n
}

// empty reports that parts have no text in this record.
func (r *Record) empty(parts []part) bool {
	for i := range parts {
		p := &parts[i]
		if p.kind == partText {
			if p.text != "" {
				return false
			}
		} else if !r.emptySlot(p.slot) {
			return false
		}
	}
	return true
}

func (r *Record) emptySlot(slot int32) bool {
	if slot < 0 {
		return true
	}
	s := r.d.slots[slot]
	return s.typ() == TypeNull || s.typ() == TypeBinXML || s.size() == 0
}

// jsonList writes the unnamed Data: one item as a scalar, several as a list.
func (r *Record) jsonList(dst []byte, op *jsonOp) []byte {
	mark := len(dst)
	switch op.comma {
	case commaBefore:
		dst = append(dst, ',')
	case commaNone:
		dst = append(dst, '{')
	}
	dst = append(dst, `"Data":{"#text":[`...)
	open := len(dst) - 1
	n := 0
	for i := range op.list {
		if dst, n = r.jsonItems(dst, op.list[i], n); len(dst)-mark > maxOutput {
			break
		}
	}
	switch {
	case n == 0 && op.comma == commaNone:
		return append(dst[:mark], "null"...)
	case n == 0:
		return dst[:mark]
	case n == 1:
		dst = slices.Delete(dst, open, open+1)
	default:
		dst = append(dst, ']')
	}
	dst = append(dst, '}')
	switch op.comma {
	case commaAfter:
		dst = append(dst, ',')
	case commaNone:
		dst = append(dst, '}')
	}
	return dst
}

// jsonItems writes what one Data element contributes to the list.
func (r *Record) jsonItems(dst []byte, parts []part, n int) ([]byte, int) {
	comma := func() {
		if n > 0 {
			dst = append(dst, ',')
		}
		n++
	}
	if len(parts) != 1 || parts[0].kind != partSlot {
		comma()
		return quoteTail(r.appendParts(dst, parts), len(dst)), n
	}
	if r.null(parts[0].slot) {
		return dst, n
	}
	s := r.d.slots[parts[0].slot]
	if s.typ()&arrayBit == 0 {
		comma()
		return r.jsonSlot(dst, s), n
	}
	items := arrayItems{c: r.d.c, s: s}
	for {
		one, ok := items.next()
		if !ok {
			return dst, n
		}
		comma()
		dst = r.jsonSlot(dst, one)
	}
}
