package index

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// A pattern is a regular expression behind guards: cheap conditions that every
// value it finds something in must meet. Go's machine is slow enough that a
// handful of unguarded patterns would cost more than all else together.
type pattern struct {
	text string // with flags, ready for regexp
	factors
	needles [][]needle // the clauses
	once    sync.Once
	machine *regexp.Regexp
}

// CheckRegex reports whether a regular expression with the Sigma flags (any of
// i, m, s) can be used, and if not, why.
func CheckRegex(text, flags string) error {
	_, err := newPattern(text, flags)
	return err
}

func newPattern(text, flags string) (*pattern, error) {
	flags, err := goFlags(flags)
	if err != nil {
		return nil, err
	}
	p := &pattern{text: flags + splitRepeats(text)}
	re, err := syntax.Parse(p.text, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
	}
	p.factors = factorsOf(re)
	for _, c := range p.clauses {
		needles := make([]needle, len(c))
		for i, lit := range c {
			needles[i] = newNeedle([]byte(lit))
		}
		p.needles = append(p.needles, needles)
	}
	return p, nil
}

// goFlags turns Sigma's flags into an inline group. They mean the same in Go.
func goFlags(flags string) (string, error) {
	if flags == "" {
		return "", nil
	}
	if bad := strings.Trim(flags, "ims"); bad != "" {
		return "", fmt.Errorf("regular expression: unknown flag %q", bad)
	}
	return "(?" + flags + ")", nil
}

// match runs the machine, making it on first use. What could be parsed can be
// compiled; should it fail nevertheless, nothing matches.
func (p *pattern) match(text []byte) bool {
	p.once.Do(func() { p.machine, _ = regexp.Compile(p.text) })
	return p.machine != nil && p.machine.Match(text)
}

// runsIn reports whether a text has all the runs that a match needs.
func (p *pattern) runsIn(text []byte) bool {
	for _, run := range p.runs {
		if !run.in(text) {
			return false
		}
	}
	return true
}

func isASCII[T string | []byte](text T) bool {
	for len(text) >= 8 {
		if text[0]|text[1]|text[2]|text[3]|text[4]|text[5]|text[6]|text[7] >= utf8.RuneSelf {
			return false
		}
		text = text[8:]
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
