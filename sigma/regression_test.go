package sigma

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tyto/sigma/internal/logic"
)

// parseAll parses files in the order of their names and fails on any error.
func parseAll(t testing.TB, files map[string][]byte) []Document {
	t.Helper()
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	sort.Strings(names)
	var docs []Document
	for _, n := range names {
		d, diags := Parse(n, files[n])
		for _, x := range diags {
			if x.Severity == Error {
				t.Errorf("%v", x)
			}
		}
		docs = append(docs, d...)
	}
	return docs
}

// compiled is the rule set of all rules of the corpus; a test that needs it
// makes it.
var compiled struct {
	sync.Mutex
	rs *Ruleset
}

// corpusRules compiles all rules of the corpus, once.
func corpusRules(t testing.TB) *Ruleset {
	t.Helper()
	compiled.Lock()
	defer compiled.Unlock()
	if compiled.rs == nil {
		rs, rejected := Compile(parseAll(t, ruleFiles(t, false)), Options{})
		for _, r := range rejected {
			t.Errorf("%s:%d: rejected: %s", r.Path, r.Line, r.Reason)
		}
		compiled.rs = rs
	}
	return compiled.rs
}

// A record is a test event: named values and its source.
type record struct {
	src    Source
	fields []Field
	values []Value
	index  map[string]int
}

func (r *record) add(name string, header bool, kind Kind, text string) {
	key := name + strconv.FormatBool(header)
	i, ok := r.index[key]
	if !ok {
		if r.index == nil {
			r.index = map[string]int{}
		}
		i = len(r.fields)
		r.index[key] = i
		r.fields = append(r.fields, Field{name, header})
	}
	r.values = append(r.values, Value{uint16(i), kind, []byte(text)})
}

func (r *record) event(rs *Ruleset) *Event {
	return &Event{Source: r.src, Shape: rs.NewShape(r.fields), Values: r.values}
}

// dumped turns an event in evtx_dump's JSON form into a record.
func dumped(t testing.TB, raw map[string]any) *record {
	t.Helper()
	ev := raw["Event"].(map[string]any)
	sys := ev["System"].(map[string]any)
	r := &record{src: Source{Product: "windows"}}
	for name, v := range sys {
		m, nested := v.(map[string]any)
		if !nested {
			r.addAny(name, true, v)
			continue
		}
		if text, ok := m["#text"]; ok {
			r.addAny(name, true, text)
			sys[name] = text
		}
		attrs, _ := m["#attributes"].(map[string]any)
		for a, v := range attrs {
			r.addAny(name+"_"+a, true, v)
		}
	}
	r.src.Channel, _ = sys["Channel"].(string)
	r.src.EventID, _ = strconv.Atoi(fmt.Sprint(sys["EventID"]))
	for _, part := range []string{"EventData", "UserData"} {
		if m, ok := ev[part].(map[string]any); ok {
			r.addMap(m)
		}
	}
	return r
}

// addMap adds event data; nested elements lose the names of their parents.
func (r *record) addMap(m map[string]any) {
	for name, v := range m {
		if name == "#attributes" {
			continue
		}
		if inner, ok := v.(map[string]any); ok {
			if text, ok := inner["#text"]; ok {
				r.addAny(name, false, text)
				continue
			}
			r.addMap(inner)
			continue
		}
		r.addAny(name, false, v)
	}
}

func (r *record) addAny(name string, header bool, v any) {
	switch v := v.(type) {
	case nil:
		r.add(name, header, Text, "") // an empty element
	case []any:
		for _, x := range v {
			r.addAny(name, header, x)
		}
	case bool:
		r.add(name, header, Bool, strconv.FormatBool(v))
	case json.Number:
		r.add(name, header, Number, v.String())
	default:
		r.add(name, header, Text, fmt.Sprint(v))
	}
}

// dumpedFile reads one or more concatenated JSON events.
func dumpedFile(t testing.TB, path string) []*record {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	dec.UseNumber()
	var out []*record
	for {
		var raw map[string]any
		if err := dec.Decode(&raw); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, dumped(t, raw))
	}
}

// A regression is one case of the regression data.
type regression struct {
	path, rule string
	records    []*record
	want       int
}

var (
	ruleIDLine = regexp.MustCompile(`(?m)^\s+- id: (\S+)`)
	countLine  = regexp.MustCompile(`match_count: (\d+)`)
)

