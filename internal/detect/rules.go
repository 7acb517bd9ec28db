package detect

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tyto/sigma"
	"tyto/sigma/correlate"
)

// A RuleSource is a place that rules come from: the embedded pack, a folder, a
// zip.
type RuleSource struct {
	Name string // how paths are shown: Name + "/" + the path inside
	FS   fs.FS
	Root string // folder or file inside FS, "." for all of it
}

// RuleOptions choose among the rules that are found.
type RuleOptions struct {
	MinLevel Level    // lower ones are not loaded, unless a correlation needs them
	Only     []string // ids, titles or patterns of file names; empty: all
	Exclude  []string // the same, left out
	Workers  int      // 0: one per core
}

// maxRuleFile is the size of the largest rule file that is read. The largest
// public one has 150 KB.
const maxRuleFile = 4 << 20

// Rules is a loaded set, ready to hunt with. It is immutable.
type Rules struct {
	Set          *sigma.Ruleset
	Plan         *correlate.Plan
	Rules        []*sigma.Rule
	Correlations []*sigma.Correlation
	Rejected     []Rejection
	Diagnostics  []sigma.Diagnostic // why, with the line of the file
	Problems     []Rejection        // of those rejected, the ones no Diagnostic tells
	Sources      []RuleSet          // in the order given
	Inactive     int                // documents left out: deprecated or unsupported
	Replaced     int                // documents left out: an earlier source has another version

	index    map[*sigma.Rule]int
	base     map[int]bool                // rules that only correlations asked for
	baseOnly map[*sigma.Correlation]bool // the same of correlations
	level    []Level                     // of each rule
}

// A RuleSet says what came from one source.
type RuleSet struct {
	Source string
	Rules  int    // documents loaded
	Other  int    // YAML files that hold no rules
	SHA256 string // over the names and bytes of all rule files
}

// Loaded returns how many rules and correlations the set has.
func (r *Rules) Loaded() int { return len(r.Rules) + len(r.Correlations) }

// Names returns a function that reports whether a rule looks at a field of
// that name, without case.
func (r *Rules) Names() func(string) bool {
	names := make(map[string]bool)
	for _, n := range r.Set.FieldNames() {
		names[strings.ToLower(n)] = true
	}
	return func(name string) bool { return names[strings.ToLower(name)] }
}

// ProcessRules returns how many rules look at started processes.
func (r *Rules) ProcessRules() int {
	n := 0
	for i, rule := range r.Rules {
		if rule.Logsource.Category == "process_creation" && rule.Logsource.Product == "windows" && !r.base[i] {
			n++
		}
	}
	return n
}

// reports reports whether a rule's own matches are findings.
func (r *Rules) reports(index int, min Level) bool {
	return r.level[index] >= min && !r.base[index] && !r.Plan.Suppressed(index)
}

// shown reports whether a rule is one that people see findings of.
func (r *Rules) shown(rule *sigma.Rule) bool {
	i, ok := r.index[rule]
	return ok && !r.base[i]
}

// LoadRules reads, checks and compiles rules. Rules that cannot be used are
// rejected with the reason and do not keep others from working; the error is
// that of reading a source. Of two rules with one id the first is taken, in
// the order of sources.
func LoadRules(ctx context.Context, sources []RuleSource, opt RuleOptions) (*Rules, error) {
	out := &Rules{index: make(map[*sigma.Rule]int), base: make(map[int]bool), baseOnly: make(map[*sigma.Correlation]bool)}
	var docs []sigma.Document
	seen := make(map[string]*ruleFile) // by id
	for i, src := range sources {
		files, err := listRuleFiles(ctx, src)
		if err != nil {
			return nil, fmt.Errorf("reading rules from %s: %w", src.Name, err)
		}
		readRuleFiles(ctx, src, files, opt.Workers)
		set := RuleSet{Source: src.Name, SHA256: digestOf(files)}
		for _, f := range files {
			f.source = i
			if f.other {
				set.Other++
				continue
			}
			out.reject(f)
			fresh := out.fresh(f, seen)
			docs = append(docs, fresh...)
			set.Rules += len(fresh)
			for _, d := range fresh { // chosen all the same where a correlation asks for it
				if inactive(d.Head()) {
					out.Inactive++
					set.Rules--
				}
			}
		}
		out.Sources = append(out.Sources, set)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out.compile(choose(docs, opt))
	return out, nil
}

// fresh returns the documents of a file whose ids are not taken, and takes them.
func (r *Rules) fresh(f *ruleFile, seen map[string]*ruleFile) []sigma.Document {
	var out []sigma.Document
	for _, d := range f.docs {
		id := d.Head().ID
		if first, taken := seen[id]; taken && id != "" {
			r.duplicate(d.Head(), f, first)
			continue
		}
		seen[id] = f
		out = append(out, d)
	}
	return out
}

// duplicate tells that a document is not used because its id is taken. Within
// one source that is an error; a rule of an earlier source takes the place of
// another's on purpose. The same file in two sources is nothing to tell.
func (r *Rules) duplicate(m *sigma.Meta, f, first *ruleFile) {
	switch {
	case f.source == first.source:
		r.problem(f.name, m.Line, fmt.Sprintf("id %s is loaded already, from %s", m.ID, first.name))
	case !bytes.Equal(f.data, first.data):
		r.Replaced++
	}
}

// reject takes over why documents of a file are not used.
func (r *Rules) reject(f *ruleFile) {
	if f.err != nil {
		r.problem(f.name, 0, f.err.Error())
	}
	r.Diagnostics = append(r.Diagnostics, f.diags...)
	r.Rejected = append(r.Rejected, rejections(f)...)
}

// rejections names each document with errors once, by the first of them.
func rejections(f *ruleFile) []Rejection {
	var out []Rejection
	ends := separators(f.data)
	more, last := 0, -1
	finish := func() {
		if more > 0 {
			out[len(out)-1].Reason += fmt.Sprintf(" (and %d more)", more)
		}
		more = 0
	}
	for _, d := range f.diags {
		if d.Severity != sigma.Error {
			continue
		}
		doc, _ := slices.BinarySearch(ends, d.Line+1)
		if doc == last {
			more++
			continue
		}
		finish()
		last = doc
		reason := d.Text
		if d.Hint != "" {
			reason += "; " + d.Hint
		}
		out = append(out, Rejection{Path: d.File, Line: d.Line, Reason: reason})
	}
	finish()
	return out
}

// separators returns the lines at which YAML documents end.
func separators(data []byte) []int {
	var lines []int
	for n := 1; len(data) > 0; n++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		if bytes.HasPrefix(text, []byte("---")) {
			lines = append(lines, n)
		}
		data = rest
	}
	return lines
}

