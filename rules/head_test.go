package rules_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tyto/rules"
	"tyto/sigma"
)

var (
	uuid      = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	technique = regexp.MustCompile(`^t\d{4}(\.\d{3})?$`)
	day       = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	levels    = []string{"informational", "low", "medium", "high", "critical"}
	// tactics are those of ATT&CK v19.
	tactics = []string{
		"initial-access", "execution", "persistence", "privilege-escalation", "stealth", "defense-impairment",
		"credential-access", "discovery", "lateral-movement", "collection", "command-and-control", "exfiltration",
		"impact",
	}
	// replaced are techniques that rules like ours used to name and that have
	// other ids since ATT&CK v19.
	replaced = []string{
		"t1562", "t1562.001", "t1562.002", "t1562.003", "t1562.004", "t1562.006", "t1562.010",
		"t1070.001", "t1070.002", "t1574.002", "t1073", "t1656",
	}
)

// TestHeadsAreComplete holds what people read and tools rely on.
func TestHeadsAreComplete(t *testing.T) {
	for _, d := range wholePack(t) {
		m := d.Head()
		for _, fault := range faults(m) {
			t.Errorf("%s:%d: %s", m.Path, m.Line, fault)
		}
	}
}

func faults(m *sigma.Meta) []string {
	var out []string
	must := func(ok bool, what string) {
		if !ok {
			out = append(out, what)
		}
	}
	must(uuid.MatchString(m.ID), "the id is no version 4 UUID")
	must(m.Author == "Tyto project", "author")
	must(m.License == "Apache-2.0", "license")
	must(day.MatchString(m.Date), "date")
	must(slices.Contains([]string{"experimental", "test", "stable"}, m.Status), "status")
	must(slices.Contains(levels, m.Level), "level")
	must(len(m.Description) > 40, "a description says what is seen and which log it takes")
	must(len(m.FalsePositives) > 0, "falsepositives")
	return append(out, tagFaults(m)...)
}

func tagFaults(m *sigma.Meta) []string {
	var out []string
	var tactic, tech bool
	for _, tag := range m.Tags {
		word, ok := strings.CutPrefix(tag, "attack.")
		isTactic, isTech := slices.Contains(tactics, word), technique.MatchString(word)
		if !ok || !isTactic && !isTech {
			out = append(out, "unknown tag "+tag)
		}
		if slices.Contains(replaced, word) {
			out = append(out, tag+" has a successor in ATT&CK v19")
		}
		tactic, tech = tactic || isTactic, tech || isTech
	}
	if m.Level != "informational" && (!tactic || !tech) {
		out = append(out, "tags need a tactic and a technique")
	}
	return out
}

// TestRulesAreStrictYAML: a repeated key would silently hide its twin in many
// other tools.
func TestRulesAreStrictYAML(t *testing.T) {
	for _, path := range ruleFiles(t) {
		data, err := fs.ReadFile(rules.FS(), path)
		if err != nil {
			t.Fatal(err)
		}
		d := yaml.NewDecoder(bytes.NewReader(data))
		for {
			var doc map[string]any
			err := d.Decode(&doc)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
		}
	}
}
