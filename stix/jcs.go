package stix

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical writes a value in the canonical form of RFC 8785 (JCS): equal
// values give equal bytes. The value may be what Object.Property gives, or a Go
// string, bool, number, nil, []string, []any or map[string]any made of these.
func Canonical(v any) ([]byte, error) { return appendCanonical(nil, v, 0) }

var errCanonical = errors.New("value has no canonical form")

func appendCanonical(out []byte, v any, depth int) ([]byte, error) {
	if depth > 1000 {
		return nil, errDepth
	}
	switch x := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, x), nil
	case string:
		return appendCanonicalText(out, x)
	case []string:
		list := make([]any, len(x))
		for i, s := range x {
			list[i] = s
		}
		return appendCanonicalList(out, list, depth)
	case []any:
		return appendCanonicalList(out, x, depth)
	case map[string]any:
		return appendCanonicalMap(out, x, depth)
	case Map:
		return appendCanonicalMap(out, x, depth)
	case Timestamp:
		return appendCanonicalText(out, x.String())
	}
	return appendCanonicalNumber(out, v)
}

func appendCanonicalList(out []byte, list []any, depth int) ([]byte, error) {
	out = append(out, '[')
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendCanonical(out, v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// appendCanonicalMap sorts names by their UTF-16 code units, as JavaScript does.
func appendCanonicalMap(out []byte, m map[string]any, depth int) ([]byte, error) {
	names := sortedKeys(m)
	slices.SortStableFunc(names, func(a, b string) int {
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
	out = append(out, '{')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendCanonicalText(out, name); err != nil {
			return nil, err
		}
		if out, err = appendCanonical(append(out, ':'), m[name], depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func appendCanonicalText(out []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, errCanonical
	}
	out = append(out, '"')
	for i := range len(s) {
		out = appendCanonicalByte(out, s[i])
	}
	return append(out, '"'), nil
}

func appendCanonicalByte(out []byte, c byte) []byte {
	const short = "\b\t\n\f\r\"\\"
	if i := strings.IndexByte(short, c); i >= 0 {
		return append(out, '\\', `btnfr"\`[i])
	}
	if c < 0x20 {
		return fmt.Appendf(out, `\u%04x`, c)
	}
	return append(out, c)
}

// appendCanonicalNumber writes a number as ECMAScript prints doubles.
func appendCanonicalNumber(out []byte, v any) ([]byte, error) {
	f, ok := toDouble(v)
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errCanonical
	}
	if f == 0 {
		return append(out, '0'), nil
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(out, f, 'f', -1, 64), nil
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return append(out, mantissa+"e"+exponent[:1]+strings.TrimLeft(exponent[1:], "0")...), nil
}

func toDouble(v any) (float64, bool) {
	switch n := v.(type) {
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// sameValue says whether two values have the same canonical form.
func sameValue(a, b any) bool {
	x, err1 := Canonical(a)
	y, err2 := Canonical(b)
	return cmp.Or(err1, err2) == nil && string(x) == string(y)
}
