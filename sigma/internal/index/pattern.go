package index

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// A pattern is a regular expression that is parsed at compile time and turned
// into a machine when a value first gets past its guards.
type pattern struct {
	text    string // with flags, ready for regexp
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
	p := &pattern{text: flags + text}
	if _, err := syntax.Parse(p.text, syntax.Perl); err != nil {
		return nil, fmt.Errorf("regular expression: %w", err)
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

// regexp returns the machine, making it on first use.
func (p *pattern) regexp() *regexp.Regexp {
	p.once.Do(func() { p.machine = regexp.MustCompile(p.text) })
	return p.machine
}
