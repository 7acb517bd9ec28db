package stix

import "strings"

// resolver follows object paths inside one observation. The work of one
// observation is bounded by fuel, which every step burns: chains of references
// over references could otherwise grow without end.
type resolver struct {
	o    *Observation
	byID map[string]int
	fuel int
}

// fuelPerObservation bounds one evaluation to well below a second. Real
// observations burn less than a thousandth of it.
const fuelPerObservation = 20_000_000

// stepCost is the fuel of one value at one step of a path.
const stepCost = 10

func newResolver(o *Observation) *resolver {
	return &resolver{o: o, fuel: fuelPerObservation}
}

func (r *resolver) lookup(id string) (int, bool) {
	if r.byID == nil {
		r.byID = make(map[string]int, len(r.o.Objects))
		for i := range r.o.Objects {
			if s := r.o.Objects[i].ID; s != "" {
				if _, dup := r.byID[s]; !dup {
					r.byID[s] = i
				}
			}
		}
	}
	i, ok := r.byID[id]
	return i, ok
}

// each calls test with every value that the path leads to from the object,
// until test answers true. Objects reached over references are visited
// once for each step of the path, however many ways lead to them.
func (r *resolver) each(path Path, root int, test func(any) (bool, error)) (bool, error) {
	frontier := []any{node(root)}
	refs := false
	for _, s := range path.Steps {
		if refs && s.Name != "" {
			frontier = r.follow(frontier)
		}
		frontier = r.step(frontier, s)
		if s.Name != "" {
			refs = strings.HasSuffix(s.Name, "_ref") || strings.HasSuffix(s.Name, "_refs")
		}
		if r.fuel < 0 {
			return false, errFuel
		}
		if len(frontier) == 0 {
			return false, nil
		}
	}
	return anyTrue(frontier, test)
}

// anyTrue says whether the test holds for one of the values. An error counts only
// when no value decides.
func anyTrue(values []any, test func(any) (bool, error)) (bool, error) {
	var undecided error
	for _, v := range values {
		ok, err := test(v)
		if ok {
			return true, nil
		}
		if undecided == nil {
			undecided = err
		}
	}
	return false, undecided
}

// node stands for an object of the observation among plain values.
type node int

// follow replaces identifiers by the objects they name.
func (r *resolver) follow(values []any) []any {
	var out []any
	seen := map[int]bool{}
	for _, v := range values {
		r.fuel -= stepCost
		id, ok := v.(string)
		if !ok {
			continue
		}
		if i, ok := r.lookup(id); ok && !seen[i] {
			seen[i] = true
			out = append(out, node(i))
		}
	}
	return out
}

func (r *resolver) step(values []any, s Step) []any {
	var out []any
	for _, v := range values {
		r.fuel -= stepCost
		switch {
		case r.fuel < 0:
			return nil
		case s.Any:
			out = r.appendElements(out, v)
		case s.IsIndex:
			if e, ok := element(v, s.Index); ok {
				out = append(out, e)
			}
		default:
			if p, ok := r.property(v, s.Name); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

func (r *resolver) appendElements(out []any, v any) []any {
	switch list := v.(type) {
	case []any:
		r.fuel -= len(list) * stepCost
		return append(out, list...)
	case []string:
		r.fuel -= len(list) * stepCost
		for _, s := range list {
			out = append(out, s)
		}
	}
	return out
}

func element(v any, i int) (any, bool) {
	switch list := v.(type) {
	case []any:
		if i < len(list) {
			return list[i], true
		}
	case []string:
		if i < len(list) {
			return list[i], true
		}
	}
	return nil, false
}

func (r *resolver) property(v any, name string) (any, bool) {
	switch x := v.(type) {
	case node:
		return r.own(int(x), name)
	case map[string]any:
		p, ok := x[name]
		return p, ok
	case Properties:
		return x.Property(name)
	}
	return nil, false
}

// own reads a property of a whole object; type and id need not be among its
// Properties.
func (r *resolver) own(i int, name string) (any, bool) {
	o := &r.o.Objects[i]
	if o.Props != nil {
		if v, ok := o.Props.Property(name); ok {
			return v, true
		}
	}
	switch {
	case name == "type":
		return o.Type, true
	case name == "id" && o.ID != "":
		return o.ID, true
	}
	return nil, false
}
