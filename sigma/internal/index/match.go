package index

import "slices"

// Match calls hit for every member of the scope that is true for the event, in
// ascending order. It evaluates only the candidates that the index finds.
func (e *Evaluator) Match(sc *Scope, values []Value, hit func(member int32)) {
	e.begin(values)
	e.stats.Events++
	e.picked = append(e.picked[:0], sc.always...)
	for i := range values {
		v := &values[i]
		if v.Kind == Null {
			continue
		}
		if uint(v.Field) < uint(len(sc.fields)) && sc.fields[v.Field] {
			e.pickFiled(sc, e.lookUp(int32(i)))
		}
		if v.Search && sc.keywords != nil && sc.keywords.possible(v.Text) {
			e.pickKeyworded(sc, int32(i))
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
func (e *Evaluator) pickKeyworded(sc *Scope, i int32) {
	e.found = distinct(sc.keywords.appendIn(e.found[:0], e.folded(i)))
	for _, a := range e.found {
		e.pickFiled(sc, e.p.atoms[a].members)
	}
}

// lookUp returns the members that value i leads to, of all scopes, until the
// next call.
func (e *Evaluator) lookUp(i int32) []int32 {
	v := &e.values[i]
	hash := e.cache.hash(v.Field, v.Text)
	if members, ok := e.cache.get(hash, v.Field, v.Text); ok {
		e.stats.CacheHits++
		return members
	}
	e.stats.CacheMisses++
	m := &e.p.matchers[v.Field]
	m.once.Do(func() { m.build(e.p, v.Field) })
	e.found = distinct(m.appendAtoms(e.found[:0], v.Text, e.folded(i)))
	e.members = e.members[:0]
	for _, a := range e.found {
		e.members = append(e.members, e.p.atoms[a].members...)
	}
	e.members = distinct(e.members)
	e.cache.put(hash, v.Field, v.Text, e.members)
	return e.members
}

// distinct sorts ids and drops duplicates. A long value may hold the same
// literal a million times, which must not multiply with its members.
func distinct(ids []int32) []int32 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