func (r *Rules) problem(path string, line int, reason string) {
	p := Rejection{Path: path, Line: line, Reason: reason}
	r.Problems = append(r.Problems, p)
	r.Rejected = append(r.Rejected, p)
}

// choose applies the options. Rules that a chosen correlation refers to stay,
// as its base, whatever their level.
func choose(docs []sigma.Document, opt RuleOptions) (chosen []sigma.Document, bases map[sigma.Document]bool) {
	needed := make(map[string]bool)
	for changed := true; changed; { // correlations of correlations
		changed = false
		for _, d := range docs {
			c, ok := d.(*sigma.Correlation)
			if !ok || !(opt.wants(d.Head()) || needed[c.ID] || needed[c.Name]) {
				continue
			}
			for _, ref := range c.Rules {
				if !needed[ref] {
					needed[ref], changed = true, true
				}
			}
		}
	}
	delete(needed, "")
	bases = make(map[sigma.Document]bool)
	for _, d := range docs {
		m := d.Head()
		switch filter, isFilter := d.(*sigma.Filter); {
		case isFilter && leftOut(filter, docs, opt):
		case isFilter || opt.wants(m):
			chosen = append(chosen, d)
		case needed[m.ID] || needed[m.Name]:
			chosen = append(chosen, d)
			bases[d] = true
		}
	}
	return chosen, bases
}

// inactive reports whether a document's authors have withdrawn it.
func inactive(m *sigma.Meta) bool { return m.Status == "deprecated" || m.Status == "unsupported" }

// leftOut reports whether a filter is for nothing but rules that the options
// leave out: then it is not at fault when it has nothing to do.
func leftOut(f *sigma.Filter, docs []sigma.Document, opt RuleOptions) bool {
	found := false
	for _, d := range docs {
		if r, ok := d.(*sigma.Rule); ok && f.Applies(r) {
			if opt.wants(&r.Meta) {
				return false
			}
			found = true
		}
	}
	return found
}

// wants reports whether the options ask for a rule.
func (o *RuleOptions) wants(m *sigma.Meta) bool {
	if inactive(m) {
		return false
	}
	if level, ok := ParseLevel(m.Level); ok && level < o.MinLevel || !ok && Medium < o.MinLevel {
		return false
	}
	return (len(o.Only) == 0 || names(o.Only, m)) && !names(o.Exclude, m)
}

// names reports whether one of the words means the rule: its id, its title, or
// a pattern for its path or file name.
func names(words []string, m *sigma.Meta) bool {
	for _, w := range words {
		low := strings.ToLower(w)
		if w == m.ID || strings.EqualFold(w, m.Title) ||
			matches(low, strings.ToLower(m.Path)) || matches(low, strings.ToLower(path.Base(m.Path))) {
			return true
		}
	}
	return false
}

// compile makes the set and the plan of correlations.
func (r *Rules) compile(docs []sigma.Document, bases map[sigma.Document]bool) {
	set, rejected := sigma.Compile(docs, sigma.Options{})
	r.Set = set
	for _, j := range rejected {
		r.problem(j.Path, j.Line, j.Reason)
	}
	r.Rules, r.Correlations = set.Rules(), set.Correlations()
	metas := make([]*sigma.Meta, len(r.Rules))
	r.level = make([]Level, len(r.Rules))
	for i, rule := range r.Rules {
		r.index[rule], metas[i] = i, &rule.Meta
		r.base[i] = bases[rule]
		level, ok := ParseLevel(rule.Level)
		if !ok {
			level = Medium
		}
		r.level[i] = level
	}
	for _, c := range r.Correlations {
		r.baseOnly[c] = bases[c]
	}
	plan, problems := correlate.NewPlan(r.Correlations, metas)
	r.Plan = plan
	for _, p := range problems {
		if !p.Warning {
			r.problem(p.Path, p.Line, p.Message)
		}
	}
	slices.SortStableFunc(r.Rejected, func(a, b Rejection) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Reason, b.Reason))
	})
}

// RuleText returns the file that a rule with this [sigma.Meta.Path] came from.
func RuleText(sources []RuleSource, shown string) ([]byte, error) {
	for _, src := range sources {
		inner, ok := strings.CutPrefix(shown, src.Name+"/")
		if src.Name == "." { // which paths do not show
			inner, ok = shown, true
		}
		if !ok {
			continue
		}
		if data, err := fs.ReadFile(src.FS, inner); err == nil {
			return data, nil
		}
	}
	return nil, fmt.Errorf("reading %s: %w", shown, fs.ErrNotExist)
}
