package rules_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"tyto/sigma"
)

// A caseFile is what stands in NAME.test.yml beside NAME.yml. README.md
// explains the form.
type caseFile struct {
	Defaults caseEvent  `yaml:"defaults"`
	Positive []testCase `yaml:"positive"`
	Negative []testCase `yaml:"negative"`
}

type testCase struct {
	Name   string      `yaml:"name"`
	Events []caseEvent `yaml:"events"`
}

// A caseEvent is one event, or a run of like ones when Repeat is set.
type caseEvent struct {
	Source *caseSource       `yaml:"source"`
	Time   time.Time         `yaml:"time"`
	Host   string            `yaml:"host"`
	Fields map[string]string `yaml:"fields"`
	Repeat int               `yaml:"repeat"`
	Every  time.Duration     `yaml:"every"`
}

type caseSource struct {
	Product  string `yaml:"product"`
	Category string `yaml:"category"`
	Service  string `yaml:"service"`
	Channel  string `yaml:"channel"`
	Provider string `yaml:"provider"`
	EventID  int    `yaml:"event_id"`
}

// parseCases reads a test file strictly: unknown and repeated keys are errors.
func parseCases(data []byte) (*caseFile, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var f caseFile
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	if err := d.Decode(new(any)); err != io.EOF {
		return nil, fmt.Errorf("more than one document")
	}
	return &f, nil
}

// expand gives the events of a case in their order: defaults filled in, runs
// unrolled, "{n}" in hosts and fields replaced by the number within the run.
func (f *caseFile) expand(c testCase) ([]caseEvent, error) {
	var out []caseEvent
	for i, e := range c.Events {
		e = f.filled(e)
		if e.Source == nil || e.Time.IsZero() || e.Host == "" || len(e.Fields) == 0 {
			return nil, fmt.Errorf("event %d needs source, time, host and fields", i+1)
		}
		for n := range max(1, e.Repeat) {
			out = append(out, e.numbered(n+1))
		}
	}
	inOrder := slices.IsSortedFunc(out, func(a, b caseEvent) int { return a.Time.Compare(b.Time) })
	if !inOrder {
		return nil, fmt.Errorf("events are not in the order of time")
	}
	return out, nil
}

func (f *caseFile) filled(e caseEvent) caseEvent {
	if e.Source == nil {
		e.Source = f.Defaults.Source
	}
	if e.Time.IsZero() {
		e.Time = f.Defaults.Time
	}
	if e.Host == "" {
		e.Host = f.Defaults.Host
	}
	return e
}

func (e caseEvent) numbered(n int) caseEvent {
	if e.Repeat == 0 {
		return e
	}
	put := func(s string) string { return strings.ReplaceAll(s, "{n}", strconv.Itoa(n)) }
	fields := make(map[string]string, len(e.Fields))
	for k, v := range e.Fields {
		fields[k] = put(v)
	}
	e.Fields, e.Host = fields, put(e.Host)
	e.Time = e.Time.Add(time.Duration(n-1) * e.Every)
	return e
}

// event makes the engine's form of a test event. Windows events get the
// header fields that readers give them.
func (e caseEvent) event(rs *sigma.Ruleset) *sigma.Event {
	src := sigma.Source(*e.Source)
	var fields []sigma.Field
	var values []sigma.Value
	add := func(name, text string, header bool) {
		values = append(values, sigma.Value{Field: uint16(len(fields)), Text: []byte(text)})
		fields = append(fields, sigma.Field{Name: name, Header: header})
	}
	if src.Product == "windows" {
		add("Channel", src.Channel, true)
		add("Provider_Name", src.Provider, true)
		add("EventID", strconv.Itoa(src.EventID), true)
		add("Computer", e.Host, true)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		add(name, e.Fields[name], false)
	}
	return &sigma.Event{Source: src, Shape: rs.NewShape(fields), Values: values}
}
