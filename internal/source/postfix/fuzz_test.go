package postfix_test

import (
	"testing"

	"tyto/internal/source/postfix"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"Jun 15 10:00:00 mx1 postfix/smtpd[12]: 4Bz1x2: client=unknown[192.0.2.9], from=<a b>, x=<\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, postfix.New(), text) })
}
