package correlate

import (
	"hash/maphash"
	"math"
	"strconv"
	"strings"

	"tyto/sigma/internal/fold"
)

// A key identifies a tuple of values without keeping them: what an attacker
// writes into a field must not decide how much memory a window takes. With 128
// bits under a secret seed two tuples do not meet by chance nor by design.
type key [2]uint64

// A keyer makes keys. It is not safe for concurrent use.
type keyer struct {
	seeds    [2]maphash.Seed
	raw, buf []byte
}

func newKeyer() keyer {
	return keyer{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// key returns the key of the values that pick selects; false when one of them
// is absent. Case does not count: Sigma compares without it, and logs of
// different origin spell the same account differently.
func (k *keyer) key(values []Value, pick []int) (key, bool) {
	buf := k.buf[:0]
	for _, i := range pick {
		if i >= len(values) || !values[i].Present {
			return key{}, false
		}
		start := len(buf)
		k.raw = append(k.raw[:0], values[i].Text...)
		buf = fold.Append(buf, k.raw)
		n := len(buf) - start // the length keeps ("a", "bc") and ("ab", "c") apart
		buf = append(buf, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	k.buf = buf[:0]
	if cap(buf) > 1<<16 {
		k.buf, k.raw = nil, nil // one huge value must not be paid for ever after
	}
	return key{maphash.Bytes(k.seeds[0], buf), maphash.Bytes(k.seeds[1], buf)}, true
}

// number reads a finite decimal number.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s) > 64 {
		return 0, false
	}
	for i := range len(s) {
		if !strings.ContainsRune("0123456789+-.eE", rune(s[i])) {
			return 0, false // "inf", "nan" and hexadecimal are no amounts
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// shown copies the values that pick selects, each cut to a length that may be
// kept for every group.
func shown(values []Value, pick []int) []Value {
	const longest = 1024
	out := make([]Value, len(pick))
	for j, i := range pick {
		s := values[i].Text
		if len(s) > longest {
			s = strings.ToValidUTF8(s[:longest], "")
		}
		out[j] = Text(strings.Clone(s))
	}
	return out
}
