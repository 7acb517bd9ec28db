package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Typed is one of this package's object structures, by pointer.
type Typed interface {
	head() header
	stixType() string
}

func (*AttackPattern) stixType() string       { return "attack-pattern" }
func (*Campaign) stixType() string            { return "campaign" }
func (*CourseOfAction) stixType() string      { return "course-of-action" }
func (*Grouping) stixType() string            { return "grouping" }
func (*Identity) stixType() string            { return "identity" }
func (*Incident) stixType() string            { return "incident" }
func (*Indicator) stixType() string           { return "indicator" }
func (*Infrastructure) stixType() string      { return "infrastructure" }
func (*IntrusionSet) stixType() string        { return "intrusion-set" }
func (*Location) stixType() string            { return "location" }
func (*Malware) stixType() string             { return "malware" }
func (*Note) stixType() string                { return "note" }
func (*ObservedData) stixType() string        { return "observed-data" }
func (*Opinion) stixType() string             { return "opinion" }
func (*Report) stixType() string              { return "report" }
func (*ThreatActor) stixType() string         { return "threat-actor" }
func (*Tool) stixType() string                { return "tool" }
func (*Vulnerability) stixType() string       { return "vulnerability" }
func (*Relationship) stixType() string        { return "relationship" }
func (*Sighting) stixType() string            { return "sighting" }
func (*MarkingDefinition) stixType() string   { return "marking-definition" }
func (*ExtensionDefinition) stixType() string { return "extension-definition" }

func (*Artifact) stixType() string           { return "artifact" }
func (*AutonomousSystem) stixType() string   { return "autonomous-system" }
func (*Directory) stixType() string          { return "directory" }
func (*DomainName) stixType() string         { return "domain-name" }
func (*EmailAddr) stixType() string          { return "email-addr" }
func (*File) stixType() string               { return "file" }
func (*IPv4Addr) stixType() string           { return "ipv4-addr" }
func (*IPv6Addr) stixType() string           { return "ipv6-addr" }
func (*MACAddr) stixType() string            { return "mac-addr" }
func (*Mutex) stixType() string              { return "mutex" }
func (*NetworkTraffic) stixType() string     { return "network-traffic" }
func (*Process) stixType() string            { return "process" }
func (*Software) stixType() string           { return "software" }
func (*URL) stixType() string                { return "url" }
func (*UserAccount) stixType() string        { return "user-account" }
func (*WindowsRegistryKey) stixType() string { return "windows-registry-key" }
func (*X509Certificate) stixType() string    { return "x509-certificate" }

var errNeedsID = errors.New("the object needs an identifier: see NewID")

// Make writes a typed structure as an object. It fills in the type, the
// specification version, and the identifier of cyber-observables that have a deterministic
// one; the structure then holds them too. Any other identifier must be set.
func Make(v Typed) (*Object, error) {
	h := v.head()
	*h.objectType = v.stixType()
	if *h.specVersion == "" {
		*h.specVersion = "2.1"
	}
	if x, ok := v.(interface{ extend() }); ok {
		x.extend()
	}
	o, err := encodeObject(v)
	if err != nil || o.ID != "" {
		return o, err
	}
	id, ok := SCOID(o.Type, o)
	if !ok {
		return nil, fmt.Errorf("making %s: %w", o.Type, errNeedsID)
	}
	*h.id = id
	return encodeObject(v)
}

func encodeObject(v any) (*Object, error) {
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	return ParseObject(raw)
}

// encode writes JSON on one line, without the escapes meant for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Prop is a property by name. Values are whatever encoding/json writes.
type Prop struct {
	Name  string
	Value any
}

// MakeFrom writes an object of any type, such as one that an extension
// defines, with its properties in the given order.
func MakeFrom(props ...Prop) (*Object, error) {
	b := []byte{'{'}
	for i, p := range props {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := encode(p.Name)
		if err != nil {
			return nil, err
		}
		value, err := encode(p.Value)
		if err != nil {
			return nil, fmt.Errorf("property %q: %w", p.Name, err)
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return ParseObject(append(b, '}'))
}

// WriteBundle writes objects as a STIX 2.1 bundle, each exactly as its Raw is,
// one to a line. An error from the sequence ends the writing and is returned.
func WriteBundle(w io.Writer, id string, objects iter.Seq2[*Object, error]) error {
	head, err := encode(id)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"type\":\"bundle\",\"id\":%s", head); err != nil {
		return err
	}
	lead := ",\"objects\":[\n" // an empty list is not allowed, so it comes with the first object
	end := "}\n"
	for o, err := range objects {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s", lead, o.Raw); err != nil {
			return err
		}
		lead, end = ",\n", "\n]}\n"
	}
	_, err = io.WriteString(w, end)
	return err
}
