package objects

// A Node is one path of keys, seen in some object. Arrays add nothing to the
// path: their items are several values of it.
type Node struct {
	id       uint32
	key      string
	parent   *Node
	children []*Node
	byKey    map[string]*Node // once there are many
	index    int              // among the parent's children
	guess    int              // index of the child that is likely next
	whole    answer           // of Options.Whole
	embedded answer           // of Options.Embedded
}

// Path returns the keys from the root down, joined by dots.
func (n *Node) Path() string {
	if n.parent == nil || n.parent.parent == nil {
		return n.key
	}
	return n.parent.Path() + "." + n.key
}

// A tree keeps all paths that a reader has met. Objects of one producer repeat
// their keys in the same order, so most steps find their child at once.
type tree struct {
	root  *Node
	count uint32
	bytes int
}

// Limits of a tree; a reader that meets them forgets all paths and starts
// again between two objects. So keys made up without end cost time only.
const (
	maxNodes    = 1 << 16
	maxKeyBytes = 8 << 20
	manyNodes   = 16
)

func newTree() *tree { return &tree{root: &Node{}} }

func (t *tree) full() bool { return t.count >= maxNodes || t.bytes >= maxKeyBytes }

// child returns the node below at for a key.
func (t *tree) child(at *Node, key []byte) *Node {
	if at.guess < len(at.children) {
		if c := at.children[at.guess]; c.key == string(key) {
			at.guess++
			return c
		}
	}
	if at.byKey != nil {
		if c := at.byKey[string(key)]; c != nil {
			at.guess = c.index + 1
			return c
		}
		return t.add(at, key)
	}
	for i, c := range at.children {
		if c.key == string(key) {
			at.guess = i + 1
			return c
		}
	}
	return t.add(at, key)
}

func (t *tree) add(at *Node, key []byte) *Node {
	t.count++
	t.bytes += len(key)
	c := &Node{id: t.count, key: string(key), parent: at, index: len(at.children)}
	at.children = append(at.children, c)
	at.guess = len(at.children)
	if len(at.children) == manyNodes {
		at.byKey = make(map[string]*Node, 2*manyNodes)
		for _, c := range at.children {
			at.byKey[c.key] = c
		}
	} else if at.byKey != nil {
		at.byKey[c.key] = c
	}
	return c
}
