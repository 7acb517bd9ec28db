// Package attack knows the ATT&CK matrix: its tactics, its techniques, and
// what became of ids that are no longer in use.
//
// Rules, reports and partners name techniques by ids of the year in which they
// were written. Two documents about the same behaviour are comparable only
// when each id is followed to the one in use today, so every id that enters
// Tyto passes [Table.Current]. The tactics are those of v19: what older
// documents call Defense Evasion is either Stealth or Defense Impairment now,
// and the techniques beside the word decide which.
//
// The embedded table is made from the knowledge base of The MITRE Corporation
// (ATT&CK, used under its terms of use) by the generator in this folder.
package attack

//go:generate go run ./generate -base ../../../shared/corpora/intel/attack-enterprise.json -replaced ../../../shared/corpora/intel/attack-revocations.csv -date 2026-11-25 -o table.txt

import (
	_ "embed"
	"strings"
	"sync"
)

// Version is the version of ATT&CK that ids and tactics are brought to.
const Version = "19"

//go:embed table.txt
var text string

// A Technique is one way to reach a tactic's goal.
type Technique struct {
	ID      string
	Name    string
	Tactics []string // short names, in the order of the matrix; empty for techniques of mobile devices
	Active  bool     // in use in [Version]
}

// A Table holds the techniques and their successors. It is immutable and safe
// for concurrent use.
type Table struct {
	techniques map[string]Technique
	successors map[string]string
}

// Load returns the embedded table. It is read once, at the first call.
func Load() *Table { return load() }

var load = sync.OnceValue(func() *Table { return parse(text) })

// parse reads the table's text; see the generator for its form.
func parse(text string) *Table {
	t := &Table{techniques: make(map[string]Technique, 1024), successors: make(map[string]string, 256)}
	for line := range strings.Lines(text) {
		t.add(strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return t
}

func (t *Table) add(cells []string) {
	switch {
	case cells[0] == "T" && len(cells) >= 4:
		t.techniques[cells[1]] = Technique{
			ID: cells[1], Name: cells[2], Tactics: shorts(cells[3]), Active: len(cells) == 4,
		}
	case cells[0] == "S" && len(cells) == 3:
		t.successors[cells[1]] = cells[2]
	}
}

// shorts turns "PS,PE" into short names.
func shorts(codes string) []string {
	var out []string
	for _, t := range tactics {
		if strings.Contains(codes, t.Code) {
			out = append(out, t.Short)
		}
	}
	return out
}

// Technique returns what is known of an id, written in any case. Retired ids
// are known too, with Active false.
func (t *Table) Technique(id string) (Technique, bool) {
	x, ok := t.techniques[canonical(id)]
	return x, ok
}

// Name returns the technique's name, with its family's name before it for a
// sub-technique ("OS Credential Dumping: LSASS Memory"), or "" for an unknown
// id.
func (t *Table) Name(id string) string {
	id = canonical(id)
	x, ok := t.techniques[id]
	if !ok {
		return ""
	}
	family, _, sub := strings.Cut(id, ".")
	if parent, ok := t.techniques[family]; ok && sub {
		return parent.Name + ": " + x.Name
	}
	return x.Name
}

// Current follows an id to the one in use today: T1073 was replaced by
// T1574.002, which was replaced by T1574.001. Ids without a successor, unknown
// ones among them, come back as they are, in upper case.
func (t *Table) Current(id string) string {
	id = canonical(id)
	for range len(t.successors) { // more steps than that would be a circle
		next, ok := t.successors[id]
		if !ok {
			return id
		}
		id = next
	}
	return id
}

// TacticsOf returns the short names of the tactics that the technique serves,
// after [Table.Current], in the order of the matrix. A sub-technique that the
// table does not know has its family's tactics.
func (t *Table) TacticsOf(id string) []string {
	id = t.Current(id)
	if x, ok := t.techniques[id]; ok {
		return x.Tactics
	}
	family, _, _ := strings.Cut(id, ".")
	return t.techniques[family].Tactics
}

// Len returns how many techniques are in use and how many ids have a
// successor.
func (t *Table) Len() (active, replaced int) {
	for _, x := range t.techniques {
		if x.Active {
			active++
		}
	}
	return active, len(t.successors)
}

func canonical(id string) string { return strings.ToUpper(strings.TrimSpace(id)) }
