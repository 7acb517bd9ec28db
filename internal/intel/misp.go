package intel

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// A text is a JSON string, number or boolean read as text: MISP writes numbers
// as strings and strings as numbers.
type text string

// UnmarshalJSON implements json.Unmarshaler; objects and arrays are empty.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case len(b) > 0 && b[0] != '{' && b[0] != '[' && string(b) != "null":
		*t = text(b)
	}
	return nil
}

func (t text) yes() bool { return t == "1" || t == "true" }
func (t text) no() bool  { return t == "0" || t == "false" }

// A mispAttribute is what is used of a MISP attribute.
type mispAttribute struct {
	Type, Category, Comment, UUID text
	Value                         text
	ToIDs                         text      `json:"to_ids"`
	FirstSeen                     text      `json:"first_seen"`
	LastSeen                      text      `json:"last_seen"`
	Deleted                       text      `json:"deleted"`
	Tag                           []mispTag `json:"Tag"`
	Event                         *mispEvent
}

type mispTag struct{ Name text }

// A mispEvent is what is used of an event beside its attributes.
type mispEvent struct {
	Info, Date, UUID text
	Orgc             struct{ Name text }
	Tag              []mispTag
}

type mispObject struct {
	Name      text
	Deleted   text
	Attribute []json.RawMessage
}

// readMISP reads events: one, a list of them, the answer of a search, a feed
// file. The event's own description may follow its attributes, so the claims
// are completed at its end.
func (c *collector) readMISP(w *walker) error {
	return w.values(func() error { return c.mispValue(w, 0) })
}

// mispValue reads an object that holds events, or an array of such.
func (c *collector) mispValue(w *walker, depth int) error {
	if depth > c.opt.MaxDepth {
		return errTooDeep
	}
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('['):
		for w.dec.More() {
			if err := c.mispValue(w, depth+1); err != nil {
				return err
			}
		}
		_, err = w.dec.Token()
		return err
	case json.Delim('{'):
		return c.mispEvent(w, depth)
	}
	return nil
}

