package attack

import "strings"

// A Tactic is what an intruder wants at one stage: a column of the ATT&CK
// matrix.
type Tactic struct {
	ID    string // "TA0008"
	Short string // "lateral-movement": the word of tags, outputs and STIX
	Name  string // "Lateral Movement"
	Abbr  string // "LatMov": the word that timelines use (as Hayabusa writes it)
	Code  string // "LM": two letters, for the terminal and for pictures
}

// tactics are those of ATT&CK v19 in the order of the matrix.
var tactics = [...]Tactic{
	{"TA0043", "reconnaissance", "Reconnaissance", "Recon", "RC"},
	{"TA0042", "resource-development", "Resource Development", "ResDev", "RD"},
	{"TA0001", "initial-access", "Initial Access", "InitAccess", "IA"},
	{"TA0002", "execution", "Execution", "Exec", "EX"},
	{"TA0003", "persistence", "Persistence", "Persis", "PS"},
	{"TA0004", "privilege-escalation", "Privilege Escalation", "PrivEsc", "PE"},
	{"TA0005", "stealth", "Stealth", "Stealth", "ST"},
	{"TA0112", "defense-impairment", "Defense Impairment", "DefImpair", "DP"},
	{"TA0006", "credential-access", "Credential Access", "CredAccess", "CA"},
	{"TA0007", "discovery", "Discovery", "Disc", "DI"},
	{"TA0008", "lateral-movement", "Lateral Movement", "LatMov", "LM"},
	{"TA0009", "collection", "Collection", "Collect", "CO"},
	{"TA0011", "command-and-control", "Command and Control", "C2", "C2"},
	{"TA0010", "exfiltration", "Exfiltration", "Exfil", "XF"},
	{"TA0040", "impact", "Impact", "Impact", "IM"},
}

// evasion is the tactic that v19 split. Its number now means Stealth.
const evasion = "defense-evasion"

// Tactics returns the tactics in the order of the matrix, which is roughly the
// order in which an intrusion goes through them.
func Tactics() []Tactic { return tactics[:len(tactics):len(tactics)] }

// TacticNamed finds a tactic by its short name, id, name or abbreviation, in
// any case and with "-", "_" or " " between words. The retired "defense-evasion"
// is found as Stealth, which kept its id.
func TacticNamed(word string) (Tactic, bool) {
	for _, t := range tactics { // the usual writing first: no work, no garbage
		if word == t.Short {
			return t, true
		}
	}
	word = normal(word)
	for _, t := range tactics {
		if word == t.Short || word == strings.ToLower(t.ID) || word == strings.ToLower(t.Abbr) {
			return t, true
		}
	}
	if word == evasion {
		return TacticNamed("stealth")
	}
	return Tactic{}, false
}

// normal brings a tactic's word to the form of short names.
func normal(word string) string {
	between := func(r rune) rune {
		if r == '_' || r == ' ' {
			return '-'
		}
		return r
	}
	return strings.Map(between, strings.ToLower(strings.TrimSpace(word)))
}

// Rank returns a tactic's place in the order of the matrix by its short name,
// or the number of tactics for a word that is none, so that strangers sort
// last.
func Rank(short string) int {
	for i := range tactics {
		if tactics[i].Short == short {
			return i
		}
	}
	return len(tactics)
}
