package objects

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// wrapped is a format of objects in wrappers.
type wrapped struct {
	m   *recorder
	opt Options
}

func (wrapped) Name() string               { return "wrapped" }
func (wrapped) Claims(string, []byte) bool { return true }
func (f wrapped) NewReader() source.Reader { return f.opt.NewReader(f.m, "none") }
func (f wrapped) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return f.opt.Split(ctx, in)
}

// read returns the paths and values of each object.
func read(t *testing.T, opt Options, text string) (out []string, rep source.Report) {
	events, rep := sourcetest.Read(t, wrapped{newRecorder(), opt}, sourcetest.Input("a", text))
	for _, e := range events {
		line := e.Host
		for _, v := range e.Values {
			line += "|" + string(v.Text)
		}
		out = append(out, line)
	}
	return out, rep
}

func TestWrappersAreTakenOff(t *testing.T) {
	opt := Options{Wrappers: []string{"Records", "hits.hits"}}
	for text, want := range map[string][]string{
		`{"Records":[{"a":1},{"b":2}]}`:                                               {"a|1", "b|2"},
		"{\"x\":{\"y\":[1]},\n \"Records\" : [ {\"a\":1} ] , \"z\":\"}\", \"n\":5}\n": {"a|1"},
		`{"Records":[{"a":1}]}` + "\n" + `{"Records":[{"b":2}],"k":[1]}`:              {"a|1", "b|2"},
		`{"took":1,"hits":{"total":{"value":2},"hits":[{"a":1},{"a":2}]},"e":0}`:      {"a|1", "a|2"},
		`{"Records":[{"a":1}]}` + "\n" + `{"c":3}`:                                    {"a|1", "c|3"},
		`{"a":1,"Records":"x"}`:                                                       {"a Records|1|x"},
		`{"Records":[{"Records":[{"a":1}]}]}`:                                         {"Records.a|1"},
	} {
		got, rep := read(t, opt, text)
		if diff := cmp.Diff(want, got); diff != "" || rep.Damaged > 0 {
			t.Errorf("%s: %+v (-want +got):\n%s", text, rep, diff)
		}
	}
}

func TestCutWrappersLoseOnlyTheirLastObject(t *testing.T) {
	text := `{"Records":[` + strings.Repeat(`{"a":1},`, 1000) + `{"a":`
	got, rep := read(t, Options{Wrappers: []string{"Records"}}, text)
	if len(got) != 1000 || rep.Damaged != 1 || rep.Bytes != int64(len(text)) {
		t.Errorf("%d objects, report %+v", len(got), rep)
	}
}

func TestWholesAndEmbeddedObjectsAreGivenWithTheirValues(t *testing.T) {
	opt := Options{
		Embedded: func(p string) bool { return p == "s" },
		Whole:    func(p string) bool { return p == "w" || p == "s.v" },
	}
	for text, want := range map[string]string{
		`{"w": {"a" : [1, "x y"]}}`:             `w w.a|{"a":[1,"x y"]}|1|x y`,
		`{"w":[{"a":"\" "},{"a":2}]}`:           `w w.a|[{"a":"\" "},{"a":2}]|" |2`,
		`{"w":"text","x":1}`:                    `w x|text|1`,
		`{"s":"{\"v\":{\"q\":1},\"r\":2}"}`:     `s s.v s.v.q s.r|{"v":{"q":1},"r":2}|{"q":1}|1|2`,
		`{"s":"{\"a\":1,\"b\":\"cu","t":3}`:     `s s.a t|{"a":1,"b":"cu|1|3`,
		`{"t":"{\"a\":1}","s":"{","r":"[1]"}`:   `t s r|{"a":1}|{|[1]`,
		`{"s":"[{\"a\":1},{\"a\":2}]","t":"u"}`: `s s.a t|[{"a":1},{"a":2}]|1|2|u`,
	} {
		got, rep := read(t, opt, text)
		if diff := cmp.Diff([]string{want}, got); diff != "" || rep.Damaged > 0 {
			t.Errorf("%s: %+v (-want +got):\n%s", text, rep, diff)
		}
	}
}

func TestObjectsOfALongLineInUTF16KeepTheirPlaces(t *testing.T) {
	const many = 200_000 // measuring from the line's start for each would take minutes
	text := strings.Repeat(`{"a":1}`+"\n", 2) + strings.Repeat(`{"a":1}`, many)
	in := sourcetest.Input("a", sourcetest.UTF16(text, binary.LittleEndian))
	next, wrong, n := int64(2), 0, 0
	rep := sourcetest.Each(t, wrapped{newRecorder(), Options{}}, in, func(e *event.Event) bool {
		if e.Origin.Offset != next {
			wrong++
		}
		if next += 14; n < 2 {
			next += 2
		}
		n++
		return true
	})
	if wrong > 0 || rep.Records != many+2 {
		t.Errorf("%d objects at other places, report %+v", wrong, rep)
	}
}

func FuzzOptions(f *testing.F) {
	f.Add(`{"x":1,"Records":[{"w":{"a":1}},{"s":"{\"w\":[1,{}]}"}],"y":[{}]}`)
	f.Add(`{"hits":{"hits":[{"a":1}]}}` + "\n" + `{"hits":{"hits":[`)
	f.Fuzz(func(t *testing.T, text string) {
		opt := Options{
			Wrappers: []string{"Records", "hits.hits"},
			Embedded: func(p string) bool { return strings.HasSuffix(p, "s") },
			Whole:    func(p string) bool { return strings.HasSuffix(p, "w") },
		}
		in := sourcetest.Input("a", text)
		events, rep := sourcetest.Read(t, wrapped{newRecorder(), opt}, in)
		if rep.Records != int64(len(events)) || rep.Bytes != in.Size {
			t.Error(fmt.Sprint(rep))
		}
	})
}
