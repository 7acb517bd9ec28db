package evtx

import "time"

// Filetime counts 100-nanosecond steps since 1601-01-01 UTC, as Windows does.
type Filetime uint64

const (
	ticksPerSecond = 10_000_000
	ticksPerDay    = 864_000_000_000
	epochDelta     = 11_644_473_600 // seconds from 1601 to 1970
)

// Time converts to UTC. Every value converts, also those far beyond the year
// 9999; zero gives the year 1601.
func (f Filetime) Time() time.Time {
	sec := int64(f/ticksPerSecond) - epochDelta
	return time.Unix(sec, int64(f%ticksPerSecond)*100).UTC()
}

// FiletimeOf converts a time; times before 1601 give 0.
func FiletimeOf(t time.Time) Filetime {
	sec := t.Unix() + epochDelta
	if sec < 0 {
		return 0
	}
	return Filetime(uint64(sec)*ticksPerSecond + uint64(t.Nanosecond()/100))
}

// date splits days since 1601 into the civil calendar. It shifts the year to
// begin in March, so that the leap day comes last and months follow a line.
func date(days uint64) (year, month, day uint64) {
	z := days + 584_694
	era := z / 146_097
	doe := z - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if mp >= 10 {
		month = mp - 9
	}
	year = yoe + 400*era
	if month <= 2 {
		year++
	}
	return year, month, day
}

// appendTime writes the ISO form with the given number of digits of the
// second's fraction (6 or 7), cut and not rounded.
func appendTime(dst []byte, f Filetime, digits int) []byte {
	dst = appendDate(dst, uint64(f/ticksPerDay))
	return appendClock(dst, uint64(f%ticksPerDay), digits)
}

func appendDate(dst []byte, days uint64) []byte {
	y, m, d := date(days)
	if y > 9999 {
		dst = appendUint(dst, y)
	} else {
		dst = append(dst, digitPairs[y/100*2], digitPairs[y/100*2+1], digitPairs[y%100*2], digitPairs[y%100*2+1])
	}
	return append(dst, '-', digitPairs[m*2], digitPairs[m*2+1], '-', digitPairs[d*2], digitPairs[d*2+1])
}

func appendClock(dst []byte, ticks uint64, digits int) []byte {
	sec, frac := ticks/ticksPerSecond, ticks%ticksPerSecond
	h, m, s := sec/3600*2, sec/60%60*2, sec%60*2
	a, b, c := frac/100_000*2, frac/1000%100*2, frac/10%100*2
	dst = append(dst, 'T', digitPairs[h], digitPairs[h+1], ':', digitPairs[m], digitPairs[m+1], ':',
		digitPairs[s], digitPairs[s+1], '.', digitPairs[a], digitPairs[a+1],
		digitPairs[b], digitPairs[b+1], digitPairs[c], digitPairs[c+1])
	if digits == 7 {
		dst = append(dst, byte('0'+frac%10))
	}
	return append(dst, 'Z')
}

// parseTime reads the text form that forwarded records carry, with any number
// of digits in the fraction and an optional Z.
func parseTime(b []byte) (Filetime, bool) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	var v [6]int
	for i, span := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		n, ok := digitsOf(b[span[0]:span[1]])
		if !ok {
			return 0, false
		}
		v[i] = n
	}
	ns, scale := 0, 100_000_000
	rest := b[19:]
	if len(rest) > 0 && rest[0] == '.' {
		rest = rest[1:]
		for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
			ns += int(rest[0]-'0') * scale
			scale /= 10
			rest = rest[1:]
		}
	}
	if len(rest) > 1 || len(rest) == 1 && rest[0] != 'Z' {
		return 0, false
	}
	return FiletimeOf(time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], ns, time.UTC)), true
}

func digitsOf(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
