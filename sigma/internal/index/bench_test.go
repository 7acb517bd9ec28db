package index

import (
	"runtime"
	"slices"
	"testing"
)

// sampled returns events of the captures by kind, in the order of the logs.
func (rs *ruleSet) sampled(tb testing.TB, limit, step int) map[string][]sample {
	out := map[string][]sample{}
	rs.eachEvent(tb, limit, step, func(s sample) {
		out[s.kind] = append(out[s.kind], s)
		out["mix"] = append(out["mix"], s)
	})
	return out
}

func BenchmarkCompile(b *testing.B) {
	rs := readRules(b)
	b.ReportAllocs()
	for b.Loop() {
		Compile(rs.exprs)
	}
}

func BenchmarkMatch(b *testing.B) { benchmarkEvents(b, false) }
func BenchmarkScan(b *testing.B)  { benchmarkEvents(b, true) }

func benchmarkEvents(b *testing.B, scan bool) {
	rs := readRules(b)
	kinds := rs.sampled(b, 60_000, 10)
	names := []string{}
	for k, evs := range kinds {
		if len(evs) >= 100 {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	runtime.GC()
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			evs := kinds[name]
			bytes := 0
			for _, ev := range evs {
				for _, v := range ev.values {
					bytes += len(v.Text)
				}
			}
			e := rs.prog.NewEvaluator()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				ev := &evs[i]
				if scan {
					e.Scan(ev.scope, ev.values, func(int32) {})
				} else {
					e.Match(ev.scope, ev.values, func(int32) {})
				}
				if i++; i == len(evs) {
					i = 0
				}
			}
			st := e.Stats()
			n := float64(st.Events)
			b.ReportMetric(float64(bytes)/float64(len(evs)), "B/event")
			b.ReportMetric(float64(st.Candidates)/n, "cand/event")
			b.ReportMetric(float64(st.Leaves)/n, "leaves/event")
			b.ReportMetric(1e9/(float64(b.Elapsed().Nanoseconds())/n), "events/s")
		})
	}
}
