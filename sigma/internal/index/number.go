package index

import "strconv"

// maxNumber is the longest text, in bytes, that is read as a number.
const maxNumber = 64

// A decimal is a number taken apart: (-1)^neg * digits * 10^exp, where digits
// has no zeros at either end and is empty for zero. Two decimals are the same
// number exactly if they are equal field by field, so integers of any size
// compare without rounding.
type decimal struct {
	neg    bool
	n      int8
	exp    int32
	digits [maxNumber]byte
}

// parseDecimal reads [+-]digits[.digits][e[+-]digits]; nothing else is a
// number here: no hexadecimal, no underscores, no infinities.
func parseDecimal(text []byte, d *decimal) bool {
	*d = decimal{}
	if len(text) == 0 || len(text) > maxNumber {
		return false
	}
	if text[0] == '-' || text[0] == '+' {
		d.neg = text[0] == '-'
		text = text[1:]
	}
	rest, seen := d.mantissa(text)
	if !seen || !d.exponent(rest) {
		return false
	}
	d.normalise()
	return true
}

// mantissa reads the digits around the point and returns what follows.
func (d *decimal) mantissa(text []byte) (rest []byte, seen bool) {
	point := false
	for i, c := range text {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return text[i:], seen
		}
		seen = true
		if d.n > 0 || c != '0' {
			d.digits[d.n] = c
			d.n++
		}
		if point {
			d.exp--
		}
	}
	return nil, seen
}

func (d *decimal) exponent(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if text[0] != 'e' && text[0] != 'E' || len(text) < 2 {
		return false
	}
	text = text[1:]
	sign := int32(1)
	if text[0] == '-' || text[0] == '+' {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	if len(text) == 0 || len(text) > 5 {
		return false
	}
	exp := int32(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
		exp = exp*10 + int32(c-'0')
	}
	d.exp += sign * exp
	return true
}

func (d *decimal) normalise() {
	for d.n > 0 && d.digits[d.n-1] == '0' {
		d.n--
		d.digits[d.n] = 0
		d.exp++
	}
	if d.n == 0 {
		d.neg, d.exp = false, 0
	}
}

// canonical returns the one text of the number that text writes, for use as a
// key, in buf if it has room. It is not meant for people.
func canonical(buf, text []byte) ([]byte, bool) {
	var d decimal
	if !parseDecimal(text, &d) {
		return nil, false
	}
	buf = buf[:0]
	if d.neg {
		buf = append(buf, '-')
	}
	buf = append(buf, d.digits[:d.n]...)
	buf = append(buf, 'e')
	return strconv.AppendInt(buf, int64(d.exp), 10), true
}

// parseFloat reads a number in the grammar of parseDecimal.
func parseFloat(text []byte) (float64, bool) {
	var d decimal
	if !parseDecimal(text, &d) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}