// mispEvent reads an object's keys: wrappers lead to the event itself, whose
// attributes are taken as they come.
func (c *collector) mispEvent(w *walker, depth int) error {
	event := mispEvent{}
	first := len(c.out.Indicators)
	firstRule := [3]int{len(c.out.Sigma), len(c.out.Patterns), len(c.out.Kept)}
	claim := &Claim{File: c.name}
	defer func() { c.completeMISP(&event, claim, first, firstRule) }() // also of a file that was cut off
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		if err := c.mispKey(w, key, &event, claim, depth); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (c *collector) mispKey(w *walker, key string, event *mispEvent, claim *Claim, depth int) error {
	var err error
	switch key {
	case "Event", "response":
		w.c.count.entry()
		return c.mispValue(w, depth+1)
	case "Attribute":
		return w.array(depth+1, func() error { return c.mispAttributeNext(w, claim) })
	case "Object":
		return w.array(depth+1, func() error { return c.mispObjectNext(w, claim) })
	case "info":
		_, err = w.into(&event.Info)
	case "date":
		_, err = w.into(&event.Date)
	case "Orgc":
		_, err = w.into(&event.Orgc)
	case "Tag":
		_, err = w.into(&event.Tag)
	default:
		var skip json.RawMessage
		_, err = w.into(&skip)
	}
	return err
}

func (c *collector) mispAttributeNext(w *walker, claim *Claim) error {
	var a mispAttribute
	ok, err := w.into(&a)
	if err != nil || !ok {
		return err
	}
	return c.mispAttribute(&a, claim, w.entry)
}

func (c *collector) mispObjectNext(w *walker, claim *Claim) error {
	var o mispObject
	ok, err := w.into(&o)
	if err != nil || !ok {
		return err
	}
	if o.Deleted.yes() {
		c.out.Withdrawn += len(o.Attribute)
		return nil
	}
	for _, raw := range o.Attribute {
		var a mispAttribute
		if err := json.Unmarshal(raw, &a); err != nil {
			c.problem(0, w.entry, "attribute of object "+string(o.Name)+": "+err.Error())
			continue
		}
		if err := c.mispAttribute(&a, claim, w.entry); err != nil {
			return err
		}
	}
	return nil
}

// mispAttribute takes one attribute. What is not meant for detection is asked
// to be hunted for only, as the format says.
func (c *collector) mispAttribute(a *mispAttribute, claim *Claim, entry int) error {
	if a.Deleted.yes() {
		c.out.Withdrawn++
		return nil
	}
	if a.Value == "" {
		c.problem(0, entry, "attribute without a value")
		return nil
	}
	in := Indicator{Claim: claim, Line: int32(min(entry, 1<<31-1))}
	if a.Comment != "" || len(a.Tag) > 0 || a.Event != nil {
		in.Claim = c.mispClaim(a, claim)
	}
	if a.ToIDs.no() {
		in.Asked = Hunt
	}
	in.From, _ = parseDay(string(a.FirstSeen))
	in.Until, _ = parseDay(string(a.LastSeen))
	return c.composite(string(a.Type), string(a.Value), in)
}

// mispClaim is the claim of an attribute that says more than its event. The
// source is filled in with the event's at its end, unless the attribute brings
// its event along.
func (c *collector) mispClaim(a *mispAttribute, event *Claim) *Claim {
	cl := Claim{File: c.name, Note: cut(string(a.Comment), 512), Date: event.Date}
	cl.Actors, cl.Grade = tagsOf(a.Tag)
	if a.Event != nil {
		cl.Source, cl.Date = mispSource(a.Event, c.defaultSource()), string(a.Event.Date)
	}
	if p := c.shared[cl]; p != nil {
		return p
	}
	if c.shared == nil {
		c.shared = map[Claim]*Claim{}
	}
	p := &cl
	c.shared[*p] = p
	return p
}

func mispSource(e *mispEvent, fallback string) string {
	switch {
	case e.Orgc.Name != "" && e.Info != "":
		return cut(string(e.Orgc.Name)+": "+string(e.Info), 256)
	case e.Info != "":
		return cut(string(e.Info), 256)
	case e.Orgc.Name != "":
		return cut(string(e.Orgc.Name), 256)
	}
	return fallback
}

func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// completeMISP fills in what the event said about all of its attributes.
func (c *collector) completeMISP(e *mispEvent, claim *Claim, first int, rules [3]int) {
	c.shared = nil
	claim.Source, claim.Date = mispSource(e, c.defaultSource()), string(e.Date)
	claim.Actors, claim.Grade = tagsOf(e.Tag)
	if claim.Grade == (Grade{}) {
		claim.Grade = gradeOf(claim.Source)
	}
	complete := func(cl *Claim) {
		if cl == claim || cl == nil || cl.Source != "" {
			return
		}
		cl.Source, cl.Date = claim.Source, claim.Date
		if cl.Actors == "" {
			cl.Actors = claim.Actors
		}
		if cl.Grade == (Grade{}) {
			cl.Grade = claim.Grade
		}
	}
	for i := range c.out.Indicators[first:] {
		complete(c.out.Indicators[first+i].Claim)
	}
	for i, list := range [][]Carried{c.out.Sigma, c.out.Patterns, c.out.Kept} {
		for j := range list[rules[i]:] {
			complete(list[rules[i]+j].Claim)
		}
	}
}

// tagsOf reads actors and grade from tags of the MISP taxonomies and galaxies.
func tagsOf(tags []mispTag) (actors string, g Grade) {
	var names []string
	for _, t := range tags[:min(len(tags), 256)] {
		name, value, _ := strings.Cut(string(t.Name), "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "misp-galaxy:threat-actor", "misp-galaxy:mitre-intrusion-set", "misp-galaxy:microsoft-activity-group":
			names = append(names, cut(value, 128))
		case "admiralty-scale:source-reliability":
			g.Source = parseGrade(value).Source
		case "admiralty-scale:information-credibility":
			if len(value) == 1 && value[0] >= '1' && value[0] <= '6' {
				g.Info = value[0] - '0'
			}
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " / "), g
}

// composite takes a value whose type may be a pair such as "filename|md5" or
// a rule; types that are not known are kept as context.
func (c *collector) composite(name, value string, in Indicator) error {
	low := strings.ToLower(strings.TrimSpace(name))
	switch low {
	case "sigma":
		c.carry(&c.out.Sigma, Carried{Kind: low, Text: value, Claim: in.Claim}, int(in.Line))
		return nil
	case "yara", "snort", "suricata", "bro", "zeek":
		c.carry(&c.out.Kept, Carried{Kind: low, Text: value, Claim: in.Claim, Why: "no engine for " + low + " rules: not evaluated"}, int(in.Line))
		return nil
	case "stix2-pattern":
		return c.pattern(Carried{Kind: "stix", Text: value, Claim: in.Claim}, in)
	case "malware-sample":
		low = "filename|md5"
	case "cookie":
		value, _, _ = strings.Cut(value, "=") // logs are searched for its name
	case "regkey|value":
		return c.autostart(value, in)
	}
	if t, ok := c.types.parse(low, value); ok {
		if namesFolder(low) {
			value = folderOf(value)
		}
		return c.add(t, value, in)
	}
	left, right, ok := strings.Cut(low, "|")
	v1, v2, ok2 := strings.Cut(value, "|")
	if !ok || !ok2 {
		return c.unknown(low, value, in)
	}
	return errors.Join(c.half(left, v1, in, true), c.half(right, v2, in, false))
}

// half takes one side of a composite value. A port or a registry value adds
// nothing; a name beside a hash is weaker than the hash.
func (c *collector) half(name, value string, in Indicator, left bool) error {
	t, ok := c.types.names[name]
	switch {
	case name == "port" || name == "value" || value == "":
		return nil
	case !ok:
		return c.unknown(name, value, in)
	case left && t == Filename:
		in.Asked = Context
		in.Reasons = append(slices.Clone(in.Reasons), "a name that stands beside a hash: the hash decides")
	}
	return c.add(t, value, in)
}

// autostart takes a registry key with what is written into it. Of keys that all
// machines have, the data is what tells.
func (c *collector) autostart(value string, in Indicator) error {
	key, data, _ := strings.Cut(value, "|")
	err := c.add(RegistryKey, key, in)
	if t := guess(data); err == nil && (t == Path || t == Filename || t == URL) {
		if in.Asked == None {
			in.Asked = Hunt
		}
		in.Reasons = append(slices.Clone(in.Reasons), "data of a registry value")
		err = c.add(t, bare(data), in)
	}
	return err
}

func (c *collector) unknown(name, value string, in Indicator) error {
	in.Reasons = append(slices.Clone(in.Reasons), "type "+cut(name, 64)+" is not one that logs are searched for")
	in.Asked = Context
	return c.add(Other, value, in)
}
