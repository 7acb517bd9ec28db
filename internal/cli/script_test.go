package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tyto/internal/cli/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tyto": func() { os.Exit(Main(context.Background(), os.Args[1:], OS())) },
	})
}

// Each script is one user story. The folder logs of each is the evidence of
// the demo.
func TestScripts(t *testing.T) {
	logs := t.TempDir()
	if _, err := demo.Write(logs, demo.DefaultSeed); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TYTO_DATA", filepath.Join(env.WorkDir, "data"))
			return os.Symlink(logs, filepath.Join(env.WorkDir, "logs"))
		},
		RequireUniqueNames: true,
	})
}
