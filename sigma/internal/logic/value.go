package logic

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// A ValueKind says how a value was written in the evidence.
type ValueKind uint8

// The kinds of value, in the order that the public package uses.
const (
	TextValue ValueKind = iota
	NumberValue
	BoolValue
	NullValue
)

// A Value is one value of a field.
type Value struct {
	Kind ValueKind
	Text []byte
}

// RegexLimit is how many bytes of a value a regular expression sees. Longer
// values are cut; literal tests always see the whole value.
const RegexLimit = 64 << 10

// TrimRight drops trailing blanks. Rule authors often saw events whose
// trailing blanks an exporter had removed, so equality and endswith hold when
// they hold for the value or for its trimmed form.
func TrimRight(v []byte) []byte { return bytes.TrimRight(v, " \t\r\n") }

// SameNumber reports whether two decimal texts denote the same number.
// Integers of any length compare exactly; hexadecimal is no number.
func SameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if ia, ok := integer(a); ok {
		if ib, ok := integer(b); ok {
			return ia == ib
		}
	}
	x, okx := ParseNumber(a)
	y, oky := ParseNumber(b)
	return okx && oky && x == y
}

// integer returns the canonical text of a decimal integer.
func integer(s string) (string, bool) {
	neg := strings.HasPrefix(s, "-")
	digits := strings.TrimPrefix(s, "-")
	if digits == "" {
		return "", false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return "", false
		}
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return "0", true
	}
	if neg {
		return "-" + digits, true
	}
	return digits, true
}

// ParseNumber reads a decimal integer or float. Infinity, NaN, hexadecimal and
// digit separators are no numbers.
func ParseNumber(s string) (float64, bool) {
	if len(s) == 0 || len(s) > 64 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// timeLayouts are the forms of time that logs and rules use; a time without a
// zone is taken as UTC.
var timeLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02",
}

// ParseTime reads a timestamp in one of the usual ISO forms.
func ParseTime(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02") || len(s) > 64 {
		return time.Time{}, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// TimeUnit returns a part of t, in UTC: minute, hour, day (of the month), week
// (1 to 53, ISO 8601), month or year.
func TimeUnit(t time.Time, unit string) (float64, bool) {
	switch unit {
	case "minute":
		return float64(t.Minute()), true
	case "hour":
		return float64(t.Hour()), true
	case "day":
		return float64(t.Day()), true
	case "week":
		_, week := t.ISOWeek()
		return float64(week), true
	case "month":
		return float64(t.Month()), true
	case "year":
		return float64(t.Year()), true
	}
	return 0, false
}

// ParseAddr reads an IP address; an IPv4 address inside IPv6 counts as IPv4,
// and a zone is dropped.
func ParseAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	return a.Unmap().WithZone(""), true
}

// Holds reports whether x stands in relation r to y, for the numeric relations.
func (r Rel) Holds(x, y float64) bool {
	switch r {
	case Eq:
		return x == y
	case Ne:
		return x != y
	case Lt:
		return x < y
	case Le:
		return x <= y
	case Gt:
		return x > y
	case Ge:
		return x >= y
	}
	return false
}
