package sigma

import (
	"context"
	"os"
	"testing"
)

func BenchmarkParseCorpus(b *testing.B) {
	files := ruleFiles(b, false)
	b.ReportAllocs()
	for b.Loop() {
		for name, data := range files {
			Parse(name, data)
		}
	}
}

func BenchmarkLoadCorpus(b *testing.B) {
	fsys := os.DirFS(corpus(b, "sigma"))
	for b.Loop() {
		if _, _, err := Load(context.Background(), fsys, "rules", 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompileCorpus(b *testing.B) {
	docs := parseAll(b, ruleFiles(b, false))
	b.ReportAllocs()
	for b.Loop() {
		Compile(docs, Options{})
	}
}

func BenchmarkNewShape(b *testing.B) {
	rs := corpusRules(b)
	rec := regressions(b)[0].records[0]
	b.ReportAllocs()
	for b.Loop() {
		rs.NewShape(rec.fields)
	}
}

func BenchmarkMatch(b *testing.B) {
	rs := corpusRules(b)
	e := rs.NewEvaluator()
	var events []*Event
	for _, c := range regressions(b) {
		for _, r := range c.records {
			events = append(events, r.event(rs))
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e.Match(events[i%len(events)], func(*Rule) {})
		i++
	}
}
