package stix

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// LIKE and MATCHES compare text in Unicode Normalization Form C (STIX 2.1
// section 9.6). The standard library has no normaliser, so this file holds
// one: decompose, order the marks, compose. Its table, nfc.txt, states facts of the
// Unicode Character Database, version 15: "= from to class" gives combining
// classes, "+ char parts" a full canonical decomposition that composes again,
// "- char parts" one that does not. All numbers but the class are hexadecimal.

//go:embed nfc.txt
var nfcText string

type nfcTable struct {
	class   map[rune]uint8
	parts   map[rune][]rune
	compose map[[2]rune]rune
}

// loadNFC reads the table once; it is never changed afterwards.
var loadNFC = sync.OnceValue(func() *nfcTable { return parseNFC(nfcText) })

func parseNFC(text string) *nfcTable {
	t := &nfcTable{map[rune]uint8{}, map[rune][]rune{}, map[[2]rune]rune{}}
	composed := map[string]rune{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if f[0] == "=" {
			t.addClass(f)
			continue
		}
		char, parts := hexRune(f[1]), hexRunes(f[2:])
		t.parts[char] = parts
		if f[0] == "+" {
			composed[string(parts)] = char
		}
	}
	for whole, char := range composed {
		t.addPair([]rune(whole), char, composed)
	}
	return t
}

func (t *nfcTable) addClass(f []string) {
	class, _ := strconv.ParseUint(f[3], 10, 8)
	for r := hexRune(f[1]); r <= hexRune(f[2]); r++ {
		t.class[r] = uint8(class)
	}
}

// addPair turns a full decomposition into the pair that composition looks up:
// everything but the last part is itself one composed character.
func (t *nfcTable) addPair(parts []rune, char rune, composed map[string]rune) {
	last := len(parts) - 1
	first := parts[0]
	if last > 1 {
		first = composed[string(parts[:last])]
	}
	t.compose[[2]rune{first, parts[last]}] = char
}

func hexRune(s string) rune {
	n, _ := strconv.ParseUint(s, 16, 32)
	return rune(n)
}

func hexRunes(fields []string) []rune {
	out := make([]rune, len(fields))
	for i, f := range fields {
		out[i] = hexRune(f)
	}
	return out
}

// nfc returns s in Normalization Form C. Text below U+0300 is always in that
// form already and is returned as it is.
func nfc(s string) string {
	if !needsNFC(s) {
		return s
	}
	t := loadNFC()
	return string(t.composeAll(t.decompose(s)))
}

func needsNFC(s string) bool {
	for _, r := range s {
		if r >= 0x300 {
			return true
		}
	}
	return false
}

// Hangul syllables are composed by arithmetic (Unicode chapter 3.12).
const (
	hangulBase  = 0xAC00
	hangulL     = 0x1100
	hangulV     = 0x1161
	hangulT     = 0x11A7
	hangulVs    = 21
	hangulTs    = 28
	hangulCount = 11172
)

func (t *nfcTable) decompose(s string) []rune {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = t.appendParts(out, r)
	}
	t.orderMarks(out)
	return out
}

func (t *nfcTable) appendParts(out []rune, r rune) []rune {
	if n := r - hangulBase; n >= 0 && n < hangulCount {
		out = append(out, hangulL+n/(hangulVs*hangulTs), hangulV+n%(hangulVs*hangulTs)/hangulTs)
		if tail := n % hangulTs; tail > 0 {
			out = append(out, hangulT+tail)
		}
		return out
	}
	if parts, ok := t.parts[r]; ok {
		return append(out, parts...)
	}
	return append(out, r)
}

// orderMarks sorts each run of combining marks by class, keeping the order of
// equal ones.
func (t *nfcTable) orderMarks(rs []rune) {
	for i := 0; i < len(rs); {
		if t.class[rs[i]] == 0 {
			i++
			continue
		}
		j := i
		for j < len(rs) && t.class[rs[j]] != 0 {
			j++
		}
		run := rs[i:j]
		sort.SliceStable(run, func(a, b int) bool { return t.class[run[a]] < t.class[run[b]] })
		i = j
	}
}

// composeAll joins each mark to the last starter unless another mark of the
// same or a higher class stands between them.
func (t *nfcTable) composeAll(rs []rune) []rune {
	out := rs[:0]
	starter, last := -1, uint8(0)
	for _, r := range rs {
		class := t.class[r]
		if starter >= 0 && (len(out)-1 == starter || last < class) {
			if c, ok := t.pair(out[starter], r); ok {
				out[starter] = c
				continue
			}
		}
		out = append(out, r)
		last = class
		if class == 0 {
			starter = len(out) - 1
		}
	}
	return out
}

func (t *nfcTable) pair(a, b rune) (rune, bool) {
	if l, v := a-hangulL, b-hangulV; l >= 0 && l < 19 && v >= 0 && v < hangulVs {
		return hangulBase + (l*hangulVs+v)*hangulTs, true
	}
	if s, tail := a-hangulBase, b-hangulT; s >= 0 && s < hangulCount && s%hangulTs == 0 && tail > 0 && tail < hangulTs {
		return a + tail, true
	}
	c, ok := t.compose[[2]rune{a, b}]
	return c, ok
}
