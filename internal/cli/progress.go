package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"tyto/internal/report"
	"tyto/internal/scan"
	"tyto/internal/source"
)

// progressPause is the time between two drawings of the progress line.
const progressPause = 200 * time.Millisecond

// watch draws the progress line on standard error while a command works. The
// returned function erases it. Nothing is drawn where standard error is no
// terminal.
func (s *session) watch(ctx context.Context, verb string, roots []string, p *scan.Progress) (stop func()) {
	if s.env.ErrWidth == 0 {
		return func() {}
	}
	done := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() {
		if slices.Contains(roots, source.Stdin) {
			return // how much is to come is not known
		}
		if _, total := source.Total(ctx, roots); total > 0 {
			p.Total.Store(total)
		}
	})
	drawing.Go(func() { s.draw(done, verb, p) })
	return sync.OnceFunc(func() {
		close(done)
		drawing.Wait()
		fmt.Fprint(s.err, "\r\x1b[K")
	})
}

func (s *session) draw(done <-chan struct{}, verb string, p *scan.Progress) {
	start := s.env.Now()
	ticker := time.NewTicker(progressPause)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			line := progressOf(p, verb, s.env.Now().Sub(start)).Line(s.env.ErrWidth - 1)
			io.WriteString(s.err, "\r"+line+"\x1b[K")
		}
	}
}

// progressOf is the state of the work at this moment.
func progressOf(p *scan.Progress, stage string, elapsed time.Duration) report.Progress {
	return report.Progress{
		Stage: stage, Done: p.Packed.Load(), Total: p.Total.Load(),
		Events: p.Events.Load(), Findings: p.Found.Load(), Elapsed: elapsed,
	}
}
