package source

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// ParseTime reads a time as logs write it: 2006-01-02T15:04:05.999Z, the same
// with a blank for the T, an offset or no zone; seconds since 1970 with or
// without a fraction, or milli-, micro- or nanoseconds; /Date(milliseconds)/.
// The result is in UTC; zoned is false when the text does not say its zone and
// was read as UTC. It does not allocate.
func ParseTime(b []byte) (t time.Time, zoned, ok bool) {
	if len(b) < 19 || b[4] != '-' {
		return parseEpoch(b)
	}
	year, ok1 := digits(b[0:4])
	month, ok2 := digits(b[5:7])
	day, ok3 := digits(b[8:10])
	hour, ok4 := digits(b[11:13])
	minute, ok5 := digits(b[14:16])
	second, ok6 := digits(b[17:19])
	shaped := b[7] == '-' && (b[10] == 'T' || b[10] == ' ' || b[10] == 't') && b[13] == ':' && b[16] == ':'
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && shaped) || month < 1 || month > 12 ||
		day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60 {
		return time.Time{}, false, false
	}
	nanos, rest := fraction(b[19:])
	t = time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	shift, zoned, ok := offset(rest)
	t = t.Add(-shift)
	return t, zoned, ok && t.Year() > 0 && t.Year() <= 9999 // what RFC 3339 can write
}

// The window in which the times of logs are believed: from the first personal
// computers until the counters of NTP (2036) and of 32-bit Unix (2038) run
// over, whose last values are common among broken times. It is fixed, not drawn
// from a clock, so that the same evidence gives the same answer at any time.
const (
	firstYear = 1980
	lastYear  = 2035
)

var (
	earliest = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	latest   = time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// Plausible reports whether a time can be that of an event. One that cannot
// stays with its event, but tells nothing about the time that a log covers.
func Plausible(t time.Time) bool {
	s := t.Unix()
	return s >= earliest && s < latest
}

// Implausible is the note about n events of a file whose times cannot be
// right.
func Implausible(n int64) string {
	return fmt.Sprintf("times before %d or after %d, which first and last leave out: %d", firstYear, lastYear, n)
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func fraction(b []byte) (nanos int, rest []byte) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0, b
	}
	unit, i := 100_000_000, 1
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		nanos += int(b[i]-'0') * unit
		unit /= 10
	}
	return nanos, b[i:]
}

// offset reads a zone: Z, +hh:mm, +hhmm, +hh, or nothing.
func offset(b []byte) (shift time.Duration, zoned, ok bool) {
	switch {
	case len(b) == 0:
		return 0, false, true
	case len(b) == 1 && (b[0] == 'Z' || b[0] == 'z'), string(b) == " UTC":
		return 0, true, true
	case b[0] != '+' && b[0] != '-' || len(b) < 3:
		return 0, false, false
	}
	hours, ok1 := digits(b[1:3])
	rest := b[3:]
	if len(rest) > 0 && rest[0] == ':' {
		rest = rest[1:]
	}
	minutes, ok2 := digits(rest)
	if !ok1 || !ok2 || len(rest) != 0 && len(rest) != 2 {
		return 0, false, false
	}
	shift = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if b[0] == '-' {
		shift = -shift
	}
	return shift, true, true
}

// parseEpoch reads a number of seconds, or of smaller units when it is too
// large for seconds.
func parseEpoch(b []byte) (t time.Time, zoned, ok bool) {
	const open, end = "/Date(", ")/"
	if len(b) > len(open)+len(end) && string(b[:len(open)]) == open && string(b[len(b)-len(end):]) == end {
		b = b[len(open) : len(b)-len(end)]
	}
	if len(b) == 0 || len(b) > 24 {
		return time.Time{}, false, false
	}
	if t, ok := wholeEpoch(b); ok {
		return t, true, true
	}
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || !(n > 0 && n <= 1e19) {
		return time.Time{}, false, false
	}
	for n > 1e11 {
		n /= 1000
	}
	whole, frac := math.Modf(n)
	return time.Unix(int64(whole), int64(math.Round(frac*1e6))*1000).UTC(), true, true
}

// wholeEpoch reads a number without fraction, to its last digit: a float holds
// no nanoseconds of our days.
func wholeEpoch(b []byte) (time.Time, bool) {
	if len(b) > 19 {
		return time.Time{}, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return time.Time{}, false
		}
		n = n*10 + int64(c-'0')
	}
	unit := int64(1) // of a second
	for n/unit > 1e11 {
		unit *= 1000
	}
	if n <= 0 { // 19 digits may be more than an int64 holds
		return time.Time{}, false
	}
	return time.Unix(n/unit, n%unit*(1e9/unit)).UTC(), true
}