// regressions loads all cases that have JSON records.
func regressions(t testing.TB) []regression {
	t.Helper()
	// Upstream declares one match for these three; the data hold three.
	corrected := map[string]int{
		"0b9ad457-2554-44c1-82c2-d56a99c42377": 3,
		"8fbf3271-1ef6-4e94-8210-03c2317947f6": 3,
		"45e112d0-7759-4c2a-aa36-9f8fb79d3393": 3,
	}
	var out []regression
	err := filepath.WalkDir(corpus(t, "sigma", "regression_data"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.Name() != "info.yml" {
			return err
		}
		info, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		jsons, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.json"))
		if len(jsons) == 0 {
			return nil
		}
		c := regression{path: path, rule: string(ruleIDLine.FindSubmatch(info)[1]), want: -1}
		for _, j := range jsons {
			c.records = append(c.records, dumpedFile(t, j)...)
		}
		if m := countLine.FindSubmatch(info); m != nil {
			c.want, _ = strconv.Atoi(string(m[1]))
		}
		if n, ok := corrected[c.rule]; ok {
			c.want = n
		}
		out = append(out, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// matches runs one way of matching and returns the ids of the rules.
func matches(run func(*Event, func(*Rule)), ev *Event) []string {
	var ids []string
	run(ev, func(r *Rule) { ids = append(ids, r.ID) })
	return ids
}

// view is an event as the plain interpreter sees it, by the names of rules.
type plainView struct {
	byName map[string][]logic.Value
	search []logic.Value
}

func (v *plainView) Values(name string) []logic.Value { return v.byName[name] }
func (v *plainView) Searchable() []logic.Value        { return v.search }

// plainMatches matches without index: every member of the event's scope is
// evaluated by the plain interpreter.
func plainMatches(rs *Ruleset, in *logic.Interp, exprs []*logic.Expr, ev *Event) []string {
	sc := rs.scopeOf(ev.Source)
	hit := map[int32]bool{}
	e := rs.NewEvaluator()
	for i := range sc.views {
		v := &sc.views[i]
		if v.index == nil {
			continue
		}
		e.project(ev, v)
		pv := &plainView{byName: map[string][]logic.Value{}}
		for _, x := range e.values {
			val := logic.Value{Kind: logic.ValueKind(x.Kind), Text: x.Text}
			if x.Field >= 0 {
				name := rs.fields[x.Field].name
				pv.byName[name] = append(pv.byName[name], val)
			}
			if x.Search {
				pv.search = append(pv.search, val)
			}
		}
		for j, m := range v.members {
			if in.Eval(exprs[m], pv) {
				hit[v.rules[j]] = true
			}
		}
	}
	var ids []string
	for i, r := range rs.rules {
		if hit[int32(i)] {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// TestRegressionDataInTheJSONLane: each rule fires on its own records exactly
// as often as declared; the index, the scan and the plain interpreter agree on
// all other rules; every match is explained.
func TestRegressionDataInTheJSONLane(t *testing.T) {
	rs := corpusRules(t)
	e := rs.NewEvaluator()
	in := logic.NewInterp()
	exprs := rs.members
	cases := regressions(t)
	records, crossed := 0, 0
	for _, c := range cases {
		got := 0
		for _, rec := range c.records {
			records++
			ev := rec.event(rs)
			ids := matches(e.Match, ev)
			if scan := matches(e.Scan, ev); strings.Join(ids, " ") != strings.Join(scan, " ") {
				t.Errorf("%s: index finds %v, scan %v", c.path, ids, scan)
			}
			if plain := plainMatches(rs, in, exprs, ev); strings.Join(ids, " ") != strings.Join(plain, " ") {
				t.Errorf("%s: index finds %v, the plain interpreter %v", c.path, ids, plain)
			}
			for _, id := range ids {
				if id == c.rule {
					got++
				} else {
					crossed++
				}
				if r := rs.Resolve(id).(*Rule); len(e.Explain(ev, r)) == 0 {
					t.Errorf("%s: match of %s is not explained", c.path, r.Path)
				}
			}
		}
		if got == 0 || c.want >= 0 && got != c.want {
			t.Errorf("%s: rule %s matches %d times, want %d", c.path, c.rule, got, c.want)
		}
	}
	if len(cases) != 152 || records != 174 {
		t.Errorf("%d cases with %d records, want 152 with 174", len(cases), records)
	}
	t.Logf("%d further matches of other rules", crossed)
}

// TestRecordsWithoutTheReasonsAreNotFound removes, from each regression
// record, the values for which its rule fired: one after the other, where
// index and scan must agree on the rest, and all at once, where the rule must
// fall silent.
func TestRecordsWithoutTheReasonsAreNotFound(t *testing.T) {
	rs := corpusRules(t)
	e := rs.NewEvaluator()
	without := func(rec *record, ev *Event, reasons []Reason) *Event {
		out := *ev
		out.Values = nil
		for _, v := range ev.Values {
			drop := false
			for _, r := range reasons {
				drop = drop || strings.EqualFold(rec.fields[v.Field].Name, r.Field) || string(v.Text) == r.Value
			}
			if !drop {
				out.Values = append(out.Values, v)
			}
		}
		return &out
	}
	mutants, loud := 0, 0
	for _, c := range regressions(t) {
		r := rs.Resolve(c.rule).(*Rule)
		for _, rec := range c.records {
			ev := rec.event(rs)
			reasons := e.Explain(ev, r)
			for i := range reasons {
				one := without(rec, ev, reasons[i:i+1])
				ids, scan := matches(e.Match, one), matches(e.Scan, one)
				if strings.Join(ids, " ") != strings.Join(scan, " ") {
					t.Errorf("%s without %s: index finds %v, scan %v", c.path, reasons[i].Field, ids, scan)
				}
			}
			mutants++
			if contains(matches(e.Match, without(rec, ev, reasons)), c.rule) {
				loud++
				t.Logf("%s still fires without %v", r.Path, reasons)
			}
		}
	}
	// One rule asks for nothing but an event id.
	if mutants != 174 || loud > 1 {
		t.Errorf("%d of %d mutants still fire", loud, mutants)
	}
}
