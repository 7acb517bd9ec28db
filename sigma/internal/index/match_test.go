package index

import (
	"fmt"
	"slices"
	"testing"

	"tyto/sigma/internal/logic"
)

func hits(run func(*Scope, []Value, func(int32)), sc *Scope, values []Value) []int32 {
	var out []int32
	run(sc, values, func(m int32) { out = append(out, m) })
	return out
}

func TestMatchAgreesWithScanAndInterpreterOnRealEvents(t *testing.T) {
	rs := readRules(t)
	limit, step, least := 120_000, 4, 100
	if testing.Short() {
		limit, step, least = 1_500, 20, 1
	}
	e, s := rs.prog.NewEvaluator(), rs.prog.NewEvaluator()
	in := logic.NewInterp()
	events, matches := 0, map[int32]int{}
	rs.eachEvent(t, limit, step, func(ev sample) {
		events++
		got := hits(e.Match, ev.scope, ev.values)
		if want := hits(s.Scan, ev.scope, ev.values); !slices.Equal(got, want) {
			t.Fatalf("event %d (%s): Match %v, Scan %v\n%s", events, ev.kind, rs.names(got), rs.names(want), show(rs.prog, ev.values))
		}
		for _, m := range got {
			matches[m]++
		}
		if events%50 == 0 {
			rs.checkInterp(t, in, ev, got)
		}
	})
	t.Logf("%d events, %d rules matched, stats %+v", events, len(matches), e.Stats())
	if len(matches) < least {
		t.Errorf("only %d rules matched anything", len(matches))
	}
}

// checkInterp compares the members of got with the plain interpreter.
func (rs *ruleSet) checkInterp(t *testing.T, in *logic.Interp, ev sample, got []int32) {
	t.Helper()
	var want []int32
	for _, m := range ev.scope.Members() {
		if in.Eval(rs.exprs[m], eventFields{rs.prog, ev.values}) {
			want = append(want, m)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: Match %v, interpreter %v\n%s", ev.kind, rs.names(got), rs.names(want), show(rs.prog, ev.values))
	}
}

func (rs *ruleSet) names(members []int32) []string {
	var out []string
	for _, m := range members {
		out = append(out, rs.paths[m])
	}
	return out
}

func show(p *Program, values []Value) string {
	out := ""
	for _, v := range values {
		name := "-"
		if v.Field >= 0 {
			name = p.fields[v.Field]
		}
		out += fmt.Sprintf("%s (kind %d, search %v) = %q\n", name, v.Kind, v.Search, v.Text)
	}
	return out
}
