package evtx

// Logs repeat themselves: the next record of a kind mostly has the same
// computer, channel, account and process as the one before. So the decoder
// keeps, per layout, the last record and its JSON. What has not changed is
// copied in long runs, and only the values that differ are rendered again.

const (
	memoMaxOps    = 512
	memoMaxRecord = 8 << 10
	memoMaxOutput = 32 << 10
	memoAlways    = 3 // time, number and thread differ in any case: not worth remembering anew
)

// A jsonMemo is the last record of one layout.
type jsonMemo struct {
	layout *Layout
	json   *jsonProgram // the layout's
	modern bool
	base   int    // offset in its chunk at which the record began
	slots  []slot // its slots, offsets in its chunk
	raw    []byte // its bytes, and eight more to read over
	out    []byte // its JSON
	ends   []int  // where each operation's output ends in out
}

// memo returns the place to remember this record, or nil for one that is too
// large for that.
func (r *Record) memo() *jsonMemo {
	l := r.layout
	if r.size > memoMaxRecord || r.d.left.output < maxOutput {
		return nil
	}
	i := l.hash & 255
	m := r.d.memos[i]
	if m != nil && m.layout == l && m.modern == r.d.Modern {
		return m
	}
	if len(l.compiled().json.ops) > memoMaxOps {
		return nil
	}
	if m == nil {
		m = &jsonMemo{}
		r.d.memos[i] = m
	}
	m.layout, m.json, m.modern = l, &l.compiled().json, r.d.Modern
	m.ends = m.ends[:0] // nothing to compare with
	return m
}

// remembered writes the record with the help of m, and m with the record.
func (r *Record) remembered(dst []byte, m *jsonMemo) []byte {
	start := len(dst)
	ops := m.json.ops
	if cap(r.d.ends) < len(ops) {
		r.d.ends = make([]int, memoMaxOps)
	}
	ends := r.d.ends[:len(ops)]
	if len(m.ends) == 0 {
		for i := range ops {
			if dst = r.jsonOp(dst, &ops[i]); len(dst)-start > maxOutput {
				return r.jsonStub(dst[:start])
			}
			ends[i] = len(dst) - start
		}
		m.keep(r, dst[start:], ends)
	} else {
		n := 0
		if dst, n = r.changed(dst, ends, m); n < 0 {
			return r.jsonStub(dst[:start])
		}
		if n > memoAlways {
			m.keep(r, dst[start:], ends)
		}
	}
	r.d.left.output -= len(dst) - start
	return dst
}

// changed renders the operations whose slots differ and copies the rest. It
// counts the former; -1 says that the output grew too large.
func (r *Record) changed(dst []byte, ends []int, m *jsonMemo) (_ []byte, n int) {
	start := len(dst)
	uses := m.json.uses
	old, ends := m.ends[:len(uses)], ends[:len(uses)]
	slots, before, c := r.d.slots, m.slots[:len(r.d.slots)], r.d.c
	from, to, shift := 0, 0, 0 // the run in m.out that is not yet copied; new minus old offsets
	for i := range uses {
		u, end := &uses[i], old[i]
		var same bool
		if j := int(u.slot); uint(j) < uint(len(slots)) {
			same = m.same(slots[j], before[j], c)
		} else {
			same = m.allSame(u.more, slots, c)
		}
		if same {
			ends[i] = end + shift
			to = end
			continue
		}
		if from != to {
			dst = append(dst, m.out[from:to]...)
		}
		if dst = r.jsonOp(dst, &m.json.ops[i]); len(dst)-start > maxOutput {
			return dst[:start], -1
		}
		n++
		from, to = end, end
		shift = len(dst) - start - end
		ends[i] = len(dst) - start
	}
	return append(dst, m.out[from:]...), n
}

func (m *jsonMemo) allSame(uses []int32, slots []slot, c []byte) bool {
	for _, i := range uses {
		if !m.same(slots[i], m.slots[i], c) {
			return false
		}
	}
	return true
}

// same compares a slot of chunk c with one of the remembered record.
func (m *jsonMemo) same(s, old slot, c []byte) bool {
	if (s^old)>>32 != 0 {
		return false
	}
	n, a, b := s.size(), s.off(), old.off()-m.base
	if n <= 8 && a+8 <= len(c) {
		return (u64(c, a)^u64(m.raw, b))<<(64-8*uint(n)) == 0 // a shift by 64 gives 0
	}
	if n > 8 && u64(c, a) != u64(m.raw, b) {
		return false
	}
	return string(c[a:a+n]) == string(m.raw[b:b+n])
}

func (m *jsonMemo) keep(r *Record, out []byte, ends []int) {
	if len(out) > memoMaxOutput {
		m.ends = m.ends[:0]
		return
	}
	m.base = r.at
	m.raw = append(append(m.raw[:0], r.d.c[r.at:r.at+r.size]...), 0, 0, 0, 0, 0, 0, 0, 0)
	m.slots = append(m.slots[:0], r.d.slots...)
	m.out = append(m.out[:0], out...)
	m.ends, r.d.ends = ends, m.ends // the old list serves the next record
}
