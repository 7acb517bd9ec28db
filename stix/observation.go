package stix

import "time"

// Observation is what patterns are matched against: a few cyber-observables
// seen together, and when. It corresponds to one observed-data object.
type Observation struct {
	ID    string    // the caller's name for it; returned with matches, may be empty
	First time.Time // first_observed
	Last  time.Time // last_observed; the zero time means First
	Count int       // number_observed; below 1 is an error

	// Objects are the cyber-observables. Names ending in _ref and _refs lead
	// from one to another by ID; references to anything not listed here lead nowhere.
	Objects []SCO
}

// SCO is one cyber-observable of an observation.
type SCO struct {
	Type  string // such as "process"
	ID    string // what references name; may be empty when nothing refers to it
	Props Properties
}

// Properties gives the properties of an object by name. Values are string,
// bool, int, int64, uint64, float64, json.Number, nil for JSON null, []any,
// []string, map[string]any or Properties; anything else counts as a value that
// compares with nothing. Events can implement it over their own fields, so
// that no JSON is made for matching.
type Properties interface {
	Property(name string) (value any, ok bool)
}

// Map is the simplest Properties.
type Map map[string]any

// Property looks the name up.
func (m Map) Property(name string) (any, bool) {
	v, ok := m[name]
	return v, ok
}

// interval is the observation's time as matching uses it, in nanoseconds.
type interval struct{ first, last int64 }

func (o *Observation) interval() interval {
	last := o.Last
	if last.IsZero() {
		last = o.First
	}
	return interval{ticks(o.First), ticks(last)}
}

// ticks turns a time into nanoseconds since 1970, held within half the range of
// int64 so that a window can be added without overflow. Times before 1824
// and after 2116 fall together.
func ticks(t time.Time) int64 {
	const far = int64(1) << 62
	switch s := t.Unix(); {
	case s <= -far/1e9:
		return -far
	case s >= far/1e9:
		return far
	}
	return t.UnixNano()
}

// sdoType says whether the name is that of a domain, relationship or meta
// object. Patterns never match those.
func sdoType(name string) bool {
	switch name {
	case "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
		"infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data",
		"opinion", "report", "threat-actor", "tool", "vulnerability", "relationship", "sighting",
		"marking-definition", "extension-definition", "language-content", "bundle":
		return true
	}
	return false
}
