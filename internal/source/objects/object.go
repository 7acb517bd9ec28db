package objects

// An Object is one object taken apart: its values in the order of the text.
// Values in a row that have the same path make a run. It and all it points to
// hold until the next object.
type Object struct {
	Leaves []Leaf
	Runs   []*Node // path of each run
	starts []int32 // leaf that each run begins with
	ids    []uint32
	hash   uint64
}

// runs finds the runs of the leaves.
func (o *Object) runs() {
	o.Runs, o.starts, o.ids = o.Runs[:0], o.starts[:0], o.ids[:0]
	var last *Node
	hash := uint64(14695981039346656037)
	for i := range o.Leaves {
		n := o.Leaves[i].Node
		if n == last {
			continue
		}
		last = n
		o.Runs = append(o.Runs, n)
		o.starts = append(o.starts, int32(i))
		o.ids = append(o.ids, n.id)
		hash = (hash ^ uint64(n.id)) * 1099511628211
	}
	o.hash = hash
}

// Run returns the values of run i.
func (o *Object) Run(i int) []Leaf {
	if i+1 < len(o.starts) {
		return o.Leaves[o.starts[i]:o.starts[i+1]]
	}
	return o.Leaves[o.starts[i]:]
}

// First returns the text of the first value of run i, nil when i is negative.
func (o *Object) First(i int) []byte {
	if i < 0 {
		return nil
	}
	return o.Leaves[o.starts[i]].Text
}

// Plans keeps what was thought out about a sequence of runs, so that it is
// thought out once for all objects that have the same. P is the plan.
type Plans[P any] struct {
	byHash map[uint64]*entry[P]
	count  int
	ids    int
}

type entry[P any] struct {
	ids  []uint32
	plan P
	next *entry[P]
}

// Limits of Plans.
const (
	maxPlans   = 4096
	maxPlanIDs = 1 << 20
)

// Find returns the plan for an object's runs, making it with build when there
// is none.
func (p *Plans[P]) Find(o *Object, build func(runs []*Node) P) P {
	for e := p.byHash[o.hash]; e != nil; e = e.next {
		if equal(e.ids, o.ids) {
			return e.plan
		}
	}
	if p.byHash == nil {
		p.byHash = make(map[uint64]*entry[P])
	}
	e := &entry[P]{ids: append([]uint32(nil), o.ids...), plan: build(o.Runs), next: p.byHash[o.hash]}
	p.byHash[o.hash] = e
	p.count++
	p.ids += len(e.ids)
	return e.plan
}

// Crowded reports whether it is time to forget.
func (p *Plans[P]) Crowded() bool { return p.count >= maxPlans || p.ids >= maxPlanIDs }

// Forget drops all plans.
func (p *Plans[P]) Forget() { *p = Plans[P]{} }

func equal(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i, x := range a {
		if x != b[i] {
			return false
		}
	}
	return true
}
