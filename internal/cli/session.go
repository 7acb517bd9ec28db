package cli

import (
	"bufio"
	"fmt"
	"io"

	"tyto/internal/report"
	"tyto/internal/report/inert"
)

// A session is one command at work: the world, and how to speak to the user.
type session struct {
	env      *Env
	out      io.Writer // results
	err      io.Writer // diagnostics
	outColor bool
	errColor bool
}

func newSession(env *Env, color string) *session {
	s := &session{env: env, out: env.Stdout, err: env.Stderr}
	colored := func(width int) bool {
		return report.UseColor(color, env.Getenv("NO_COLOR"), env.Getenv("TERM"), width > 0)
	}
	s.outColor, s.errColor = colored(env.OutWidth), colored(env.ErrWidth)
	return s
}

// Styles of diagnostics.
const (
	styleError = "1;31"
	styleWarn  = "1;33"
	styleHint  = "36"
)

func (s *session) paint(style, text string) string {
	if !s.errColor {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s *session) failure(text, hint string) {
	fmt.Fprintln(s.err, s.paint(styleError, "tyto:"), inert.Text(text))
	if hint != "" {
		fmt.Fprintln(s.err, "tyto:", s.paint(styleHint, "hint:"), hint)
	}
}

func (s *session) warn(format string, args ...any) {
	fmt.Fprintln(s.err, s.paint(styleWarn, "tyto:"), inert.Text(fmt.Sprintf(format, args...)))
}

// buffered runs f with a buffered standard output and reports the first
// error, that of writing included.
func (s *session) buffered(f func(w *bufio.Writer) error) error {
	w := bufio.NewWriterSize(s.out, 1<<16)
	if err := f(w); err != nil {
		w.Flush()
		return err
	}
	return w.Flush()
}
