package correlate

import (
	"iter"
	"slices"
)

// describe makes the alert of a group for its events at or after since.
func (r *Runtime) describe(n *node, g *group, since int64) *Alert {
	a := &Alert{Correlation: n.index, Group: g.values}
	list := g.tally.evidence(since)
	if list == nil {
		a.restOn(g.window.each)
		list = g.window.choose(n.query.inputs, r.limits.Refs)
	} else {
		a.restOn(each(list))
		list = list[max(0, len(list)-r.limits.Refs):]
	}
	a.Refs = refs(list, r.limits.Refs)
	return a
}

// each walks over a list.
func each(list []entry) iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// each walks over the window, oldest first.
func (w *window) each(yield func(*entry) bool) {
	for i := range w.n {
		if !yield(w.at(i)) {
			return
		}
	}
}

// restOn sets Count, First and Time from the entries.
func (a *Alert) restOn(entries iter.Seq[*entry]) {
	var before *entry
	for e := range entries {
		first, last, count := instant(e.time), instant(e.time), 1
		if inner, ok := e.ref.(*Alert); ok {
			first, last, count = inner.First, inner.Time, inner.Count
		} else if before != nil && before.same(e) {
			continue
		}
		if before == nil || first.Before(a.First) {
			a.First = first
		}
		if before == nil || last.After(a.Time) {
			a.Time = last
		}
		a.Count += count
		before = e
	}
}

// choose returns at most limit entries of the window, oldest first: the last
// one of each rule, then the newest.
func (w *window) choose(inputs, limit int) []entry {
	last := make([]int, inputs)
	for i := range last {
		last[i] = -1
	}
	for i := w.n - 1; i >= 0; i-- {
		if in := w.at(i).input; last[in] < 0 {
			last[in] = i
		}
	}
	picked := slices.DeleteFunc(last, func(i int) bool { return i < 0 })
	picked = picked[:min(len(picked), limit)]
	must := len(picked)
	for i := w.n - 1; i >= 0 && len(picked) < limit; i-- {
		if !slices.Contains(picked[:must], i) {
			picked = append(picked, i)
		}
	}
	slices.Sort(picked)
	out := make([]entry, len(picked))
	for j, i := range picked {
		out[j] = *w.at(i)
	}
	return out
}

// refs returns the callers' references of entries; alerts of nested
// correlations give theirs.
func refs(list []entry, limit int) []any {
	var out []any
	for i := range list {
		switch inner, ok := list[i].ref.(*Alert); {
		case ok:
			out = append(out, inner.Refs...)
		case i > 0 && list[i].same(&list[i-1]):
		default:
			out = append(out, list[i].ref)
		}
	}
	return out[max(0, len(out)-limit):]
}
