package jsonlog

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/internal/event"
)

// Options are what is known about logs that Tyto does not know.
type Options struct {
	Source event.Source        // the zero Source is an unknown log
	Time   []string            // fields with the event's time, best first
	Host   []string            // fields with the machine, best first
	Fields map[string][]string // further names of fields, by the log's own
}

// ParseSource reads a log source in the form product/category/service. Parts
// may be empty or left out: linux/process_creation, aws//cloudtrail, /proxy.
func ParseSource(text string) (event.Source, error) {
	parts := strings.Split(strings.ToLower(strings.TrimSpace(text)), "/")
	if len(parts) > 3 {
		return event.Source{}, fmt.Errorf("log source %q: want product/category/service", text)
	}
	parts = append(parts, "", "")
	for i, p := range parts {
		if p = strings.TrimSpace(p); p == "-" {
			p = ""
		}
		if strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' || r == 0x7f }) || len(p) > 64 {
			return event.Source{}, fmt.Errorf("log source %q: %q is no name", text, p)
		}
		parts[i] = p
	}
	s := event.Source{Product: parts[0], Category: parts[1], Service: parts[2]}
	if s == (event.Source{}) {
		return s, fmt.Errorf("log source %q: want product/category/service, at least one of them", text)
	}
	if s.Product == "windows" {
		return event.Source{}, fmt.Errorf("log source %q: events of Windows are told by channel and number, not by a name", text)
	}
	return s, nil
}

// maxMap bounds the size of a mapping.
const maxMap = 1 << 20

// A list is one text or a list of texts in YAML.
type list []string

// UnmarshalYAML implements the interface of package yaml.
func (l *list) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = list{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// ReadMap reads a mapping, whose form the package's documentation shows.
func ReadMap(r io.Reader) (Options, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxMap+1))
	if err != nil {
		return Options{}, fmt.Errorf("reading mapping: %w", err)
	}
	if len(text) > maxMap {
		return Options{}, errors.New("reading mapping: larger than 1 MiB")
	}
	var m struct {
		Source string
		Time   list
		Host   list
		Fields map[string]list
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil && err != io.EOF {
		return Options{}, fmt.Errorf("reading mapping: %w", err)
	}
	opt := Options{Time: m.Time, Host: m.Host, Fields: make(map[string][]string, len(m.Fields))}
	for own, names := range m.Fields {
		opt.Fields[own] = names
	}
	if m.Source != "" {
		opt.Source, err = ParseSource(m.Source)
	}
	if err != nil {
		return Options{}, fmt.Errorf("reading mapping: %w", err)
	}
	return opt, nil
}
