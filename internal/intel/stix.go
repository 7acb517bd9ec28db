package intel

import (
	"encoding/json"
	"errors"
	"strings"
)

// A stixObject is what is used of a STIX object of any type.
type stixObject struct {
	Type, ID, Name, Pattern string
	PatternType             string   `json:"pattern_type"`
	Description             string   `json:"description"`
	ValidFrom               string   `json:"valid_from"`
	ValidUntil              string   `json:"valid_until"`
	CreatedBy               string   `json:"created_by_ref"`
	Created                 string   `json:"created"`
	Labels                  []string `json:"labels"`
	IndicatorTypes          []string `json:"indicator_types"`
	Revoked                 bool     `json:"revoked"`
	Value                   string   `json:"value"`
	Hashes                  map[string]string
}

// readSTIX reads a bundle, an array of objects, or objects one after the
// other. Names of creators may follow their objects and are filled in at the
// end.
func (c *collector) readSTIX(w *walker) error {
	s := &stixReader{c: c, w: w, names: map[string]string{}, by: map[*Claim]string{}, claims: map[Claim]*Claim{}}
	defer s.complete()
	return w.values(func() error { return s.value(0) })
}

type stixReader struct {
	c      *collector
	w      *walker
	names  map[string]string // identity id -> name
	by     map[*Claim]string // claims whose creator is an id
	claims map[Claim]*Claim  // each claim once; the source is still the id
}

// maxNames bounds the creators of one file.
const maxNames = 100_000

// value reads a bundle, an array or an object. As the type of an object may
// stand anywhere in it, what is no bundle is read whole.
func (s *stixReader) value(depth int) error {
	tok, err := s.w.dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('['):
		return s.list(depth)
	case json.Delim('{'):
		return s.keys(depth)
	}
	return errShape
}

func (s *stixReader) list(depth int) error {
	if depth > s.c.opt.MaxDepth {
		return errTooDeep
	}
	for s.w.dec.More() {
		if err := s.next(); err != nil {
			return err
		}
	}
	_, err := s.w.dec.Token()
	return err
}

// keys reads the keys of a bundle, or of a single object.
func (s *stixReader) keys(depth int) error {
	single := map[string]json.RawMessage{}
	bundle := false
	for s.w.dec.More() {
		tok, err := s.w.dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		if key == "objects" {
			bundle = true
			if err := s.w.array(depth+1, s.next); err != nil {
				return err
			}
			continue
		}
		raw, err := s.w.raw()
		if err != nil {
			return err
		}
		if len(single) < 256 {
			single[key] = raw
		}
	}
	if _, err := s.w.dec.Token(); err != nil {
		return err
	}
	if bundle {
		return nil
	}
	whole, err := json.Marshal(single)
	if err != nil {
		return err
	}
	return s.object(whole)
}

func (s *stixReader) next() error {
	raw, err := s.w.raw()
	if errors.Is(err, errTooDeep) {
		s.c.problem(0, s.w.entry, err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	return s.object(raw)
}

// object takes one object by its type.
func (s *stixReader) object(raw json.RawMessage) error {
	var o stixObject
	if err := json.Unmarshal(raw, &o); err != nil && o.Type == "" {
		s.c.problem(0, s.w.entry, "not a STIX object: "+strings.TrimPrefix(err.Error(), "json: "))
		return nil
	}
	switch o.Type {
	case "identity":
		if len(s.names) < maxNames {
			s.names[o.ID] = cut(o.Name, 256)
		}
	case "bundle":
		s.c.problem(0, s.w.entry, "bundle without objects")
	case "indicator":
		return s.indicator(&o)
	case "ipv4-addr", "ipv6-addr", "domain-name", "url", "file", "email-addr":
		return s.observable(&o)
	}
	return nil
}

func (s *stixReader) claim(o *stixObject) *Claim {
	key := Claim{
		Source: cut(o.CreatedBy, 64), File: s.c.name, Tool: cut(o.Name, 256), Note: cut(o.Description, 160), Date: cut(o.Created, 10),
	}
	cl := s.claims[key]
	if cl == nil {
		one := key
		cl = &one
		s.claims[key], s.by[cl] = cl, o.CreatedBy
	}
	return cl
}

func (s *stixReader) indicator(o *stixObject) error {
	if o.Pattern == "" {
		s.c.problem(0, s.w.entry, "indicator without a pattern: "+cut(o.ID, 64))
		return nil
	}
	in := Indicator{Claim: s.claim(o), Line: int32(min(s.w.entry, 1<<31-1))}
	in.From, _ = parseDay(o.ValidFrom)
	in.Until, _ = parseDay(o.ValidUntil)
	for _, l := range append(o.Labels, o.IndicatorTypes...) {
		if l == "benign" {
			in.Asked = Context
			in.because("its source calls it benign")
		}
	}
	if o.Revoked {
		s.c.out.Withdrawn++
		in.Asked = Rejected
		in.because("revoked by its source")
	}
	k := Carried{
		Kind: strings.ToLower(o.PatternType), ID: cut(o.ID, 128), Name: cut(o.Name, 256), Text: o.Pattern,
		Claim: in.Claim, From: in.From, Until: in.Until,
	}
	switch {
	case k.Kind == "" || k.Kind == "stix":
		return s.c.pattern(k, in)
	case o.Revoked:
	case k.Kind == "sigma":
		s.c.carry(&s.c.out.Sigma, k, s.w.entry)
	default:
		k.Why = "no engine for " + cut(k.Kind, 32) + " patterns: not evaluated"
		s.c.carry(&s.c.out.Kept, k, s.w.entry)
	}
	return nil
}

const bareReason = "an observable that no indicator stands for"

// observable takes a bare observable: it was seen somewhere, and nobody says
// that it is bad.
func (s *stixReader) observable(o *stixObject) error {
	in := Indicator{Asked: Context, bare: true, Claim: s.claim(o), Line: int32(min(s.w.entry, 1<<31-1))}
	in.because(bareReason)
	if o.Value != "" {
		return s.c.add(s.c.types.names[o.Type], o.Value, in)
	}
	for _, k := range sortedKeys(o.Hashes) {
		if t := hashAlgorithm(k); t != Other {
			if err := s.c.add(t, o.Hashes[k], in); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete fills in the creators' names.
func (s *stixReader) complete() {
	for cl, id := range s.by {
		switch name := s.names[id]; {
		case name != "":
			cl.Source = name
		case s.c.opt.Source != "" || id == "":
			cl.Source = s.c.defaultSource()
		default:
			cl.Source = cut(id, 64)
		}
		cl.Grade = gradeOf(cl.Source)
	}
}
