package textlog

import (
	"bytes"
	"time"
)

// A Date is a moment as a log writes it.
type Date struct {
	Year, Month, Day, Hour, Minute, Second, Nano int

	Shift time.Duration // east of UTC, when Zoned
	Zoned bool
}

// Yearless reports whether the text had no year.
func (d *Date) Yearless() bool { return d.Year == 0 }

// time returns the moment in UTC, a date without zone being taken for UTC.
func (d *Date) time(year int) time.Time {
	return time.Date(year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, d.Nano, time.UTC).Add(-d.Shift)
}

func (d *Date) valid() bool {
	return d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 31 &&
		d.Hour <= 24 && d.Minute <= 59 && d.Second <= 60 && (d.Year == 0 || d.Year >= 1970 && d.Year <= 9998)
}

// number reads between least and most digits and returns what is left. ok is
// false when there are fewer.
func number(b []byte, least, most int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < most && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i >= least
}

func mark(b []byte, c byte) ([]byte, bool) {
	if len(b) == 0 || b[0] != c {
		return b, false
	}
	return b[1:], true
}

const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

// monthOf reads the English name of a month, three letters long.
func monthOf(b []byte) (month int, rest []byte, ok bool) {
	if len(b) < 3 {
		return 0, b, false
	}
	x, y, z := b[0]|0x20, b[1]|0x20, b[2]|0x20
	for m := range 12 {
		if n := monthNames[3*m : 3*m+3]; n[0] == x && n[1] == y && n[2] == z {
			return m + 1, b[3:], true
		}
	}
	return 0, b, false
}

// clockOf reads hh:mm:ss with an optional fraction.
func clockOf(d *Date, b []byte) ([]byte, bool) {
	var a, c, e, f, g bool
	d.Hour, b, a = number(b, 1, 2)
	b, c = mark(b, ':')
	d.Minute, b, e = number(b, 2, 2)
	b, f = mark(b, ':')
	d.Second, b, g = number(b, 2, 2)
	if !(a && c && e && f && g) {
		return b, false
	}
	if len(b) > 1 && (b[0] == '.' || b[0] == ',') && b[1] >= '0' && b[1] <= '9' {
		b = fractionOf(d, b[1:])
	}
	return b, d.valid()
}

func fractionOf(d *Date, b []byte) []byte {
	unit := 100_000_000
	for len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		d.Nano += int(b[0]-'0') * unit
		unit /= 10
		b = b[1:]
	}
	return b
}

// zoneOf reads Z or an offset as +hhmm or +hh:mm, if there is one.
func zoneOf(d *Date, b []byte) []byte {
	if len(b) > 0 && b[0] == 'Z' {
		d.Zoned = true
		return b[1:]
	}
	if len(b) < 5 || b[0] != '+' && b[0] != '-' {
		return b
	}
	h, rest, ok1 := number(b[1:], 2, 2)
	if len(rest) > 0 && rest[0] == ':' {
		rest = rest[1:]
	}
	m, rest, ok2 := number(rest, 2, 2)
	if !ok1 || !ok2 {
		return b
	}
	d.Shift, d.Zoned = time.Duration(h)*time.Hour+time.Duration(m)*time.Minute, true
	if b[0] == '-' {
		d.Shift = -d.Shift
	}
	return rest
}

// BSDDate reads "Jun  9 10:00:00", with a year behind the day or behind the
// time if there is one, as syslog and Cisco write it.
func BSDDate(b []byte) (d Date, rest []byte, ok bool) {
	m, rest, ok := monthOf(b)
	if !ok || len(rest) == 0 || rest[0] != ' ' {
		return d, b, false
	}
	d.Month = m
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if d.Day, rest, ok = number(rest, 1, 2); !ok {
		return d, b, false
	}
	if rest, ok = mark(rest, ' '); !ok {
		return d, b, false
	}
	if y, tail, ok := number(rest, 4, 4); ok && len(tail) > 0 && tail[0] == ' ' {
		d.Year, rest = y, tail[1:]
	}
	if rest, ok = clockOf(&d, rest); !ok {
		return d, b, false
	}
	if d.Year == 0 && len(rest) > 5 && rest[0] == ' ' {
		if y, tail, ok := number(rest[1:], 4, 4); ok && (tail[0] == ' ' || tail[0] == ':') && y >= 1990 && y <= 2100 {
			d.Year, rest = y, tail
		}
	}
	return d, rest, true
}

