package stix

import (
	"errors"
	"fmt"
)

// Observations turns observed-data objects into observations for a Matcher.
// objects may come from several bundles and hold anything. Only cyber-observables that an
// observed-data object lists take part, and of an object that occurs twice the
// first. The deprecated "objects" property of STIX 2.0 is read too. An
// observed-data object that lacks what it needs is an error, joined with others;
// the rest is given all the same.
func Observations(objects []*Object) ([]*Observation, error) {
	byID := make(map[string]*Object, len(objects))
	for _, o := range objects {
		if _, dup := byID[o.ID]; !dup && o.ID != "" {
			byID[o.ID] = o
		}
	}
	var out []*Observation
	var failed []error
	for _, o := range objects {
		if o.Type != "observed-data" {
			continue
		}
		obs, err := observation(o, byID)
		if err != nil {
			failed = append(failed, fmt.Errorf("%q: %w", o.ID, err))
			continue
		}
		out = append(out, obs)
	}
	return out, errors.Join(failed...)
}

func observation(o *Object, byID map[string]*Object) (*Observation, error) {
	obs := &Observation{ID: o.ID}
	var ok1, ok2 bool
	obs.First, ok1 = o.Time("first_observed")
	obs.Last, ok2 = o.Time("last_observed")
	if !ok1 || !ok2 {
		return nil, errors.New("needs first_observed and last_observed")
	}
	n, ok := asInt(o.tree["number_observed"])
	if !ok || n < 1 || n > 999_999_999 {
		return nil, errors.New("number_observed must be 1 to 999,999,999")
	}
	obs.Count = int(n)
	seen := map[string]bool{}
	for _, id := range o.Texts("object_refs") {
		if sco := byID[id]; sco != nil && !seen[id] {
			seen[id] = true
			obs.Objects = append(obs.Objects, SCO{Type: sco.Type, ID: id, Props: sco})
		}
	}
	return obs, obs.addEmbedded(o)
}

// addEmbedded adds the objects of STIX 2.0, which are named by keys that count
// only inside their observed-data.
func (obs *Observation) addEmbedded(o *Object) error {
	objects, _ := o.tree["objects"].(map[string]any)
	for _, key := range sortedKeys(objects) {
		props, ok := objects[key].(map[string]any)
		if !ok {
			return fmt.Errorf("objects.%q is not an object", key)
		}
		t, _ := props["type"].(string)
		obs.Objects = append(obs.Objects, SCO{Type: t, ID: key, Props: Map(props)})
	}
	return nil
}
