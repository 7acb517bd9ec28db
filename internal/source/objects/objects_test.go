package objects

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// A recorder makes events that say which paths an object had.
type recorder struct {
	plans Plans[string]
	built int
	event event.Event
	shape *event.Shape
}

func (m *recorder) Begin()          {}
func (m *recorder) Notes() []string { return nil }
func (m *recorder) Crowded() bool   { return m.plans.Crowded() }
func (m *recorder) Forget()         { m.plans.Forget() }
func (m *recorder) Make(o *Object) *event.Event {
	paths := m.plans.Find(o, func(runs []*Node) string {
		m.built++
		var out []string
		for _, n := range runs {
			out = append(out, n.Path())
		}
		return strings.Join(out, " ")
	})
	m.event = event.Event{Host: paths, Shape: m.shape}
	for i := range o.Runs {
		for _, l := range o.Run(i) {
			m.event.Values = append(m.event.Values, event.Value{Text: l.Text})
		}
	}
	return &m.event
}

func newRecorder() *recorder {
	return &recorder{shape: event.NewShape([]event.Field{{Name: "x"}})}
}

// lines is a format of objects for tests.
type lines struct{ m *recorder }

func (lines) Name() string               { return "lines" }
func (lines) Claims(string, []byte) bool { return true }
func (f lines) NewReader() source.Reader { return NewReader(f.m, "none") }
func (lines) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return Split(ctx, in)
}

func TestRunsGatherValuesOfOnePath(t *testing.T) {
	m := newRecorder()
	events, _ := sourcetest.Read(t, lines{m}, sourcetest.Input("a", `{"a":[1,2,[3]],"b":{"c":"x","d":[{"e":1},{"e":2}]},"a":4}`+"\n"+`{"a":[],"b":{}}`))
	if len(events) != 2 || events[0].Host != "a b.c b.d.e a" || len(events[0].Values) != 7 || events[1].Host != "" {
		t.Errorf("events %+v", events)
	}
}

func TestPlansAreMadeOncePerSequence(t *testing.T) {
	m := newRecorder()
	text := strings.Repeat(`{"a":1,"b":[1,2]}`+"\n"+`{"a":1,"b":[1]}`+"\n"+`{"b":1,"a":1}`+"\n", 100)
	events, _ := sourcetest.Read(t, lines{m}, sourcetest.Input("a", text))
	if len(events) != 300 || m.built != 2 {
		t.Errorf("%d events, %d plans, want 300 and 2", len(events), m.built)
	}
}

func TestManyKeysAreFoundByNameAndForgottenInTime(t *testing.T) {
	m := newRecorder()
	var text strings.Builder
	for i := range 300 {
		text.WriteString("{")
		for k := range 250 {
			fmt.Fprintf(&text, `"k%d_%d":%d,`, i%270, (k*7)%250, k)
		}
		text.WriteString("\"z\":0}\n")
	}
	events, rep := sourcetest.Read(t, lines{m}, sourcetest.Input("a", text.String()))
	if len(events) != 300 || rep.Damaged > 0 {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	if events[299].Host != events[29].Host {
		t.Error("the same keys give other paths after forgetting")
	}
}

func TestInLines(t *testing.T) {
	for text, want := range map[string]bool{
		"{}\n{}\n": true, "{}": true, "{}\n": true, "\xef\xbb\xbf{}\n{}": true, "{\n}": false,
		"{\"a\":1,\n\"b\":2}": false, "[{}]": false, "": false, "{": false, "{}\nx": false, "{\"a": true,
	} {
		if got := InLines([]byte(text)); got != want {
			t.Errorf("InLines(%q) = %v, want %v", text, got, want)
		}
	}
}
