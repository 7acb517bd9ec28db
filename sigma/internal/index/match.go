package index

import "slices"

// Match calls hit for every member of the scope that is true for the event, in
// ascending order. It evaluates only the candidates that the index finds.
func (e *Evaluator) Match(sc *Scope, values []Value, hit func(member int32)) {
	e.begin(values)
	e.picked = e.picked[:0]
	for _, m := range sc.always {
		e.picked = append(e.picked, m)
	}
	for i := range e.views {
		w := &e.views[i]
		if w.kind == Null {
			continue
		}
		if f := values[i].Field; f >= 0 && sc.fields[f] {
			e.pickFiled(sc, e.lookUp(f, w))
		}
		if w.search && sc.keywords != nil {
			e.pickKeyworded(sc, w)
		}
	}
	if len(e.picked) > 1 {
		slices.Sort(e.picked)
	}
	for _, m := range e.picked {
		e.stats.Candidates++
		if e.eval(e.p.roots[m]) {
			hit(m)
		}
	}
}

// pickFiled makes candidates of those members that are in the scope and are
// not candidates yet.
func (e *Evaluator) pickFiled(sc *Scope, members []int32) {
	for _, m := range members {
		if sc.has(m) && e.stamps[m] != e.gen {
			e.stamps[m] = e.gen
			e.picked = append(e.picked, m)
		}
	}
}

// pickKeyworded makes candidates of the members whose keywords a value holds.
func (e *Evaluator) pickKeyworded(sc *Scope, w *view) {
	e.found = sc.keywords.appendIn(e.found[:0], e.folded(w))
	for _, a := range e.found {
		e.pickFiled(sc, e.p.atoms[a].members)
	}
}

// lookUp returns the members that a value of a field leads to, of all scopes,
// until the next call.
func (e *Evaluator) lookUp(field int32, w *view) []int32 {
	hash := e.cache.hash(field, w.text)
	if members, ok := e.cache.get(hash, field, w.text); ok {
		e.stats.CacheHits++
		return members
	}
	e.stats.CacheMisses++
	m := &e.p.matchers[field]
	m.once.Do(func() { m.build(e.p, field) })
	e.found = m.appendAtoms(e.found[:0], w.text, e.folded(w))
	e.members = e.members[:0]
	for _, a := range e.found {
		e.members = append(e.members, e.p.atoms[a].members...)
	}
	slices.Sort(e.members)
	e.members = slices.Compact(e.members)
	e.cache.put(hash, field, w.text, e.members)
	return e.members
}
