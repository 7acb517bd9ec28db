package attack

import (
	"slices"
	"strings"
)

// FromTags reads the tags of a Sigma rule. It returns the techniques that they
// name, followed to the ids in use today, sorted and without repeats, and the
// short names of the tactics in the order of the matrix.
//
// Both spellings of Sigma are understood ("attack.credential-access" and the
// older "attack.credential_access"), and so are tactic ids ("attack.ta0006").
// Groups, software and the tags of other vocabularies are passed over. A rule
// that names no tactic has those of its techniques. The retired
// "defense-evasion" becomes what the techniques beside it belong to, and
// Stealth when they do not say.
func (t *Table) FromTags(tags []string) (techniques, tactics []string) {
	var set tacticSet
	for _, tag := range tags {
		word, ok := attackTag(tag)
		if !ok {
			continue
		}
		if isTechnique(word) {
			techniques = append(techniques, t.Current(word))
		} else {
			set.name(word)
		}
	}
	slices.Sort(techniques)
	techniques = slices.Compact(techniques)
	return techniques, set.list(t, techniques)
}

// Names reports whether a Sigma tag names a technique or a tactic, as opposed
// to a group, software, or a word of another vocabulary.
func Names(tag string) bool {
	word, ok := attackTag(tag)
	if !ok {
		return false
	}
	if isTechnique(word) {
		return true
	}
	_, ok = TacticNamed(word)
	return ok
}

// attackTag returns what follows "attack." in a tag, in lower case.
func attackTag(tag string) (string, bool) {
	tag = strings.ToLower(strings.TrimSpace(tag))
	word, ok := strings.CutPrefix(tag, "attack.")
	return word, ok && word != ""
}

// isTechnique reports whether a word has the form t1234 or t1234.001.
func isTechnique(word string) bool {
	family, sub, dotted := strings.Cut(word, ".")
	if len(family) != 5 || (family[0] != 't' && family[0] != 'T') || !digits(family[1:]) {
		return false
	}
	return !dotted || len(sub) == 3 && digits(sub)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// A tacticSet gathers the tactics that tags name.
type tacticSet struct {
	seen    [len(tactics)]bool
	evasion bool
	any     bool
}

func (s *tacticSet) name(word string) {
	if normal(word) == evasion {
		s.evasion, s.any = true, true
		return
	}
	if x, ok := TacticNamed(word); ok {
		s.seen[Rank(x.Short)], s.any = true, true
	}
}

// list settles what tags left open and returns short names in order.
func (s *tacticSet) list(t *Table, techniques []string) []string {
	if s.evasion && !s.settleEvasion(t, techniques) {
		s.seen[Rank("stealth")] = true
	}
	if !s.any {
		for _, id := range techniques {
			for _, short := range t.TacticsOf(id) {
				s.seen[Rank(short)] = true
			}
		}
	}
	var out []string
	for i, seen := range s.seen {
		if seen {
			out = append(out, tactics[i].Short)
		}
	}
	return out
}

// settleEvasion replaces the retired tactic by those of its two successors
// that the rule's techniques belong to.
func (s *tacticSet) settleEvasion(t *Table, techniques []string) bool {
	settled := false
	for _, id := range techniques {
		for _, short := range t.TacticsOf(id) {
			if short == "stealth" || short == "defense-impairment" {
				s.seen[Rank(short)], settled = true, true
			}
		}
	}
	return settled
}
