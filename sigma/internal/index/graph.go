package index

import (
	"encoding/binary"
	"slices"

	"tyto/sigma/internal/logic"
)

// A node is an operator over other nodes, or a predicate. Nodes are interned:
// two nodes of one program never say the same in the same shape.
type node struct {
	op     logic.Op
	shared bool  // has more than one parent, so its result is worth keeping
	first  int32 // predicate for Atom, else start of the children in kids
	count  int32 // number of children
}

// The two constant nodes exist in every program.
const (
	falseNode int32 = 0
	trueNode  int32 = 1
)

// A builder interns expressions.
type builder struct {
	nodes     []node
	kids      []int32
	preds     []pred
	literals  map[literalKey]int32 // node of each predicate that is a plain literal
	atoms     map[leafKey]int32    // node of each other predicate
	composite map[string]int32
	seen      map[*logic.Expr]int32
	leaves    map[*logic.Leaf]int32 // node of each leaf
	fields    []string
	ids       map[string]int32
	scratch   []byte
}

func newBuilder(exprs []*logic.Expr) *builder {
	n := len(exprs)
	b := &builder{
		nodes:     make([]node, 2, 16*n+2),
		preds:     make([]pred, 0, 8*n),
		literals:  make(map[literalKey]int32, 8*n),
		atoms:     make(map[leafKey]int32),
		composite: make(map[string]int32, 2*n),
		seen:      make(map[*logic.Expr]int32, 4*n),
		leaves:    make(map[*logic.Leaf]int32, 12*n),
		ids:       make(map[string]int32),
	}
	b.nodes[falseNode] = node{op: logic.False}
	b.nodes[trueNode] = node{op: logic.True}
	return b
}

func (b *builder) finish() *Program {
	return &Program{nodes: b.nodes, kids: b.kids, preds: b.preds, leaves: b.leaves, fields: b.fields, ids: b.ids}
}

// field returns the number of a name, a new one if need be.
func (b *builder) field(name string) int32 {
	if name == "" {
		return keywordField
	}
	id, ok := b.ids[name]
	if !ok {
		id = int32(len(b.fields))
		b.ids[name] = id
		b.fields = append(b.fields, name)
	}
	return id
}

// expr returns the node of an expression.
func (b *builder) expr(x *logic.Expr) int32 {
	if x.Op == logic.Atom {
		return b.leaf(x.Leaf)
	}
	if id, ok := b.seen[x]; ok {
		b.share(id)
		return id
	}
	var id int32
	switch x.Op {
	case logic.True:
		id = trueNode
	case logic.Not:
		id = b.not(b.expr(x.Args[0]))
	case logic.And, logic.Or:
		id = b.list(x)
	default:
		id = falseNode
	}
	b.seen[x] = id
	return id
}

func (b *builder) share(id int32) {
	if id > trueNode {
		b.nodes[id].shared = true
	}
}

func (b *builder) leaf(l *logic.Leaf) int32 {
	if id, ok := b.leaves[l]; ok {
		b.share(id)
		return id
	}
	n := normal(*l)
	key := b.key(&n)
	id, ok := b.interned(&key)
	if ok {
		b.share(id)
	} else if p, fine := newPred(&n, key); fine {
		id = int32(len(b.nodes))
		b.nodes = append(b.nodes, node{op: logic.Atom, first: int32(len(b.preds))})
		b.preds = append(b.preds, p)
	}
	if !ok {
		b.intern(&key, id)
	}
	b.leaves[l] = id
	return id
}

// A literalKey is a leafKey of the kinds that make up nearly all leaves, small
// because there are many.
type literalKey struct {
	field int32
	kind  logic.Kind
	cased bool
	text  string
}

func (k *leafKey) literal() (literalKey, bool) {
	switch k.kind {
	case logic.Exact, logic.Contains, logic.StartsWith, logic.EndsWith, logic.Number:
		return literalKey{k.field, k.kind, k.cased, k.text}, true
	}
	return literalKey{}, false
}

func (b *builder) interned(k *leafKey) (id int32, ok bool) {
	if short, is := k.literal(); is {
		id, ok = b.literals[short]
	} else {
		id, ok = b.atoms[*k]
	}
	return id, ok
}

func (b *builder) intern(k *leafKey, id int32) {
	if short, is := k.literal(); is {
		b.literals[short] = id
	} else {
		b.atoms[*k] = id
	}
}

func (b *builder) not(kid int32) int32 {
	switch {
	case kid == falseNode:
		return trueNode
	case kid == trueNode:
		return falseNode
	case b.nodes[kid].op == logic.Not:
		return b.kids[b.nodes[kid].first]
	}
	return b.compose(logic.Not, []int32{kid})
}

// list makes the node of an And or Or: constants are folded away, nested lists
// of the same operator are spliced in, duplicates dropped.
func (b *builder) list(x *logic.Expr) int32 {
	absorbing, neutral := falseNode, trueNode
	if x.Op == logic.Or {
		absorbing, neutral = trueNode, falseNode
	}
	kids := make([]int32, 0, len(x.Args))
	for _, arg := range x.Args {
		kid := b.expr(arg)
		if kid == absorbing {
			return absorbing
		}
		if kid == neutral {
			continue
		}
		if n := b.nodes[kid]; n.op == x.Op {
			for _, k := range b.kids[n.first : n.first+n.count] {
				b.share(k)
				kids = append(kids, k)
			}
			continue
		}
		kids = append(kids, kid)
	}
	slices.Sort(kids)
	kids = slices.Compact(kids)
	switch len(kids) {
	case 0:
		return neutral
	case 1:
		return kids[0]
	}
	return b.compose(x.Op, kids)
}

// compose returns the node that applies op to the kids, which are sorted.
func (b *builder) compose(op logic.Op, kids []int32) int32 {
	key := append(b.scratch[:0], byte(op))
	for _, k := range kids {
		key = binary.LittleEndian.AppendUint32(key, uint32(k))
	}
	b.scratch = key
	if id, ok := b.composite[string(key)]; ok {
		b.share(id)
		return id
	}
	id := int32(len(b.nodes))
	b.nodes = append(b.nodes, node{op: op, first: int32(len(b.kids)), count: int32(len(kids))})
	b.kids = append(b.kids, kids...)
	b.composite[string(key)] = id
	return id
}
