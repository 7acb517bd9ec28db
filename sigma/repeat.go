package sigma

import (
	"regexp"
	"strconv"
	"strings"
)

// maxRepeat is the largest count that a repetition may have in Go's regular
// expressions.
const maxRepeat = 1000

// bigRepeat finds a counted repetition of one character, class or escape.
var bigRepeat = regexp.MustCompile(`(\\.|\[(?:\\.|[^\]\\])+\]|[^\\()\[\]{}|*+?])\{(\d{1,6})(,?)(\d{0,6})\}`)

// splitRepeats rewrites repetitions beyond [maxRepeat] of a single character
// or class as several that follow each other: x{1500,} becomes
// x{1000}x{500,}. What cannot be rewritten is left for the compiler to reject.
func splitRepeats(expr string) string {
	if !strings.Contains(expr, "{") {
		return expr
	}
	return bigRepeat.ReplaceAllStringFunc(expr, func(s string) string {
		m := bigRepeat.FindStringSubmatch(s)
		low, _ := strconv.Atoi(m[2])
		high, _ := strconv.Atoi(m[4])
		if low <= maxRepeat && high <= maxRepeat || low > 64*maxRepeat || high > 64*maxRepeat {
			return s
		}
		return repeat(m[1], low, high, m[3] == ",", m[4] == "")
	})
}

// repeat writes unit{low,high} in pieces that are small enough.
func repeat(unit string, low, high int, comma, open bool) string {
	var b strings.Builder
	piece := func(format string, n int) {
		b.WriteString(unit + strings.Replace(format, "n", strconv.Itoa(n), 1))
	}
	left := low
	for ; left > maxRepeat; left -= maxRepeat {
		piece("{n}", maxRepeat)
	}
	switch {
	case !comma:
		piece("{n}", left)
		return b.String()
	case open:
		piece("{n,}", left)
		return b.String()
	}
	piece("{n}", left)
	extra := high - low
	for ; extra > maxRepeat; extra -= maxRepeat {
		piece("{0,n}", maxRepeat)
	}
	if extra > 0 {
		piece("{0,n}", extra)
	}
	return b.String()
}
