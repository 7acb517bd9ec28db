package winjson

import (
	"math"
	"strconv"
	"time"
)

// time finds out when an event happened: by its own time if that has a zone;
// else by its local time with the zone that the collector's two times of
// reception tell; else by Sysmon's UtcTime; else it is read as UTC.
func (r *reader) time(p *plan) time.Time {
	at, zoned, ok := parseTime(r.run(p.time))
	if ok && zoned {
		return at
	}
	utc, _, hasUTC := parseTime(r.run(p.utc))
	stamp, stampZoned, hasStamp := parseTime(r.run(p.stamp))
	if !ok {
		at, zoned, ok = parseTime(r.run(p.local))
		received, _, both := parseTime(r.run(p.received))
		if shift, told := zone(stamp, received); ok && !zoned && both && stampZoned && told {
			r.seen.derived = true
			return finer(at.Add(shift), utc)
		}
	}
	switch {
	case ok && zoned:
		return at
	case hasUTC:
		return utc
	case ok:
		r.seen.zoneles = true
		return at
	case hasStamp:
		return stamp
	}
	r.seen.undated = true
	return time.Time{}
}

// zone tells how far UTC is ahead of a local clock, from one moment written in
// both. Zones are multiples of a quarter of an hour; what lies further from
// one is no zone.
func zone(utc, local time.Time) (time.Duration, bool) {
	const quarter = 15 * time.Minute
	d := utc.Sub(local)
	shift := d.Round(quarter)
	return shift, (d-shift).Abs() < 5*time.Minute && shift.Abs() <= 15*time.Hour
}

// finer takes the fraction of a second from UtcTime where both agree on the
// second.
func finer(at, utc time.Time) time.Time {
	if utc.Truncate(time.Second).Equal(at) {
		return utc
	}
	return at
}

// parseTime reads 2006-01-02T15:04:05.999Z, the same with a blank, an offset
// or no zone, seconds since 1970 with a fraction, and /Date(milliseconds)/.
func parseTime(b []byte) (t time.Time, zoned, ok bool) {
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
	return t.Add(-shift), zoned, ok
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
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || n <= 0 || n > 1e19 {
		return time.Time{}, false, false
	}
	for n > 1e11 {
		n /= 1000
	}
	whole, frac := math.Modf(n)
	return time.Unix(int64(whole), int64(frac*1e6)*1000).UTC(), true, true
}
