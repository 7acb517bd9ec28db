package evtx

// An Element is an XML element to be written: the user data of an [Entry], a
// [Fragment], or the content of complex data.
//
// Content and attribute values may be
//   - a *Element (content only),
//   - [Text], [CDATA], [EntityRef], [CharRef] or [PI]: literal parts,
//   - any other value that [Datum] accepts: a substitution when the event is
//     written by template, its text form when it is written literally,
//   - [Optional] around such a value: the element or attribute disappears
//     when the value is nil.
type Element struct {
	Name    string
	Attrs   []Attr
	Content []any
}

// An Attr is one attribute; Value is as in [Element].Content, and a []any
// joins several parts (text, references, substitutions) to one value.
type Attr struct {
	Name  string
	Value any
}

type (
	// Text is literal text. Text longer than 65,535 UTF-16 units is an error.
	Text string
	// CDATA is a CDATA section.
	CDATA string
	// EntityRef names an entity: amp, lt, gt, quot or apos.
	EntityRef string
	// CharRef is a numeric character reference to one UTF-16 unit.
	CharRef uint16
)

// PI is a processing instruction.
type PI struct{ Target, Data string }

// Optional marks a value whose element or attribute is left out when the
// value is nil.
type Optional struct{ Value any }

// A Fragment is a value that is itself a literal piece of binary XML (wire
// type 0x21 holding an element instead of a template instance), as the CAPI2
// provider writes it.
type Fragment struct{ Root *Element }

// wslot is a substitution with a fixed number and declared type; the System
// part of an event uses it to number its slots as Windows does.
type wslot struct {
	id    int
	typ   byte
	value any
}

// wpayload is a value that is a nested template instance.
type wpayload struct{ root *Element }

// wdocument is what one record holds.
type wdocument struct {
	prolog  *PI
	root    *Element
	literal bool
}

// wparts returns the parts of an attribute value.
func wparts(v any) []any {
	if parts, ok := v.([]any); ok {
		return parts
	}
	return []any{v}
}

// wliteralPart tells whether v is written as tokens and never as a
// substitution.
func wliteralPart(v any) bool {
	switch v.(type) {
	case *Element, Text, CDATA, EntityRef, CharRef, PI:
		return true
	}
	return false
}
