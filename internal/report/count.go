package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A counter counts how often words occur. It knows a limited number of words;
// what comes later counts as one unnamed rest. Findings come in a fixed order,
// so it is always the same words that it knows.
type counter struct {
	limit int
	seen  map[string]int64
	rest  int64
}

func newCounter(limit int) counter { return counter{limit: limit, seen: map[string]int64{}} }

// add counts a word and reports whether it has a place of its own.
func (c *counter) add(word string) bool {
	if _, known := c.seen[word]; !known && len(c.seen) >= c.limit {
		c.rest++
		return false
	}
	c.seen[word]++
	return true
}

// A tally is a word and how often it occurred.
type tally struct {
	word string
	n    int64
}

// sorted returns the words, most frequent first, then by name.
func (c *counter) sorted() []tally {
	out := make([]tally, 0, len(c.seen))
	for w, n := range c.seen {
		out = append(out, tally{w, n})
	}
	slices.SortFunc(out, func(a, b tally) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.word, b.word))
	})
	return out
}

// counted says how many words there were: "3 hosts", or "256 or more hosts".
func (c *counter) counted(one, many string) string {
	n := Counted(int64(len(c.seen)), one, many)
	if c.rest > 0 {
		return strings.Replace(n, " ", " or more ", 1)
	}
	return n
}

// top lists the most frequent words with their counts.
func (c *counter) top(k int) string {
	list := c.sorted()
	var parts []string
	for _, t := range list[:min(k, len(list))] {
		parts = append(parts, t.word+" ("+thousands(t.n)+")")
	}
	out := strings.Join(parts, "; ")
	if more := len(list) - k; more > 0 {
		out += "; " + strconv.Itoa(more) + " more"
	}
	return out
}

// thousands writes a number with separators: 196,081.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(s, "-")
	sign := s[:len(s)-len(digits)]
	first := (len(digits)-1)%3 + 1
	out := digits[:first]
	for i := first; i < len(digits); i += 3 {
		out += "," + digits[i:i+3]
	}
	return sign + out
}

// Counted writes a number and its noun: "1 finding", "1,204 findings".
func Counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// large shortens numbers from ten million on: 88.2 M.
func large(n int64) string {
	switch {
	case n >= 10_000_000_000:
		return strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64) + " G"
	case n >= 10_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " M"
	}
	return thousands(n)
}

// size writes a number of bytes in powers of ten: 385.3 MB.
func size(n int64) string {
	units := []string{"KB", "MB", "GB", "TB", "PB", "EB"}
	if n < 1000 {
		return Counted(n, "byte", "bytes")
	}
	x := float64(n) / 1000
	i := 0
	for x >= 999.95 && i < len(units)-1 {
		x /= 1000
		i++
	}
	return strconv.FormatFloat(x, 'f', 1, 64) + " " + units[i]
}
