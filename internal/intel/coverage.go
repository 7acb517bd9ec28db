package intel

import (
	"bytes"
	"strings"

	"tyto/internal/event"
)

// What a log covers is judged more strictly than where a value is looked for:
// a value may be met in any field that could hold it, but "not seen" is an
// answer only where it would have been.

// A shapeCover is what records of one shape would show.
type shapeCover struct {
	roles  role
	object int // field of an object of any kind, or -1
	kind   int // field that says its kind, or -1
}

// coverOf judges a shape by its fields together.
func coverOf(shape *event.Shape) shapeCover {
	c := shapeCover{object: -1, kind: -1}
	if shape == nil {
		return c
	}
	names := make(map[string]bool, len(shape.Fields))
	for _, f := range shape.Fields {
		names[strings.ToLower(f.Name)] = true
	}
	for i, f := range shape.Fields {
		name := strings.ToLower(f.Name)
		switch name {
		case "objectname":
			c.object = i
		case "objecttype":
			c.kind = i
		}
		if f.Header {
			c.roles |= headerRole(f.Name)
			continue
		}
		c.roles |= covering(name, fieldRoles(name), names)
	}
	c.roles &^= roleMessage // what it may hold is no promise; see toldAddress
	return c
}

// covering is what a field shows for sure, of all that it may hold.
func covering(name string, r role, names map[string]bool) role {
	leaf := name[strings.LastIndexByte(name, '.')+1:]
	switch leaf {
	case "objectname":
		return 0 // settled by the object, see objectRoles
	case "key":
		return 0 // a label of audit rules, or anything
	case "name":
		if !names["path"] && !names["nametype"] {
			return 0
		}
	case "query", "filter", "destination", "details", "newvalue", "objectvaluename", "data", "contents", "possiblecause", "consumer",
		"param2", "imagepath", "servicefilename", "pathname", "binarypath", "binarypathname":
		r &^= roleCommand
	case "userid", "userprincipalname", "principalemail":
		r &^= roleMail // accounts, not messages
	}
	if r&roleHash != 0 {
		r &^= roleCert
		if leaf != "hashes" && leaf != "hash" {
			r &^= roleImphash // it could stand in other lists of hashes, but does not
		}
	}
	if r&rolePath != 0 && name != "relativetargetname" {
		r &^= rolePipe
	}
	if r&roleService != 0 && !installs(name, names) {
		r &^= roleService
	}
	return r
}

// installs reports whether a record with a service's name is about the service
// and not about a ticket for it or a call of an interface.
func installs(name string, names map[string]bool) bool {
	return name == "param1" || name == "service.name" || names["imagepath"] || names["servicefilename"] || names["servicetype"] || names["binarypath"]
}

// objectRoles is what a record about an object of the system shows.
func objectRoles(ev *event.Event, c shapeCover) role {
	if c.object < 0 {
		return 0
	}
	name, kind := valueOf(ev, c.object), valueOf(ev, c.kind)
	native := len(name) > 0 && name[0] == '\\' // a name of the object manager
	switch {
	case native && startsFold(name, `\REGISTRY\`), bytes.EqualFold(kind, []byte("key")):
		return roleRegistry
	case bytes.EqualFold(kind, []byte("mutant")):
		return roleMutex
	case native && holdsFold(name[:min(len(name), 32)], "namedpipe"):
		return rolePipe
	case len(kind) == 0 || bytes.EqualFold(kind, []byte("file")):
		return rolePath
	}
	return 0
}

// startsFold is bytes.HasPrefix without regard to case.
func startsFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

// holdsFold is bytes.Contains without regard to case, for short texts.
func holdsFold(text []byte, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if startsFold(text[i:], word) {
			return true
		}
	}
	return false
}

func valueOf(ev *event.Event, field int) []byte {
	for i := range ev.Values {
		if v := &ev.Values[i]; int(v.Field) == field {
			return v.Text
		}
	}
	return nil
}

// cover is coverOf, remembered.
func (s *Sightings) cover(shape *event.Shape) shapeCover {
	if shape == s.lastShape && shape != nil {
		return s.lastCover
	}
	c, ok := s.covers[shape]
	if !ok {
		if len(s.covers) >= maxPlans {
			clear(s.covers)
		}
		c = coverOf(shape)
		s.covers[shape] = c
	}
	s.lastShape, s.lastCover = shape, c
	return c
}
