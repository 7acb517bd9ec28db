// Package index decides which of thousands of Boolean expressions are true for
// an event, without trying them all.
//
// # How it works
//
// [Compile] interns the expressions into one graph: equal leaves and equal
// sub-expressions exist once, however many rules contain them, and are decided
// at most once per event.
//
// Nearly every expression has a witness: a set of leaves of which at least one
// must be true for the expression to be true. An AND has the witness of its
// best child, an OR the union of its children's, NOT and null have none. The
// index files each expression under its witness leaves, and per field builds
// matchers that find all true witness leaves of a value at once: hash tables
// for whole values, beginnings and ends, a filter over 4-byte grams for
// substrings. What they find are candidates; each candidate is then evaluated
// in full, so the matchers may find too much but must never find too little.
// Expressions without witness are evaluated for every event of their scope.
//
// Matchers belong to a field, not to a scope, and are built when a field is
// first seen; a [Scope] is only the set of expressions that may fire for one
// log source. Values repeat so much in logs that each [Evaluator] also keeps a
// bounded cache from values to candidates.
//
// # Meaning of leaves
//
// Logic is two-valued: a leaf on a missing field is false, except Null. A leaf
// is true when any of the field's values satisfies it. Text is compared folded
// (package fold) unless the leaf is Cased. Equality, EndsWith and Glob look at
// the value as written and at the value without trailing blanks, because records
// are often trimmed on the way. A null value satisfies Exists, and Null when the
// field has no other. [logic.Interp] says the same the slow way.
//
// # What it costs
//
// Of 1,400 rules for process creations some ten are candidates for an event, of
// the rules for most other events less than one. What remains is reading each
// value once to look it up in the cache, and reading values that are not there
// once more. Regular expressions only run behind guards (see pattern), and
// substring questions about one value are mostly answered by its sketch.
package index

import (
	"sort"
	"sync"

	"tyto/sigma/internal/logic"
)

// A Program is a compiled list of expressions. It is immutable to its users
// (parts are built on first use, under locks) and safe for concurrent use.
// Expressions are called members and named by their position in the list.
type Program struct {
	exprs  []*logic.Expr
	roots  []int32 // per member, its node
	nodes  []node
	kids   []int32 // children of all nodes, each node's in one run
	preds  []pred
	leaves map[*logic.Leaf]int32 // node of each leaf

	fields []string
	ids    map[string]int32

	atoms         []filedAtom
	byField       [][]int32 // per field, its atoms
	keywordAtoms  []int32
	witnessFields [][]int32 // per member, the fields of its atoms
	always        []int32   // members without witness

	matchers []matcher // per field

	keywordLock sync.Mutex
	keywordSets map[string]*gramSet // by the members that they serve
}

// Compile builds the program. The expressions must not change afterwards. A
// leaf that cannot be compiled (a bad network, a bad regular expression: see
// [CheckRegex]) is never true.
func Compile(exprs []*logic.Expr) *Program {
	b := newBuilder(exprs)
	roots := make([]int32, len(exprs))
	for i, x := range exprs {
		roots[i] = b.expr(x)
	}
	p := b.finish()
	p.exprs, p.roots = exprs, roots
	p.plan()
	p.matchers = make([]matcher, len(p.fields))
	p.keywordSets = make(map[string]*gramSet)
	return p
}

// FieldID returns the number of the field that leaves call name, exactly as
// written there, or -1 when no leaf does.
func (p *Program) FieldID(name string) int32 {
	if id, ok := p.ids[name]; ok {
		return id
	}
	return -1
}

// FieldNames returns the names of all fields that leaves test, sorted.
func (p *Program) FieldNames() []string {
	names := append([]string(nil), p.fields...)
	sort.Strings(names)
	return names
}

// Len returns the number of members.
func (p *Program) Len() int { return len(p.exprs) }

// children returns the operands of an operator node, nothing for others.
func (p *Program) children(n *node) []int32 {
	if n.count == 0 {
		return nil
	}
	return p.kids[n.first : n.first+n.count]
}
