package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// An edge that must not exist, and why. From and To are prefixes of import
// paths inside the module; "tyto/evtx" covers tyto/evtx/... as well.
type forbidden struct{ from, to, reason string }

func forbiddenEdges() []forbidden {
	return []forbidden{
		{"tyto/evtx", "tyto/internal", "evtx is public: it must be usable by people who never heard of Tyto"},
		{"tyto/sigma", "tyto/internal", "sigma is public: it must be usable by people who never heard of Tyto"},
		{"tyto/stix", "tyto/internal", "stix is public: it must be usable by people who never heard of Tyto"},
		{"tyto/stix", "tyto/", "stix stands alone"},
		{"tyto/internal/intel", "tyto/internal/detect", "data flows from intel to detect"},
		{"tyto/internal/intel", "tyto/internal/source", "indicators know of events, not of how they are read"},
		{"tyto/evtx", "tyto/sigma", "reading logs knows nothing of rules"},
		{"tyto/sigma", "tyto/evtx", "rules know nothing of log formats"},
		{"tyto/rules", "tyto/internal", "the pack is data"},
		{"tyto/internal/event", "tyto/", "the event is what all others share, so it depends on nobody"},
		{"tyto/internal/attack", "tyto/", "the ATT&CK table is a leaf"},
		{"tyto/internal/source", "tyto/sigma", "evidence is read the same way whatever the rules are"},
		{"tyto/internal/source", "tyto/internal/detect", "data flows from source to detect"},
		{"tyto/internal/detect", "tyto/internal/report", "data flows from detect to report"},
		{"tyto/internal/report", "tyto/internal/source/", "reports tell of formats by name only"},
		{"tyto/internal", "tyto/internal/cli", "cli wires rooms together; nothing builds on it"},
	}
}

// packages lists the module's packages with their direct imports, tests left
// out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	found := make(map[string][]string)
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		found[p.ImportPath] = p.Imports
	}
	return found
}

func within(path, prefix string) bool {
	return path == strings.TrimSuffix(prefix, "/") && !strings.HasSuffix(prefix, "/") ||
		strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/")
}

func TestImportsFlowOneWay(t *testing.T) {
	for path, imports := range packages(t) {
		for _, rule := range forbiddenEdges() {
			if !within(path, rule.from) {
				continue
			}
			for _, to := range imports {
				if within(to, rule.to) && !within(to, rule.from) {
					t.Errorf("%s imports %s: %s", path, to, rule.reason)
				}
			}
		}
	}
}

// Only the rooms at the edge may touch files and networks; everything else
// gets its readers and writers handed in.
func TestOnlyTheEdgeTouchesTheSystem(t *testing.T) {
	edge := []string{"tyto/internal/cli", "tyto/internal/source", "tyto/internal/report", "tyto/internal/attack/generate"}
	for path, imports := range packages(t) {
		if path == "tyto" || allowed(path, edge) {
			continue
		}
		for _, to := range imports {
			switch to {
			case "os", "net", "net/http", "os/exec", "syscall":
				t.Errorf("%s imports %s: only %s may", path, to, strings.Join(edge, ", "))
			}
		}
	}
}

// The public packages stand on the standard library, and sigma on YAML.
func TestPublicPackagesNeedLittle(t *testing.T) {
	for path, imports := range packages(t) {
		if !within(path, "tyto/evtx") && !within(path, "tyto/sigma") && !within(path, "tyto/stix") {
			continue
		}
		for _, to := range imports {
			external := strings.Contains(strings.SplitN(to, "/", 2)[0], ".")
			if external && !(within(path, "tyto/sigma") && strings.HasPrefix(to, "go.yaml.in/yaml/")) {
				t.Errorf("%s imports %s: public packages import the standard library (sigma: and YAML) only", path, to)
			}
		}
	}
}

func allowed(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if within(path, p) {
			return true
		}
	}
	return false
}
