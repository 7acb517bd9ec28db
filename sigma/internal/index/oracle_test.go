package index

import "tyto/sigma/internal/logic"

// An eventFields shows an event to the interpreter.
type eventFields struct {
	p      *Program
	values []Value
}

func (f eventFields) Values(name string) []logic.Value {
	id := f.p.FieldID(name)
	var out []logic.Value
	for _, v := range f.values {
		if v.Field == id && id >= 0 {
			out = append(out, logic.Value{Kind: logic.ValueKind(v.Kind), Text: v.Text})
		}
	}
	return out
}

func (f eventFields) Searchable() []logic.Value {
	var out []logic.Value
	for _, v := range f.values {
		if v.Search {
			out = append(out, logic.Value{Kind: logic.ValueKind(v.Kind), Text: v.Text})
		}
	}
	return out
}
