package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestIndicatorsMayTakeMemoryOnTopOfTheHunt(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"dns.log":  `{"_path":"dns","ts":1771235292.5,"id.orig_h":"192.0.2.10","id.resp_h":"198.51.100.53","proto":"udp","query":"a.example"}` + "\n",
		"list.csv": "type,value\ndomain,fine-host-of-nobody.com\ndomain,fine-host-of-no-one.com\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	limit := func(args ...string) (got int64) {
		var out bytes.Buffer
		env := &Env{
			Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &out, Now: time.Now, TempDir: t.TempDir(),
			Getenv: func(string) string { return "" }, Memory: func(n int64) { got = n },
		}
		args = append([]string{"hunt", filepath.Join(dir, "dns.log")}, args...)
		if code := Main(t.Context(), args, env); code != exitOK {
			t.Fatalf("exit %d: %s", code, out.String())
		}
		return got
	}
	without, with := limit(), limit("--intel", filepath.Join(dir, "list.csv"))
	if without <= 0 || without >= 350<<20 || with <= without {
		t.Errorf("%d without indicators, %d with two", without, with)
	}
}
