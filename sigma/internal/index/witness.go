package index

import (
	"math"
	"slices"
	"unicode/utf8"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// An atomKind is how a matcher finds an atom.
type atomKind uint8

const (
	wholeAtom    atomKind = iota // the value, or its trimmed form, is the literal
	prefixAtom                   // the value begins with it
	suffixAtom                   // the value, or its trimmed form, ends with it
	containsAtom                 // the value contains it
	numberAtom                   // the value is the number
	networkAtom                  // the value is an address in the network
	presentAtom                  // there is a value that is not null
)

// An atom is what matchers look for: a condition on one value that is at most
// as strict as the leaf it stands for. Literals are folded even for leaves with
// case, globs and regular expressions are represented by literals that they
// cannot do without.
type atom struct {
	field int32
	kind  atomKind
	lit   string // for networkAtom the network's text
}

// A filedAtom is an atom with the members that it is a witness of, ascending.
type filedAtom struct {
	atom
	members []int32
}

// A witness is a set of atoms, by number, of which one must be true for a node
// to be true. The zero witness, without atoms, belongs to False; nodes that can
// be true without any value have none.
type witness struct {
	rate  float64 // estimated share of events in which an atom is true
	atoms int     // how many
	child int32   // for And, the kid whose witness this is
	ok    bool
}

// better orders witnesses: rarer first, and among about equally rare ones that
// with fewer atoms.
func (w witness) better(than witness) bool {
	if w.ok != than.ok {
		return w.ok
	}
	return w.score() > than.score()
}

func (w witness) score() float64 {
	return -math.Log(w.rate+1e-9) - 0.0005*float64(w.atoms)
}

// A planner chooses the witnesses of all nodes, the order in which children
// are evaluated, and numbers the atoms.
type planner struct {
	p         *Program
	prior     *prior
	witnesses []witness // per node
	chance    []float64 // per node, estimated share of events where it is true
	cost      []float64 // per node, of evaluation
	list      []filedAtom
	ofPred    [][]int32 // per predicate, its atoms; nil when not asked for yet
}

// plan fills in the parts of p that matching needs beyond the graph.
func (p *Program) plan() {
	n := len(p.nodes)
	pl := &planner{
		p: p, prior: newPrior(p.fields),
		witnesses: make([]witness, n), chance: make([]float64, n), cost: make([]float64, n),
		ofPred: make([][]int32, len(p.preds)),
	}
	for id := range p.nodes {
		pl.node(int32(id)) // children come before parents
	}
	pl.file()
}

// node works out one node from its children.
func (pl *planner) node(id int32) {
	n := &pl.p.nodes[id]
	kids := pl.p.children(n)
	switch n.op {
	case logic.False:
		pl.witnesses[id] = witness{ok: true}
	case logic.True:
		pl.chance[id] = 1
	case logic.Atom:
		pl.atomNode(id, &pl.p.preds[n.first])
	case logic.Not:
		pl.chance[id] = 1 - pl.chance[kids[0]]
		pl.cost[id] = pl.cost[kids[0]]
	case logic.And:
		pl.order(kids, true)
		pl.andNode(id, kids)
	case logic.Or:
		pl.order(kids, false)
		pl.orNode(id, kids)
	}
}

// order sorts children so that those come first that are likely to decide the
// list for little work.
func (pl *planner) order(kids []int32, and bool) {
	rank := func(id int32) float64 {
		decides := pl.chance[id]
		if and {
			decides = 1 - decides
		}
		return pl.cost[id] / (decides + 1e-6)
	}
	slices.SortFunc(kids, func(a, b int32) int {
		if ra, rb := rank(a), rank(b); ra < rb {
			return -1
		} else if ra > rb {
			return 1
		}
		return int(a - b)
	})
}

func (pl *planner) andNode(id int32, kids []int32) {
	chance, cost := 1.0, 0.0
	var best witness
	for _, k := range kids {
		cost += chance * pl.cost[k]
		chance *= pl.chance[k]
		if w := pl.witnesses[k]; w.ok && w.better(best) {
			best = w
			best.child = k
		}
	}
	pl.witnesses[id], pl.chance[id], pl.cost[id] = best, chance, cost
}

func (pl *planner) orNode(id int32, kids []int32) {
	miss, cost := 1.0, 0.0
	sum := witness{ok: true}
	for _, k := range kids {
		cost += miss * pl.cost[k]
		miss *= 1 - pl.chance[k]
		w := pl.witnesses[k]
		sum.ok = sum.ok && w.ok
		sum.rate += w.rate
		sum.atoms += w.atoms
	}
	pl.witnesses[id], pl.chance[id], pl.cost[id] = sum, 1-miss, cost
}

// leafCost is what evaluating a predicate costs, in units of a few nanoseconds.
func leafCost(p *pred) float64 {
	cost := 3.0
	switch p.kind {
	case logic.Exact, logic.Null, logic.Empty, logic.Present, logic.Exists:
		cost = 1
	case logic.StartsWith, logic.EndsWith:
		cost = 1.5
	case logic.Contains:
		cost = 6
	case logic.Glob:
		cost = 12
	case logic.Regex:
		cost = 200
	}
	if p.field == keywordField {
		cost *= 20
	}
	return cost
}

func (pl *planner) atomNode(id int32, p *pred) {
	pl.cost[id] = leafCost(p)
	if p.kind == logic.Null || p.kind == logic.Exists {
		pl.chance[id] = 0.01
		return
	}
	atoms := p.atoms()
	if p.field == keywordField && atoms[0].lit == "" {
		pl.chance[id] = 0.5
		return // no text to look for in all values
	}
	rate := 0.0
	for _, a := range atoms {
		rate += pl.prior.rate(a)
	}
	pl.chance[id] = min(rate, 0.999)
	pl.witnesses[id] = witness{rate: rate, atoms: len(atoms), ok: true}
}

// atoms returns the witness of a predicate: at least one is true of every
// value that satisfies it. Keywords are only looked for as substrings.
func (p *pred) atoms() []atom {
	one := func(kind atomKind, lit string) []atom {
		if p.field == keywordField {
			kind = containsAtom
		}
		return []atom{{field: p.field, kind: kind, lit: lit}}
	}
	lit := p.text
	if p.kind == logic.Glob {
		lit = string(p.glob.longestLiteral())
	}
	if p.cased {
		if !utf8.ValidString(lit) {
			return one(presentAtom, "") // pieces of runes do not survive folding
		}
		lit = fold.String(lit)
	}
	switch p.kind {
	case logic.Exact:
		return one(wholeAtom, lit)
	case logic.Empty:
		return one(wholeAtom, "")
	case logic.StartsWith:
		return one(prefixAtom, lit)
	case logic.EndsWith:
		return one(suffixAtom, lit)
	case logic.Contains:
		return one(containsAtom, lit)
	case logic.Number:
		if p.field != keywordField {
			return one(numberAtom, lit)
		}
	case logic.CIDR:
		if p.field != keywordField {
			return one(networkAtom, p.net.String())
		}
	case logic.Glob:
		if lit != "" {
			return one(containsAtom, lit)
		}
	case logic.Regex:
		if c := bestClause(p.re.clauses); c != nil {
			var out []atom
			for _, lit := range c {
				out = append(out, one(containsAtom, lit)...)
			}
			return out
		}
	}
	return one(presentAtom, "")
}

// file numbers the atoms of all members' witnesses and files each member under
// them, or among those that are always evaluated.
func (pl *planner) file() {
	p := pl.p
	p.witnessFields = make([][]int32, len(p.roots))
	for m, root := range p.roots {
		if !pl.witnesses[root].ok {
			p.always = append(p.always, int32(m))
			continue
		}
		pl.collect(int32(m), root)
	}
	p.atoms = pl.list
	p.byField = make([][]int32, len(p.fields))
	for i, a := range pl.list {
		if a.field >= 0 {
			p.byField[a.field] = append(p.byField[a.field], int32(i))
		} else {
			p.keywordAtoms = append(p.keywordAtoms, int32(i))
		}
	}
}

// fileUnder files a member under an atom, once.
func (pl *planner) fileUnder(m, a int32) {
	f := &pl.list[a]
	if n := len(f.members); n == 0 || f.members[n-1] != m {
		f.members = append(f.members, m)
	}
	fields := &pl.p.witnessFields[m]
	if !slices.Contains(*fields, f.field) {
		*fields = append(*fields, f.field)
	}
}

// collect files member m under the witness of a node.
func (pl *planner) collect(m, id int32) {
	n := &pl.p.nodes[id]
	switch n.op {
	case logic.And:
		pl.collect(m, pl.witnesses[id].child)
	case logic.Or:
		for _, k := range pl.p.children(n) {
			pl.collect(m, k)
		}
	case logic.Atom:
		for _, a := range pl.numbers(n.first) {
			pl.fileUnder(m, a)
		}
	}
}

// numbers returns the atoms of a predicate by number.
func (pl *planner) numbers(pred int32) []int32 {
	if pl.ofPred[pred] == nil {
		for _, a := range pl.p.preds[pred].atoms() {
			pl.ofPred[pred] = append(pl.ofPred[pred], int32(len(pl.list)))
			pl.list = append(pl.list, filedAtom{atom: a})
		}
	}
	return pl.ofPred[pred]
}
