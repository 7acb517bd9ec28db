package detect

import (
	"slices"

	"tyto/stix"
)

// A part is one bracketed comparison of a pattern.
type part struct {
	pattern int
	matcher *stix.Matcher
	kinds   []string // types of objects that it can begin at
}

// A partIndex finds the parts that an event may fit: most ask for some text,
// so that what no object of the event holds needs no look. It may name too
// many, never too few; the matcher decides.
type partIndex struct {
	parts  []part
	byText map[string][]int32 // parts that need one of some texts
	always []int32            // parts that need none

	found []int32 // of the present event
	texts map[string]bool
	kinds map[string]bool
}

func newPartIndex() *partIndex {
	return &partIndex{byText: map[string][]int32{}, texts: map[string]bool{}, kinds: map[string]bool{}}
}

// add takes a comparison whose constants are written as events are described.
func (x *partIndex) add(pattern int, c *stix.Comparison, m *stix.Matcher) {
	at := int32(len(x.parts))
	x.parts = append(x.parts, part{pattern, m, kindsOf(c)})
	texts := neededTexts(c)
	if len(texts) == 0 {
		x.always = append(x.always, at)
	}
	for _, t := range texts {
		if list := x.byText[t]; len(list) == 0 || list[len(list)-1] != at {
			x.byText[t] = append(list, at)
		}
	}
}

// kindsOf lists the types of objects at which a comparison can begin.
func kindsOf(c *stix.Comparison) []string {
	var out []string
	c.Tests(func(t *stix.Test) bool {
		if !slices.Contains(out, t.Path.Type) {
			out = append(out, t.Path.Type)
		}
		return true
	})
	return out
}

// neededTexts are texts of which an event must hold at least one to fit; none
// when there is no such set.
func neededTexts(c *stix.Comparison) []string {
	switch {
	case c.Test != nil:
		return testTexts(c.Test)
	case c.Any != nil:
		var all []string
		for _, x := range c.Any {
			texts := neededTexts(x)
			if len(texts) == 0 {
				return nil
			}
			all = append(all, texts...)
		}
		return all
	}
	var best []string
	for _, x := range c.All {
		if texts := neededTexts(x); rarer(texts, best) {
			best = texts
		}
	}
	return best
}

// rarer reports whether an event holds one of a less likely than one of b:
// long texts are rarer than short ones.
func rarer(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) > 0
	}
	return shortest(a) > shortest(b)
}

func shortest(list []string) int {
	n := len(list[0])
	for _, s := range list {
		n = min(n, len(s))
	}
	return n
}

// testTexts are the texts of which one must be a value of the event. The type
// of an object is in all events of a kind: it does not narrow.
func testTexts(t *stix.Test) []string {
	last := len(t.Path.Steps) - 1
	if t.Not || t.Op != stix.OpEqual && t.Op != stix.OpIn || last < 0 || t.Path.Steps[last].Name == "type" {
		return nil
	}
	var out []string
	for _, v := range t.Values {
		if v.Kind != stix.KindString {
			return nil
		}
		out = append(out, v.Text)
	}
	return out
}

// candidates lists the parts that an observation may fit, in order.
func (x *partIndex) candidates(o *stix.Observation) []int32 {
	x.found = x.found[:0]
	clear(x.texts)
	clear(x.kinds)
	for i := range o.Objects {
		x.kinds[o.Objects[i].Type] = true
		if props, ok := o.Objects[i].Props.(stix.Map); ok {
			x.collect(map[string]any(props))
		}
	}
	for text := range x.texts {
		x.found = append(x.found, x.byText[text]...)
	}
	x.found = append(x.found, x.always...)
	slices.Sort(x.found)
	x.found = slices.DeleteFunc(slices.Compact(x.found), func(i int32) bool {
		return !slices.ContainsFunc(x.parts[i].kinds, func(kind string) bool { return x.kinds[kind] })
	})
	return x.found
}

// collect notes all texts in a property.
func (x *partIndex) collect(v any) {
	switch v := v.(type) {
	case string:
		if len(x.byText) > 0 {
			x.texts[v] = true
		}
	case stix.Map:
		x.collect(map[string]any(v))
	case map[string]any:
		for _, e := range v {
			x.collect(e)
		}
	case []any:
		for _, e := range v {
			x.collect(e)
		}
	}
}
