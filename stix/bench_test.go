package stix

import (
	"bytes"
	"testing"
)

func BenchmarkReadBundle(b *testing.B) {
	in := corpus(b, "example_export_bundle.json")
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range ReadBundle(bytes.NewReader(in), ReadOptions{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLint(b *testing.B) {
	var all []*Object
	for o := range ReadBundle(bytes.NewReader(corpus(b, "example_export_bundle.json")), ReadOptions{}) {
		all = append(all, o)
	}
	for b.Loop() {
		for _, o := range all {
			Lint(o)
		}
	}
}

func BenchmarkParsePattern(b *testing.B) {
	for b.Loop() {
		if _, err := ParsePattern("[file:hashes.'SHA-256' = 'bf07a7fbb825fc0aae7bf4a1177b2b31fcf8a3feeaf7092761e18c859ee52a9c' OR file:name = 'a'] AND [url:value LIKE '%x']"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMatcher is the cost of one observation of a sequence pattern.
func BenchmarkMatcher(b *testing.B) {
	p := pattern(b, "([t:n = 1] FOLLOWEDBY [t:n = 2] FOLLOWEDBY [t:n = 3]) WITHIN 10 SECONDS")
	observations := stream(10_000, func(i int) Map {
		return Map{"n": []int{3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}[i%20]}
	})
	m := NewMatcher(p, Limits{})
	for i := 0; b.Loop(); i++ {
		if i%len(observations) == 0 {
			m.Reset()
		}
		m.Observe(observations[i%len(observations)])
	}
}

func BenchmarkMatchOnlyMiss(b *testing.B) {
	p := pattern(b, "[process:command_line MATCHES 'rundll32.*,\\\\s*Start' AND process:image_ref.name = 'rundll32.exe']")
	m := NewMatcher(p, Limits{})
	o := &Observation{First: epoch, Count: 1, Objects: []SCO{
		{Type: "process", Props: Map{"command_line": "c:\\windows\\system32\\svchost.exe -k netsvcs", "image_ref": "1"}},
		{Type: "file", ID: "1", Props: Map{"name": "svchost.exe"}},
	}}
	for b.Loop() {
		m.Observe(o)
	}
}
