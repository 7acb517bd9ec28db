package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func FuzzReadBundle(f *testing.F) {
	for _, s := range []string{strangeBundle, `{"type":"tool"}`, `[{"type":"a"},{}]`, `{"objects":[{"type":"a","x":"\ud800"}]}`,
		`{"more":false}`, "{\"type\":\"a\"}\n{\"type\":\"b\"}", `{"objects":[`, string(TLPRed.Definition().Raw)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		opt := ReadOptions{MaxObject: 1 << 16}
		clean := true
		m, c := NewMarkings(), NewCollection()
		for o, err := range ReadBundle(bytes.NewReader(in), opt) {
			if err != nil {
				clean = false
				continue
			}
			useObject(t, o, m, c)
		}
		var out bytes.Buffer
		err := Rewrite(&out, iotest.HalfReader(bytes.NewReader(in)), opt, identity)
		if clean != (err == nil) {
			t.Fatalf("reading is clean: %v, rewriting: %v", clean, err)
		}
		if clean && !bytes.Equal(in, out.Bytes()) {
			t.Fatalf("round trip changed %q to %q", in, out.Bytes())
		}
	})
}

// useObject does with an object all that can be done.
func useObject(t *testing.T, o *Object, m *Markings, c *Collection) {
	if !json.Valid(o.Raw) {
		t.Fatalf("invalid JSON was taken: %q", o.Raw)
	}
	Lint(o)
	m.Add(o)
	if level := m.Of(o).Effective(TLPAmberStrict); level < TLPClear || level > TLPRed {
		t.Fatalf("level %d", level)
	}
	c.Add(o)
	if v := c.Add(o); o.ID != "" && v == Added {
		t.Fatalf("%q was new twice", o.ID)
	}
	o.References()
	SCOID(o.Type, o)
	View[Indicator](o)
	View[NetworkTraffic](o)
	Observations([]*Object{o})
	if again, err := ParseObject(o.Raw); err != nil || again.Type != o.Type {
		t.Fatalf("%q does not read again: %v", o.Raw, err)
	}
}

// The tree must agree with encoding/json on what is JSON, and on its value where that
// has one meaning.
func FuzzTree(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00\/"]}`, `[]`, `"\ud800x"`, `{"a":1,"a":2}`, "\"\xff\"", `01`, ` {} `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := parseTree(in, 50)
		if err != nil {
			if json.Valid(in) && !errors.Is(err, errDepth) && !strings.Contains(err.Error(), "twice") {
				t.Fatalf("%q was refused: %v", in, err)
			}
			return
		}
		d := json.NewDecoder(bytes.NewReader(in))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q was taken: %v", in, err)
		}
		if utf8.Valid(in) && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v", in, got, want)
		}
		checkCanonical(t, got)
	})
}

// checkCanonical demands that the canonical form is stable.
func checkCanonical(t *testing.T, v any) {
	one, err := Canonical(v)
	if err != nil {
		return
	}
	again, err := parseTree(one, 60)
	if err != nil {
		t.Fatalf("canonical form %q: %v", one, err)
	}
	two, err := Canonical(again)
	if err != nil || !bytes.Equal(one, two) {
		t.Fatalf("canonical form %q became %q (%v)", one, two, err)
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{
		"[file:hashes.'SHA-256' = 'x' OR a:b_bin MATCHES '\\\\x61']", "([a:b = 1] FOLLOWEDBY [a:c LIKE '%x_']) WITHIN 5.5 SECONDS REPEATS 2 TIMES",
		"[a:b IN (1, 2.5)] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00.5Z'", "[NOT EXISTS a:b[*].c_ref.d] // x", "[a:b ISSUBSET '::/0' AND a:b_hex = h'ff']",
		"[a:b = b'AA==' /* */ AND a:b != true]", "[a:b = -0.0]", "[a:b = t'2024-02-30T00:00:60Z']",
	} {
		f.Add(s)
	}
	observations := stream(6, func(i int) Map {
		return Map{"b": []any{i, "x", "10.0.0.1", "2026-01-01T00:00:00Z", nil, true}[i], "c": "xyx", "b_bin": "YQ==", "b_hex": "ff", "c_ref": "t--1", "d": i}
	})
	for _, o := range observations {
		o.Objects[0].Type = "a"
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := ParsePattern(src)
		if err != nil {
			var e *SyntaxError
			if !errors.As(err, &e) || e.Line < 1 || e.Col < 1 || e.Offset > len(src) {
				t.Fatalf("%q: %#v", src, err)
			}
			return
		}
		p.Lint()
		p.Simple()
		normal := p.String()
		again, err := ParsePattern(normal)
		if err != nil {
			if len(normal) > MaxPatternLength {
				return
			}
			t.Fatalf("normal form %q of %q: %v", normal, src, err)
		}
		if again.String() != normal {
			t.Fatalf("normal form %q of %q became %q", normal, src, again)
		}
		a, b := run(p, observations), run(again, observations)
		if a.Matched != b.Matched || (a.Unevaluated == nil) != (b.Unevaluated == nil) {
			t.Fatalf("%q: %+v, its normal form %q: %+v", src, a, normal, b)
		}
	})
}

func FuzzTimestamp(f *testing.F) {
	f.Add("2026-01-02T03:04:05.678Z")
	f.Fuzz(func(t *testing.T, s string) {
		ts, err := ParseTimestamp(s)
		if err != nil || ts.IsZero() { // the zero time stands for an absent one
			return
		}
		again, err := ParseTimestamp(At(ts.Time).String())
		if err == nil && !again.Equal(ts.Time) || err != nil && ts.Year() <= 9999 {
			t.Fatalf("%q: %v became %v (%v)", s, ts, again, err)
		}
	})
}
