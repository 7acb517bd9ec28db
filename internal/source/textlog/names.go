package textlog

// Names turns repeated words, such as hosts, into strings without allocating
// each time. It is bounded and belongs to one goroutine.
type Names struct {
	known map[string]string
}

// Bounds of what Names remembers; a log has few hosts, and their names are
// short.
const (
	maxNames   = 4096
	longestOne = 256
)

// Intern returns b as a string.
func (n *Names) Intern(b []byte) string {
	if len(b) == 0 || len(b) > longestOne {
		return string(b)
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
