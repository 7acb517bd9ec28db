package main

import (
	"slices"
	"strings"

	"tyto/internal/attack"
)

// Version 19 split Defense Evasion (TA0005). The number stayed with Stealth;
// Defense Impairment (TA0112) is new. The lists below say where the old
// tactic's techniques went, by family (the id before the dot). They were
// checked against the v19 tags of the public Sigma rules: 113 of the old
// tactic's 215 techniques occur there, and where a family occurs alone its
// rules agree.

// impairing families went to Defense Impairment.
var impairing = []string{
	"T1112", "T1207", "T1222", "T1484", "T1553", "T1556", "T1578", "T1599", "T1600", "T1601",
	"T1647", "T1666", "T1685", "T1686", "T1687", "T1688", "T1689", "T1690",
}

// neither families are no longer about evasion at all: they keep their other
// tactics.
var neither = []string{"T1548", "T1550"}

// added are v19's techniques that neither source file holds.
var added = map[string]technique{
	"T1027.018": {Name: "Invisible Unicode", Tactics: []string{"stealth"}},
	"T1684":     {Name: "Social Engineering", Tactics: []string{"stealth"}},
	"T1686.003": {Name: "Windows Host Firewall", Tactics: []string{"defense-impairment"}},
	"T1687":     {Name: "Exploitation for Defense Impairment", Tactics: []string{"defense-impairment"}},
}

// renamed are techniques that kept their id and got another name.
var renamed = map[string]string{"T1211": "Exploitation for Stealth"}

func (t *table) applyV19() {
	for id, x := range added {
		if _, known := t.techniques[id]; !known {
			t.techniques[id] = x
		}
	}
	for id, x := range t.techniques {
		if name, ok := renamed[id]; ok {
			x.Name = name
		}
		x.Tactics = split(id, x.Tactics)
		t.techniques[id] = x
	}
}

// split replaces Defense Evasion in a technique's tactics.
func split(id string, tactics []string) []string {
	family, _, _ := strings.Cut(id, ".")
	var out []string
	for _, tactic := range tactics {
		switch {
		case tactic != "defense-evasion":
			out = append(out, tactic)
		case slices.Contains(impairing, family):
			out = append(out, "defense-impairment")
		case !slices.Contains(neither, family):
			out = append(out, "stealth")
		}
	}
	return out
}

// codes are the two-letter codes of tactics, in kill-chain order.
func codes(tactics []string) []string {
	var out []string
	for _, tactic := range attack.Tactics() {
		if slices.Contains(tactics, tactic.Short) {
			out = append(out, tactic.Code)
		}
	}
	return out
}
