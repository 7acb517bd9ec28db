package textlog

// Names turns repeated words, such as hosts, into strings without allocating
// each time. It is bounded and belongs to one goroutine.
type Names struct {
	known map[string]string
}

// maxNames bounds what Names remembers; a log has few hosts.
const maxNames = 4096

// Intern returns b as a string.
func (n *Names) Intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := n.known[string(b)]; ok {
		return s
	}
	if n.known == nil || len(n.known) >= maxNames {
		n.known = make(map[string]string)
	}
	s := string(b)
	n.known[s] = s
	return s
}
