package stix

import (
	"slices"
	"strings"
)

// Marking is all that is known about how far one object may travel.
type Marking struct {
	TLP        TLP      // the most restrictive level on the whole object
	PAP        PAP      // likewise
	Statements []string // texts of statement markings, such as copyrights

	// Unknown lists references to markings whose meaning is not known. They may
	// mean anything, so the object must be treated with care.
	Unknown []string

	// Parts are the levels of parts of the object, from granular markings.
	Parts []PartMarking
}

// PartMarking is the level of some properties of an object. A selector covers
// everything below the property that it names.
type PartMarking struct {
	Ref       string
	TLP       TLP // TLPNone when the reference is not a TLP marking or unknown
	Known     bool
	Selectors []string
}

// Effective is the one level to treat the whole object with: the most
// restrictive of its own and its parts' levels. Where nothing was stated, or
// something that is not understood, it is at least missing. Pass TLPAmberStrict
// for missing unless a policy says otherwise.
func (m Marking) Effective(missing TLP) TLP {
	level := m.Whole(missing)
	for _, p := range m.Parts {
		level = max(level, p.Level(missing))
	}
	return level
}

// Whole is Effective without the parts: the level of what no part marking covers.
func (m Marking) Whole(missing TLP) TLP {
	if m.TLP == TLPNone || len(m.Unknown) > 0 {
		return max(m.TLP, missing)
	}
	return m.TLP
}

// Level is the level of the part, or missing where its marking is not known.
func (p PartMarking) Level(missing TLP) TLP {
	if !p.Known {
		return max(p.TLP, missing)
	}
	return p.TLP
}

// Markings knows marking definitions and tells what markings objects carry.
// The definitions of TLP 1 and 2 are known from the start; others are learnt
// with Add.
type Markings struct{ defs map[string]definition }

type definition struct {
	tlp        TLP
	pap        PAP
	statements []string
	known      bool // it says something that is understood
}

// NewMarkings makes an empty Markings.
func NewMarkings() *Markings { return &Markings{map[string]definition{}} }

// Add learns a marking definition; other objects are passed over. A definition that
// comes again, or that claims one of the well-known identifiers, can only
// make the marking stricter.
func (m *Markings) Add(o *Object) {
	if o.Type != "marking-definition" || o.ID == "" {
		return
	}
	d := readDefinition(o)
	old := m.defs[o.ID]
	d.tlp, d.pap = max(d.tlp, old.tlp), max(d.pap, old.pap)
	d.known = d.known || old.known
	for _, s := range old.statements {
		if !slices.Contains(d.statements, s) {
			d.statements = append(d.statements, s)
		}
	}
	m.defs[o.ID] = d
}

// readDefinition looks for a level in the extension, the definition, and the names
// that products put it in.
func readDefinition(o *Object) definition {
	view, _ := View[MarkingDefinition](o)
	var d definition
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	ext, _ := view.Extensions[TLP2Extension].(map[string]any)
	statement := text(view.Definition, "statement")
	d.tlp = ParseTLP(text(ext, "tlp_2_0"))
	if d.tlp == TLPNone {
		d.tlp = ParseTLP(text(view.Definition, "tlp"))
	}
	strange := false // something meant as a level that is none
	for _, s := range []string{o.Text("x_opencti_definition"), view.Name, statement} {
		d.pap = max(d.pap, ParsePAP(s))
		if d.tlp == TLPNone && isTLPText(s) {
			d.tlp = ParseTLP(s)
			strange = d.tlp == TLPNone
		}
	}
	if statement != "" {
		d.statements = append(d.statements, statement)
	}
	d.known = d.tlp != TLPNone || !strange && (d.pap != PAPNone || statement != "")
	return d
}

// isTLPText tells text that is meant as a TLP level, whether known or not.
func isTLPText(s string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(s)), "tlp:")
}

// TLPOf is the level that a reference to a marking definition stands for. known is false
// when the marking's meaning is not known; it is true with TLPNone for
// markings that are no TLP level, such as copyrights.
func (m *Markings) TLPOf(ref string) (level TLP, known bool) {
	d := m.lookup(ref)
	return d.tlp, d.known
}

func (m *Markings) lookup(ref string) definition {
	d := m.defs[ref]
	if level := tlpOfRef(ref); level != TLPNone {
		d.tlp, d.known = max(d.tlp, level), true
	}
	return d
}

// Of tells what markings an object carries: by reference, by granular marking, and by
// the labels that some products use instead. A label that looks like a TLP
// level but is none of the known ones counts as unknown.
func (m *Markings) Of(o *Object) Marking {
	var out Marking
	for _, ref := range o.Texts("object_marking_refs") {
		out.add(ref, m.lookup(ref))
	}
	if v, has := o.tree["object_marking_refs"]; has && !isTextList(v) {
		out.Unknown = append(out.Unknown, "object_marking_refs")
	}
	for _, label := range o.Texts("labels") {
		out.addLabel(label)
	}
	out.Parts = m.parts(o, &out)
	return out
}

func isTextList(v any) bool {
	list, ok := v.([]any)
	for _, e := range list {
		if _, isText := e.(string); !isText {
			return false
		}
	}
	return ok
}

func (m *Marking) add(ref string, d definition) {
	m.TLP, m.PAP = max(m.TLP, d.tlp), max(m.PAP, d.pap)
	m.Statements = append(m.Statements, d.statements...)
	if !d.known {
		m.Unknown = append(m.Unknown, ref)
	}
}

func (m *Marking) addLabel(label string) {
	m.PAP = max(m.PAP, ParsePAP(label))
	if !isTLPText(label) {
		return
	}
	level := ParseTLP(label)
	m.TLP = max(m.TLP, level)
	if level == TLPNone {
		m.Unknown = append(m.Unknown, label)
	}
}

// parts reads the granular markings. One that cannot be read, or selects
// nothing, makes the marking of the whole object unknown.
func (m *Markings) parts(o *Object, whole *Marking) []PartMarking {
	v, has := o.tree["granular_markings"]
	list, ok := v.([]any)
	if has && !ok {
		whole.Unknown = append(whole.Unknown, "granular_markings")
	}
	var out []PartMarking
	for _, e := range list {
		g, _ := e.(map[string]any)
		ref, hasRef := g["marking_ref"]
		if _, language := g["lang"]; language && !hasRef {
			continue
		}
		id, _ := ref.(string)
		selectors, ok := textList(g["selectors"])
		if id == "" || !ok || !allSelect(o, selectors) {
			whole.Unknown = append(whole.Unknown, "granular_markings")
			level := m.lookup(id).tlp
			whole.TLP = max(whole.TLP, level)
			continue
		}
		d := m.lookup(id)
		out = append(out, PartMarking{Ref: id, TLP: d.tlp, Known: d.known, Selectors: selectors})
		whole.PAP = max(whole.PAP, d.pap)
	}
	return out
}

func textList(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 || !isTextList(v) {
		return nil, false
	}
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.(string)
	}
	return out, true
}

func allSelect(o *Object, selectors []string) bool {
	for _, s := range selectors {
		if _, ok := o.Select(s); !ok {
			return false
		}
	}
	return true
}