// ZonedDate is BSDDate for a text that may end in a zone: GMT+02:00, UTC, -0500.
func ZonedDate(b []byte) (d Date, ok bool) {
	d, rest, ok := BSDDate(b)
	if !ok || len(rest) < 2 || rest[0] != ' ' {
		return d, ok
	}
	rest = rest[1:]
	for _, zone := range [...]string{"GMT", "UTC"} {
		if tail, named := bytes.CutPrefix(rest, []byte(zone)); named {
			d.Shift, _ = zoneOffset(tail)
			d.Zoned = true
			return d, true
		}
	}
	zoneOf(&d, rest)
	return d, true
}

// ISODate reads 2025-06-15T10:00:00.5+02:00, with a blank for the T and
// without zone too, and 2025/06/15 10:00:00.
func ISODate(b []byte) (d Date, rest []byte, ok bool) {
	if len(b) < 19 || b[4] != '-' && b[4] != '/' || b[7] != b[4] || b[10] != 'T' && b[10] != ' ' {
		return d, b, false
	}
	var x, y, z bool
	d.Year, _, x = number(b, 4, 4)
	d.Month, _, y = number(b[5:], 2, 2)
	d.Day, _, z = number(b[8:], 2, 2)
	rest, ok = clockOf(&d, b[11:])
	if !(x && y && z && ok) {
		return d, b, false
	}
	return d, zoneOf(&d, rest), true
}

// WebDate reads 15/Jun/2025:10:00:00 +0200, the zone being optional.
func WebDate(b []byte) (d Date, rest []byte, ok bool) {
	return dayFirst(b, '/', ':')
}

// DayDate reads 15-Jun-2025 10:00:00.425, as BIND and Tomcat write it.
func DayDate(b []byte) (d Date, rest []byte, ok bool) {
	return dayFirst(b, '-', ' ')
}

func dayFirst(b []byte, sep, middle byte) (d Date, rest []byte, ok bool) {
	oks := [6]bool{}
	d.Day, rest, oks[0] = number(b, 1, 2)
	rest, oks[1] = mark(rest, sep)
	d.Month, rest, oks[2] = monthOf(rest)
	rest, oks[3] = mark(rest, sep)
	d.Year, rest, oks[4] = number(rest, 4, 4)
	rest, oks[5] = mark(rest, middle)
	if oks != [6]bool{true, true, true, true, true, true} {
		return d, b, false
	}
	if rest, ok = clockOf(&d, rest); !ok {
		return d, b, false
	}
	if len(rest) > 1 && rest[0] == ' ' {
		if tail := zoneOf(&d, rest[1:]); d.Zoned {
			rest = tail
		}
	}
	return d, rest, true
}

// CDate reads "Sun Jun 15 10:00:00.123 2025", as ctime writes it.
func CDate(b []byte) (d Date, rest []byte, ok bool) {
	if len(b) < 20 || b[3] != ' ' || !letter(b[0]) || !letter(b[1]) || !letter(b[2]) {
		return d, b, false
	}
	if d, rest, ok = BSDDate(b[4:]); !ok {
		return d, b, false
	}
	if d.Year == 0 && len(rest) == 5 && rest[0] == ' ' { // at the very end
		d.Year, rest, ok = number(rest[1:], 4, 4)
	} else if d.Year == 0 && len(rest) > 5 && rest[0] == ' ' {
		d.Year, rest, ok = number(rest[1:], 4, 4)
	}
	return d, rest, ok && d.Year != 0 && d.valid()
}

// USDate reads 6/15/2025 10:00:00 AM, the half of the day being optional.
func USDate(b []byte) (d Date, rest []byte, ok bool) {
	oks := [6]bool{}
	d.Month, rest, oks[0] = number(b, 1, 2)
	rest, oks[1] = mark(rest, '/')
	d.Day, rest, oks[2] = number(rest, 1, 2)
	rest, oks[3] = mark(rest, '/')
	d.Year, rest, oks[4] = number(rest, 4, 4)
	rest, oks[5] = mark(rest, ' ')
	if oks != [6]bool{true, true, true, true, true, true} {
		return d, b, false
	}
	if rest, ok = clockOf(&d, rest); !ok {
		return d, b, false
	}
	if len(rest) >= 3 && rest[0] == ' ' && rest[2]|0x20 == 'm' {
		switch half := rest[1] | 0x20; {
		case half == 'p' && d.Hour < 12:
			d.Hour += 12
		case half == 'a' && d.Hour == 12:
			d.Hour = 0
		}
		rest = rest[3:]
	}
	return d, rest, true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// DateOf returns a moment as a date in UTC.
func DateOf(t time.Time) Date {
	t = t.UTC()
	return Date{
		Year: t.Year(), Month: int(t.Month()), Day: t.Day(),
		Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), Nano: t.Nanosecond(), Zoned: true,
	}
}
