package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tyto/internal/cli/demo"
	"tyto/internal/report"
)

// demoCmd hunts through a made-up intrusion, by the same code as hunt.
type demoCmd struct {
	Out      string `help:"Write the results into this folder too." short:"o" placeholder:"DIR"`
	Evidence string `help:"Keep the made-up evidence in this folder." placeholder:"DIR"`
	Seed     uint64 `help:"Another seed makes other noise around the same intrusion." default:"1" placeholder:"N"`
}

// Run implements the command.
func (c *demoCmd) Run(ctx context.Context, s *session) error {
	dir := c.Evidence
	if dir == "" {
		tmp, err := os.MkdirTemp(s.env.TempDir, "tyto-demo-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = filepath.Join(tmp, "evidence")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("making the demo's evidence: %w", err)
	}
	if _, err := demo.Write(dir, c.Seed); err != nil {
		return fmt.Errorf("making the demo's evidence: %w", err)
	}
	fmt.Fprintln(s.err, "tyto: a made-up intrusion on five hosts, written as event logs and hunted like any other")
	job := &huntCmd{Paths: []string{dir}, Out: c.Out, Profile: "standard"}
	job.Intel = []string{builtinName}
	_, err := job.hunt(ctx, s, []report.Command{
		{Line: "tyto demo --evidence logs -o case1", Why: "keep the evidence and write all results"},
		{Line: "tyto hunt PATH -o case2", Why: "hunt through logs of your own"},
		{Line: "tyto rules install PATH", Why: "add the public rules: a SigmaHQ checkout or release zip"},
	})
	return err
}
