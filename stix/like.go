package stix

import "unicode/utf8"

// likePattern is the operand of LIKE: % stands for any run of characters, _ for
// one. Matching takes time proportional to text times pattern at worst.
type likePattern struct{ runes []rune }

func newLike(s string) *likePattern { return &likePattern{[]rune(nfc(s))} }

// match says whether the whole of s fits. It gives up when the fuel is burnt.
func (l *likePattern) match(s string, fuel *int) bool {
	p := 0
	starP, starS := -1, 0 // where to go on when the last % takes one more
	for i := 0; i < len(s) && *fuel >= 0; *fuel-- {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(l.runes) && l.runes[p] == '%':
			starP, starS = p, i
			p++
		case p < len(l.runes) && (l.runes[p] == '_' || l.runes[p] == r):
			p++
			i += size
		case starP >= 0:
			_, skip := utf8.DecodeRuneInString(s[starS:])
			starS += skip
			i, p = starS, starP+1
		default:
			return false
		}
	}
	for p < len(l.runes) && l.runes[p] == '%' {
		p++
	}
	return p == len(l.runes)
}
