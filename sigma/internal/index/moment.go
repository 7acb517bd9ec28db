package index

import "time"

// parseTime reads a date, optionally followed by 'T' or a blank, a time of day
// with seconds, a fraction and a zone. A time without zone is UTC. It accepts
// nothing that [logic.ParseTime] does not, and does not allocate.
func parseTime(text []byte) (time.Time, bool) {
	s := scanner{text: text}
	y, mo, d, ok := s.date()
	if !ok {
		return time.Time{}, false
	}
	if s.done() {
		return time.Date(y, mo, d, 0, 0, 0, 0, time.UTC), true
	}
	if !s.eat('T') && !s.eat(' ') {
		return time.Time{}, false
	}
	h, mi, sec, ok := s.clock()
	if !ok {
		return time.Time{}, false
	}
	shift, ok := s.zone()
	if !ok || !s.done() {
		return time.Time{}, false
	}
	return time.Date(y, mo, d, h, mi-shift, sec, 0, time.UTC), true
}

// A scanner reads fixed-width parts from the front of a text.
type scanner struct{ text []byte }

func (s *scanner) done() bool { return len(s.text) == 0 }

func (s *scanner) eat(c byte) bool {
	if len(s.text) == 0 || s.text[0] != c {
		return false
	}
	s.text = s.text[1:]
	return true
}

func (s *scanner) digits(n int) (int, bool) {
	if len(s.text) < n {
		return 0, false
	}
	v := 0
	for _, c := range s.text[:n] {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	s.text = s.text[n:]
	return v, true
}

// date reads yyyy-mm-dd.
func (s *scanner) date() (y int, mo time.Month, d int, ok bool) {
	y, ok1 := s.digits(4)
	dash1 := s.eat('-')
	m, ok2 := s.digits(2)
	dash2 := s.eat('-')
	d, ok3 := s.digits(2)
	if !ok1 || !ok2 || !ok3 || !dash1 || !dash2 || m < 1 || m > 12 || d < 1 {
		return 0, 0, 0, false
	}
	// The day before the first of the next month is the month's last.
	last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return y, time.Month(m), d, d <= last
}

// clock reads hh:mm:ss[.fraction] and drops the fraction.
func (s *scanner) clock() (h, m, sec int, ok bool) {
	h, ok1 := s.digits(2)
	colon1 := s.eat(':')
	m, ok2 := s.digits(2)
	colon2 := s.eat(':')
	sec, ok3 := s.digits(2)
	if !ok1 || !ok2 || !ok3 || !colon1 || !colon2 || h > 23 || m > 59 || sec > 59 {
		return 0, 0, 0, false
	}
	if !s.eat('.') && !s.eat(',') {
		return h, m, sec, true
	}
	n := 0
	for n < len(s.text) && s.text[n] >= '0' && s.text[n] <= '9' {
		n++
	}
	s.text = s.text[n:]
	return h, m, sec, n > 0
}

// zone reads nothing, Z or ±hh:mm and returns the minutes east of Greenwich.
func (s *scanner) zone() (int, bool) {
	if s.done() || s.eat('Z') {
		return 0, true
	}
	sign := 1
	if s.eat('-') {
		sign = -1
	} else if !s.eat('+') {
		return 0, false
	}
	h, ok1 := s.digits(2)
	colon := s.eat(':')
	m, ok2 := s.digits(2)
	return sign * (h*60 + m), ok1 && colon && ok2 && h < 24 && m < 60
}
