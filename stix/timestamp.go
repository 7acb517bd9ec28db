package stix

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Timestamp is a STIX timestamp (section 2.16): RFC 3339 in UTC, with Z. One
// that was read keeps its spelling and is written back with it.
type Timestamp struct {
	time.Time
	text string
}

// At makes a timestamp of t. It is written in UTC with at least three and at
// most nine fraction digits.
func At(t time.Time) Timestamp { return Timestamp{Time: t.UTC()} }

var errTimestamp = errors.New("not a STIX timestamp: want 2026-01-31T12:00:00.000Z")

// ParseTimestamp reads a timestamp by the letter of section 2.16. A second of
// 60 is allowed; digits of the fraction after the ninth are dropped from the
// time but kept in the spelling.
func ParseTimestamp(s string) (Timestamp, error) {
	t, valid, ok := parseClock(s)
	if !ok || !valid {
		return Timestamp{}, errTimestamp
	}
	return Timestamp{Time: t, text: s}, nil
}

// String is the timestamp's spelling.
func (t Timestamp) String() string {
	if t.text != "" || t.IsZero() {
		return t.text
	}
	s := t.UTC().Format("2006-01-02T15:04:05.000000000")
	for range 2 {
		if trimmed, ok := strings.CutSuffix(s, "000"); ok {
			s = trimmed
		}
	}
	return s + "Z"
}

// MarshalText writes the spelling.
func (t Timestamp) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON writes the spelling as a JSON string.
func (t Timestamp) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON reads a JSON string as ParseTimestamp does.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return errTimestamp
	}
	*t, err = ParseTimestamp(s)
	return err
}

// parseClock reads the form of a timestamp. ok is false when the form is wrong
// or a field is out of its range, valid is false when the day does not exist
// in its month.
func parseClock(s string) (t time.Time, valid, ok bool) {
	const form = "dddd-dd-ddTdd:dd:dd"
	if len(s) < len(form)+1 || s[len(s)-1] != 'Z' {
		return t, false, false
	}
	for i := range len(form) {
		if form[i] == 'd' && !isDigit(s[i]) || form[i] != 'd' && s[i] != form[i] {
			return t, false, false
		}
	}
	nanos, ok := parseFraction(s[len(form) : len(s)-1])
	if !ok {
		return t, false, false
	}
	return clock(s, nanos)
}

func clock(s string, nanos int) (t time.Time, valid, ok bool) {
	n := func(from, to int) int { v, _ := strconv.Atoi(s[from:to]); return v }
	year, month, day := n(0, 4), n(5, 7), n(8, 10)
	hour, minute, second := n(11, 13), n(14, 16), n(17, 19)
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return t, false, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	real := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
	return t, real, true
}

// parseFraction reads ".d+" or nothing, in nanoseconds.
func parseFraction(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != '.' || len(s) < 2 {
		return 0, false
	}
	for i := 1; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
	}
	digits := (s[1:] + "000000000")[:9]
	n, err := strconv.Atoi(digits)
	return n, err == nil
}
