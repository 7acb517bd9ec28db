package stix

// Verdict says what an object is to a collection that it was added to.
type Verdict int

// The verdicts.
const (
	// Added: its identifier was new.
	Added Verdict = iota
	// Same: that version was there, with the same content.
	Same
	// Newer: it is a later version and now the current one.
	Newer
	// Older: a later version was there; it was not kept.
	Older
	// Variant: it is a cyber-observable that was there with the same identifying
	// properties, but others differ. The first stays current; both are kept.
	Variant
	// Conflict: it claims an identifier that belongs to something else: another
	// content for the same version, a version by someone other than the creator, the
	// return of a revoked object, another type, or an observable with other
	// identifying properties. The first stays current; both are kept.
	Conflict
	// Unidentified: it has no identifier and was not kept.
	Unidentified
)

// String is the verdict in one word.
func (v Verdict) String() string {
	return [...]string{"added", "same", "newer", "older", "variant", "conflict", "unidentified"}[min(max(v, Added), Unidentified)]
}

// Collection holds objects by identifier and settles which version counts
// (section 3.6). Identifiers prove nothing: those of observables are SHA-1 of
// public text, and anyone can claim any other. So what contradicts the first
// holder is kept beside it, not in its place. Memory grows with what is added.
type Collection struct {
	current map[string]*Object
	beside  map[string][]*Object
	order   []string
}

// NewCollection makes an empty collection.
func NewCollection() *Collection {
	return &Collection{current: map[string]*Object{}, beside: map[string][]*Object{}}
}

// Add takes an object in and tells what it is.
func (c *Collection) Add(o *Object) Verdict {
	if o.ID == "" {
		return Unidentified
	}
	old, ok := c.current[o.ID]
	if !ok {
		c.current[o.ID] = o
		c.order = append(c.order, o.ID)
		return Added
	}
	v := judge(old, o)
	switch v {
	case Newer:
		c.current[o.ID] = o
	case Variant, Conflict:
		if c.holds(o) {
			return v
		}
		c.beside[o.ID] = append(c.beside[o.ID], o)
	}
	return v
}

// holds says whether the same object stands beside the current one already.
func (c *Collection) holds(o *Object) bool {
	for _, x := range c.beside[o.ID] {
		if sameValue(x.tree, o.tree) {
			return true
		}
	}
	return false
}

func judge(old, o *Object) Verdict {
	if sameValue(old.tree, o.tree) {
		return Same
	}
	if old.Type != o.Type {
		return Conflict
	}
	if !sdoType(o.Type) {
		if _, versioned := o.Time("modified"); !versioned {
			return judgeObservable(old, o)
		}
	}
	return judgeVersion(old, o)
}

func judgeObservable(old, o *Object) Verdict {
	if string(SCOName(old.Type, old)) == string(SCOName(o.Type, o)) {
		return Variant
	}
	return Conflict
}

func judgeVersion(old, o *Object) Verdict {
	was, ok1 := old.Time("modified")
	is, ok2 := o.Time("modified")
	switch {
	case !ok1 || !ok2 || is.Equal(was):
		return Conflict
	case is.Before(was):
		return Older
	case old.Text("created_by_ref") != o.Text("created_by_ref") || old.Revoked() && !o.Revoked():
		return Conflict
	}
	return Newer
}

// Get gives the current object of an identifier, or nil.
func (c *Collection) Get(id string) *Object { return c.current[id] }

// Beside lists what else claimed the identifier, in order of arrival.
func (c *Collection) Beside(id string) []*Object { return c.beside[id] }

// All calls yield with every current object in order of first arrival.
func (c *Collection) All(yield func(*Object) bool) {
	for _, id := range c.order {
		if !yield(c.current[id]) {
			return
		}
	}
}

// Len is the number of identifiers.
func (c *Collection) Len() int { return len(c.order) }
