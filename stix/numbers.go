package stix

import (
	"encoding/json"
	"math"
)

// asInt reads a whole number in any of the forms that values have here,
// "5.0" and "5e0" among them.
func asInt(v any) (int64, bool) {
	if n, ok := v.(json.Number); ok {
		v = number(n)
	}
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<63
	}
	return 0, false
}

func asFloat(v any) (float64, bool) {
	if n, ok := v.(json.Number); ok {
		f, err := n.Float64()
		return f, err == nil
	}
	f, ok := v.(float64)
	return f, ok
}
