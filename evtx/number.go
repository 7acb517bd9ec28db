package evtx

import "math/bits"

const digitPairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

func appendUint(dst []byte, v uint64) []byte {
	if v < 10 {
		return append(dst, byte('0'+v))
	}
	if v < 100 {
		return append(dst, digitPairs[v*2], digitPairs[v*2+1])
	}
	var buf [20]byte
	i := len(buf)
	for v >= 100 {
		r := v % 100 * 2
		v /= 100
		i -= 2
		buf[i], buf[i+1] = digitPairs[r], digitPairs[r+1]
	}
	if v < 10 {
		i--
		buf[i] = byte('0' + v)
	} else {
		i -= 2
		buf[i], buf[i+1] = digitPairs[v*2], digitPairs[v*2+1]
	}
	return append(dst, buf[i:]...)
}

func appendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return appendUint(append(dst, '-'), uint64(-v))
	}
	return appendUint(dst, uint64(v))
}

// appendHexNumber writes 0x and lower-case digits without leading zeroes.
func appendHexNumber(dst []byte, v uint64) []byte {
	dst = append(dst, '0', 'x')
	for shift := (bits.Len64(v|1) - 1) &^ 3; shift >= 0; shift -= 4 {
		dst = append(dst, lowerHex[v>>uint(shift)&15])
	}
	return dst
}

func appendHexBytes(dst, raw []byte) []byte {
	for _, b := range raw {
		dst = append(dst, upperHex[b>>4], upperHex[b&15])
	}
	return dst
}

// parseUint reads decimal digits, or hexadecimal ones after 0x.
func parseUint(b []byte) (v uint64, ok bool) {
	base := uint64(10)
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		b, base = b[2:], 16
	}
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if d > 9 {
			if d = uint64(c|0x20) - 'a' + 10; d > 15 {
				return 0, false
			}
		}
		if d >= base {
			return 0, false
		}
		v = v*base + d
	}
	return v, true
}
