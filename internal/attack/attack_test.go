package attack

import (
	"slices"
	"strings"
	"testing"
)

func TestCurrentFollowsSuccessorsToTheLast(t *testing.T) {
	for old, want := range map[string]string{
		"T1073":     "T1574.001", // by way of T1574.002
		"T1574.002": "T1574.001",
		"T1150":     "T1647", // by way of T1547.011
		"T1162":     "T1647",
		"T1562":     "T1685", "T1562.001": "T1685", "T1562.006": "T1685",
		"T1562.002": "T1685.001", "T1562.003": "T1690", "T1562.004": "T1686",
		"T1562.007": "T1686.001", "T1562.008": "T1685.002", "T1562.009": "T1688",
		"T1562.010": "T1689", "T1562.011": "T1685.003", "T1562.012": "T1685.004",
		"T1562.013": "T1686.002", "T1070.001": "T1685.005", "T1070.002": "T1685.006",
		"T1656":     "T1684.001",
		"t1059.001": "T1059.001",
		"T9999":     "T9999",
		"":          "",
	} {
		if got := Load().Current(old); got != want {
			t.Errorf("Current(%q) = %q, want %q", old, got, want)
		}
	}
}

func TestCurrentEndsOnACircle(t *testing.T) {
	table := parse("S\tT1000\tT1001\nS\tT1001\tT1000\n")
	if got := table.Current("T1000"); got != "T1000" && got != "T1001" {
		t.Errorf("Current in a circle = %q", got)
	}
}

func TestEverySuccessorIsInUse(t *testing.T) {
	table := Load()
	for old := range table.successors {
		now := table.Current(old)
		x, ok := table.Technique(now)
		if !ok || !x.Active {
			t.Errorf("%s ends at %s, which is not in use", old, now)
		}
		if was, ok := table.Technique(old); !ok || was.Active {
			t.Errorf("%s was replaced by %s and yet counts as in use", old, now)
		}
	}
}

func TestNoTechniqueServesARetiredTactic(t *testing.T) {
	table := Load()
	for id, x := range table.techniques {
		for _, short := range x.Tactics {
			if Rank(short) == len(tactics) {
				t.Errorf("%s serves the unknown tactic %q", id, short)
			}
		}
	}
	if active, replaced := table.Len(); active < 690 || replaced != 201 {
		t.Errorf("table holds %d active techniques and %d successors", active, replaced)
	}
}

func TestTacticsOf(t *testing.T) {
	for id, want := range map[string]string{
		"T1003.001": "credential-access",
		"T1562.001": "defense-impairment",
		"T1112":     "persistence defense-impairment",
		"T1055":     "privilege-escalation stealth",
		"T1548.002": "privilege-escalation",
		"T1550.002": "lateral-movement",
		"T1027":     "stealth",
		"T1059.999": "execution", // unknown sub-technique of a known family
		"T9999":     "",
	} {
		if got := strings.Join(Load().TacticsOf(id), " "); got != want {
			t.Errorf("TacticsOf(%s) = %q, want %q", id, got, want)
		}
	}
}

func TestName(t *testing.T) {
	for id, want := range map[string]string{
		"t1003.001": "OS Credential Dumping: LSASS Memory",
		"T1003":     "OS Credential Dumping",
		"T9999":     "",
	} {
		if got := Load().Name(id); got != want {
			t.Errorf("Name(%s) = %q, want %q", id, got, want)
		}
	}
}

func TestFromTags(t *testing.T) {
	for _, c := range []struct{ name, tags, techniques, tactics string }{
		{"both spellings", "attack.credential_access attack.command-and-control", "",
			"credential-access command-and-control"},
		{"techniques are followed and sorted", "attack.t1562.001 attack.T1003.001 attack.t1685",
			"T1003.001 T1685", "defense-impairment credential-access"},
		{"no tactic named: those of the techniques", "attack.t1055", "T1055", "privilege-escalation stealth"},
		{"a tactic named: only that", "attack.t1055 attack.privilege-escalation", "T1055", "privilege-escalation"},
		{"old word, technique decides", "attack.defense_evasion attack.t1112", "T1112", "defense-impairment"},
		{"old word, both", "attack.defense-evasion attack.t1027 attack.t1562.004", "T1027 T1686",
			"stealth defense-impairment"},
		{"old word, technique says nothing", "attack.defense-evasion attack.t1548.002", "T1548.002", "stealth"},
		{"old word alone", "attack.defense-evasion", "", "stealth"},
		{"tactic id", "attack.ta0008", "", "lateral-movement"},
		{"new words", "attack.stealth attack.defense-impairment", "", "stealth defense-impairment"},
		{"strangers", "attack.s0002 attack.g0069 cve.2021-44228 detection.threat-hunting attack. attack.t12 attack.t1003.1", "", ""},
		{"repeats", "attack.t1003 attack.t1003 attack.impact attack.impact", "T1003", "impact"},
	} {
		techniques, tactics := Load().FromTags(strings.Fields(c.tags))
		if got := strings.Join(techniques, " "); got != c.techniques {
			t.Errorf("%s: techniques %q, want %q", c.name, got, c.techniques)
		}
		if got := strings.Join(tactics, " "); got != c.tactics {
			t.Errorf("%s: tactics %q, want %q", c.name, got, c.tactics)
		}
	}
}

func TestTacticNamedUnderstandsEveryWriting(t *testing.T) {
	for _, want := range Tactics() {
		for _, word := range []string{want.ID, want.Short, want.Name, want.Abbr, strings.ReplaceAll(want.Short, "-", "_")} {
			if got, ok := TacticNamed(word); !ok || got != want {
				t.Errorf("TacticNamed(%q) = %v, %v", word, got, ok)
			}
		}
	}
	if _, ok := TacticNamed("initial"); ok {
		t.Error("half a word was taken for a tactic")
	}
}

func TestTacticCodesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range Tactics() {
		for _, w := range []string{x.ID, x.Short, x.Code} {
			if seen[w] {
				t.Errorf("%q occurs twice", w)
			}
			seen[w] = true
		}
	}
}

func TestNames(t *testing.T) {
	for tag, want := range map[string]bool{
		"attack.t1059.001": true, "attack.T1059": true, "attack.credential_access": true, "attack.defense-evasion": true,
		"attack.s0002": false, "attack.g0069": false, "cve.2021-44228": false, "t1059": false, "attack.": false,
	} {
		if Names(tag) != want {
			t.Errorf("Names(%q) = %v", tag, !want)
		}
	}
}

func FuzzFromTags(f *testing.F) {
	f.Add("attack.t1059.001 attack.defense-evasion")
	f.Fuzz(func(t *testing.T, s string) {
		techniques, tactics := Load().FromTags(strings.Split(s, " "))
		if !slices.IsSorted(techniques) {
			t.Errorf("unsorted %q", techniques)
		}
		for i := 1; i < len(tactics); i++ {
			if Rank(tactics[i-1]) >= Rank(tactics[i]) {
				t.Errorf("tactics out of order: %q", tactics)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		parse(text)
	}
}
