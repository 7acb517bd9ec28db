package intel

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"tyto/stix"
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
	Modified                string   `json:"modified"`
	Labels                  []string `json:"labels"`
	IndicatorTypes          []string `json:"indicator_types"`
	Revoked                 bool     `json:"revoked"`
	Value                   string   `json:"value"`
	Key                     string   `json:"key"`
	Hashes                  map[string]string
	Objects                 map[string]json.RawMessage // of observed data in STIX 2.0
}

// readSTIX reads a bundle, an array of objects, or objects one after the
// other. An object that is broken costs nothing but itself. Names of creators
// may follow their objects and are filled in at the end.
func (c *collector) readSTIX(r io.Reader) error {
	s := &stixReader{c: c, names: map[string]string{}, by: map[*Claim]string{}, claims: map[Claim]*Claim{}, versions: map[versionKey]version{}}
	defer s.complete()
	c.count.limit = 0 // the reader bounds objects itself, and goes on behind them
	opt := stix.ReadOptions{MaxObject: int(c.opt.MaxElement), MaxDepth: c.opt.MaxDepth, RawOnly: true}
	for o, err := range stix.ReadBundle(r, opt) {
		s.entry++
		var one *stix.ObjectError
		switch {
		case errors.As(err, &one):
			c.problem(0, s.entry, one.Err.Error())
			continue
		case err != nil:
			return err
		case depthOf(o.Raw) > c.opt.MaxDepth:
			c.problem(0, s.entry, errTooDeep.Error())
			continue
		}
		if err := s.object(o.Raw); err != nil {
			return err
		}
	}
	if s.entry == 0 {
		c.problem(0, 0, "bundle without objects")
	}
	return nil
}

type stixReader struct {
	c        *collector
	entry    int
	names    map[string]string // identity id -> name
	by       map[*Claim]string // claims whose creator is an id
	claims   map[Claim]*Claim  // each claim once; the source is still the id
	versions map[versionKey]version
	dead     []span       // of indicators that a newer version replaced
	replaced map[int]bool // entries that a newer version replaced
}

// maxNames bounds the creators of one file.
const maxNames = 100_000

// object takes one object by its type.
func (s *stixReader) object(raw json.RawMessage) error {
	var o stixObject
	err := json.Unmarshal(raw, &o)
	if err != nil && o.Type == "" {
		s.c.problem(0, s.entry, "not a STIX object: "+strings.TrimPrefix(err.Error(), "json: "))
		return nil
	}
	if _, ok := observables[o.Type]; err != nil && (ok || o.Type == "indicator") {
		s.c.problem(0, s.entry, "a property of the wrong type is not used: "+strings.TrimPrefix(err.Error(), "json: "))
	}
	switch o.Type {
	case "identity":
		if len(s.names) < maxNames {
			s.names[o.ID] = cut(o.Name, 256)
		}
	case "bundle":
		s.c.problem(0, s.entry, "bundle without objects")
	case "indicator":
		return s.indicator(&o)
	case "observed-data":
		return s.observed(&o)
	}
	if _, ok := observables[o.Type]; ok {
		return s.observable(&o)
	}
	return nil
}

// observables are the types of observables that are values, and what kind of
// value each is beside its hashes.
var observables = map[string]Type{
	"ipv4-addr": IP, "ipv6-addr": IP, "domain-name": Domain, "url": URL, "email-addr": Email, "file": Filename,
	"windows-registry-key": RegistryKey, "mutex": Mutex, "x509-certificate": Other,
}

// observed takes the observables that observed data of STIX 2.0 holds itself.
func (s *stixReader) observed(o *stixObject) error {
	for _, name := range sortedKeys(o.Objects) {
		var inner stixObject
		_ = json.Unmarshal(o.Objects[name], &inner) // what is no observable has no type
		if _, ok := observables[inner.Type]; !ok {
			continue
		}
		inner.CreatedBy, inner.Created, inner.Description = o.CreatedBy, o.Created, ""
		if err := s.observable(&inner); err != nil {
			return err
		}
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

// indicator takes one version of an indicator: the newest counts, see [stixReader.supersede].
func (s *stixReader) indicator(o *stixObject) error {
	if o.Pattern == "" {
		s.c.problem(0, s.entry, "indicator without a pattern: "+cut(o.ID, 64))
		return nil
	}
	v, use := s.supersede(o)
	if !use {
		return nil
	}
	v.at = int32(len(s.c.out.Indicators))
	err := s.values(o)
	v.n = int32(len(s.c.out.Indicators)) - v.at
	if o.ID != "" {
		s.versions[keyOf(o)] = v
	}
	return err
}

// values takes what an indicator's pattern looks for.
func (s *stixReader) values(o *stixObject) error {
	in := Indicator{Claim: s.claim(o), Line: int32(min(s.entry, 1<<31-1))}
	in.From = s.c.day(&in, "valid_from", o.ValidFrom)
	in.Until = s.c.day(&in, "valid_until", o.ValidUntil)
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
		Claim: in.Claim, From: in.From, Until: in.Until, entry: s.entry,
	}
	switch {
	case k.Kind == "" || k.Kind == "stix":
		return s.c.pattern(k, in)
	case o.Revoked:
	case k.Kind == "sigma":
		s.c.carry(&s.c.out.Sigma, k, s.entry)
	default:
		k.Why = "no engine for " + cut(k.Kind, 32) + " patterns: not evaluated"
		s.c.carry(&s.c.out.Kept, k, s.entry)
	}
	return nil
}

const bareReason = "an observable that no indicator stands for"

// observable takes a bare observable: it was seen somewhere, and nobody says
// that it is bad.
func (s *stixReader) observable(o *stixObject) error {
	in := Indicator{Asked: Context, bare: true, Claim: s.claim(o), Line: int32(min(s.entry, 1<<31-1))}
	in.because(bareReason)
	t := observables[o.Type]
	if v := o.observed(); v != "" && t != Other {
		if err := s.c.add(t, v, in); err != nil {
			return err
		}
	}
	for _, k := range sortedKeys(o.Hashes) {
		t, ok := hashType(o.Type, k)
		if !ok {
			continue
		}
		if err := s.c.add(t, o.Hashes[k], in); err != nil {
			return err
		}
	}
	return nil
}

// observed is the value of an observable. The name of a file that has hashes
// adds nothing to them.
func (o *stixObject) observed() string {
	switch {
	case o.Value != "":
		return o.Value
	case o.Type == "windows-registry-key":
		return o.Key
	case o.Type == "mutex", o.Type == "file" && len(o.Hashes) == 0:
		return o.Name
	}
	return ""
}

// complete fills in the creators' names and drops what was replaced.
func (s *stixReader) complete() {
	s.bury()
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
