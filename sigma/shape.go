package sigma

import (
	"strings"
	"sync"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/index"
)

// A Field is one field name of an event.
type Field struct {
	Name string
	// Header marks what describes the record (channel, computer, times)
	// rather than what it reports. Keywords do not look into headers, and a
	// field of the same name that is no header wins.
	Header bool
}

// implied are the names of fields that every Windows event has, because its
// [Source] says them, even where a reader leaves them out. EventLog is what
// Log Analytics and the rules on RPC Firewall call the channel.
var implied = [...]string{"EventID", "Channel", "EventLog", "Provider_Name"}

// A Shape is the list of field names that many events share, worked out for
// one rule set: which of them the rules know, and under which names. Make one
// per distinct list and keep it; a Shape is safe for concurrent use.
type Shape struct {
	rs     *Ruleset
	fields []Field
	exact  map[string][]uint16
	folded map[string][]uint16
	ids    [][]int32 // per field, the program's field ids
	// implied are the program's ids of the implied names that no field has,
	// else -1.
	implied [len(implied)]int32

	once  [viewKinds]sync.Once
	views [viewKinds]*aliasPlan
}

// NewShape works out a list of field names. Rules find a field by its exact
// name, else without case; a name with blanks is also found without them and
// with '_' in their place.
func (rs *Ruleset) NewShape(fields []Field) *Shape {
	s := &Shape{
		rs: rs, fields: fields,
		exact:  make(map[string][]uint16, len(fields)),
		folded: make(map[string][]uint16, len(fields)),
		ids:    make([][]int32, len(fields)),
	}
	for i, f := range fields {
		s.exact[f.Name] = append(s.exact[f.Name], uint16(i))
		for _, name := range foldedNames(f.Name) {
			s.folded[name] = append(s.folded[name], uint16(i))
		}
	}
	for id, f := range rs.fields {
		for _, i := range s.lookup(f.name, f.folded) {
			s.ids[i] = append(s.ids[i], int32(id))
		}
	}
	for i, name := range implied {
		s.implied[i] = -1
		if len(s.find(name)) == 0 {
			s.implied[i] = rs.prog.FieldID(name)
		}
	}
	return s
}

// foldedNames returns the folded forms under which a field can be found.
func foldedNames(name string) []string {
	low := fold.String(name)
	if !strings.Contains(low, " ") {
		return []string{low}
	}
	return []string{low, strings.ReplaceAll(low, " ", ""), strings.ReplaceAll(low, " ", "_")}
}

// find returns the fields that a rule means by a name, in the order of the
// shape.
func (s *Shape) find(name string) []uint16 { return s.lookup(name, fold.String(name)) }

func (s *Shape) lookup(name, folded string) []uint16 {
	if list := s.exact[name]; list != nil {
		return s.best(list)
	}
	return s.best(s.folded[folded])
}

// best prefers fields that are no headers.
func (s *Shape) best(list []uint16) []uint16 {
	headers := 0
	for _, i := range list {
		if s.fields[i].Header {
			headers++
		}
	}
	if headers == 0 || headers == len(list) {
		return list
	}
	out := make([]uint16, 0, len(list)-headers)
	for _, i := range list {
		if !s.fields[i].Header {
			out = append(out, i)
		}
	}
	return out
}

// project appends the event's values under the names that rules use, given as
// ids per field. Values that only keywords can see are left out unless keyword
// is set.
func (s *Shape) project(dst []index.Value, ev *Event, ids [][]int32, keyword bool) []index.Value {
	for i := range ev.Values {
		v := &ev.Values[i]
		if int(v.Field) >= len(s.fields) {
			continue
		}
		search := !s.fields[v.Field].Header
		for _, id := range ids[v.Field] {
			dst = append(dst, index.Value{Field: id, Kind: uint8(v.Kind), Search: search, Text: v.Text})
		}
		if keyword && search && len(ids[v.Field]) == 0 {
			dst = append(dst, index.Value{Field: -1, Kind: uint8(v.Kind), Search: true, Text: v.Text})
		}
	}
	return dst
}
