package textlog

import "bytes"

// Verdict adds the names by which rules for category firewall ask whether a
// connection was let through: action in their words, and blocked as "true" or
// "false". Words that say neither are only added as action.
func (r *Record) Verdict(action []byte) {
	r.AliasOnce("action", action)
	switch word := bytes.TrimLeft(action, " -"); {
	case hasWord(word, "allow", "accept", "permit", "pass", "forward", "built", "start", "close", "end", "timeout"):
		r.AliasOnce("action", r.Text("accept"))
		r.AliasOnce("blocked", r.Text("false"))
	case hasWord(word, "deny", "denied", "drop", "reset", "block", "reject", "discard", "refuse"):
		r.AliasOnce("blocked", r.Text("true"))
	}
}

// hasWord reports whether b begins with one of some lower-case words.
func hasWord(b []byte, words ...string) bool {
	for _, w := range words {
		if len(b) >= len(w) && bytes.EqualFold(b[:len(w)], []byte(w)) {
			return true
		}
	}
	return false
}
