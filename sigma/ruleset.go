package sigma

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/index"
	"tyto/sigma/internal/logic"
)

// Options change how [Compile] puts rules together.
type Options struct {
	// Placeholders gives the values for %name% (modifier expand), by name.
	// Values may hold wildcards.
	Placeholders map[string][]string
}

// A Rejected is a document that Compile could not use, and why.
type Rejected struct {
	Document Document
	Path     string
	Line     int
	Reason   string
}

// A Ruleset is a compiled set of rules, ready to be matched against events. It
// is safe for concurrent use; what depends on the log source is worked out
// when an event of that source is first seen.
type Ruleset struct {
	rules        []*Rule
	correlations []*Correlation
	silent       map[*Rule]bool
	refs         map[string]Document
	numbers      map[*Rule]int32 // place of each rule in rules

	prog     *index.Program
	members  []*logic.Expr        // what prog was made of
	channels map[string][]binding // by folded channel
	prefixes []string             // channels that are prefixes, without the star
	anywhere []binding            // bound to every Windows event
	other    []otherBinding
	fields   []ruleField // by program field id
	keyword  []bool      // per member: it looks for keywords

	mu     sync.RWMutex
	scopes map[scopeKey]*scope
	shared map[string]*scope // by members, so that equal scopes are one
}

// A ruleField is a field name as rules write it, and folded.
type ruleField struct{ name, folded string }

// A binding is one rule in one place.
type binding struct {
	rule  int32
	place place
	folds *folds
}

// otherBinding is a rule that is bound by product, category and service.
type otherBinding struct {
	rule   int32
	member int32
	source Logsource
}

// folds holds the members of one rule under one gate, by event id.
type folds struct {
	ids     []int
	members []int32 // for ids; -1 when the rule cannot hold for the id
	rest    int32   // for all other ids
}

func (f *folds) member(id int) int32 {
	for i, n := range f.ids {
		if n == id {
			return f.members[i]
		}
	}
	return f.rest
}

// Compile puts documents together: filters are applied to their rules, rules
// are bound to log sources, references of correlations are resolved. Documents
// that cannot be used are returned with the reason; the others work without
// them.
func Compile(docs []Document, opt Options) (*Ruleset, []Rejected) {
	c := &compiler{rs: &Ruleset{
		silent: map[*Rule]bool{}, refs: map[string]Document{}, numbers: map[*Rule]int32{},
		channels: map[string][]binding{}, scopes: map[scopeKey]*scope{}, shared: map[string]*scope{},
	}, opt: opt}
	for _, d := range docs {
		c.add(d)
	}
	c.applyFilters()
	c.resolveCorrelations()
	for i, r := range c.rs.rules {
		c.bind(int32(i), r, c.exprs[i])
	}
	c.finish()
	return c.rs, c.rejected
}

// A compiler collects what becomes a Ruleset.
type compiler struct {
	rs       *Ruleset
	opt      Options
	rejected []Rejected
	filters  []*Filter
	exprs    []*logic.Expr // per rule, filters applied
	members  []*logic.Expr
}

func (c *compiler) reject(d Document, format string, args ...any) {
	m := d.Head()
	c.rejected = append(c.rejected, Rejected{d, m.Path, m.Line, fmt.Sprintf(format, args...)})
}

// add takes a document in, unless its id or name is taken.
func (c *compiler) add(d Document) {
	m := d.Head()
	for _, ref := range []string{m.ID, m.Name} {
		if old := c.rs.refs[ref]; ref != "" && old != nil {
			c.reject(d, "%q is loaded already, from %s line %d", ref, old.Head().Path, old.Head().Line)
			return
		}
	}
	switch d := d.(type) {
	case *Rule:
		x, ok := c.ruleExpr(d)
		if !ok {
			return
		}
		if _, twice := c.rs.numbers[d]; twice {
			c.reject(d, "the same document was given twice")
			return
		}
		c.rs.numbers[d] = int32(len(c.rs.rules))
		c.rs.rules = append(c.rs.rules, d)
		c.exprs = append(c.exprs, x)
	case *Correlation:
		c.rs.correlations = append(c.rs.correlations, d)
	case *Filter:
		c.filters = append(c.filters, d)
	}
	for _, ref := range []string{m.ID, m.Name} {
		if ref != "" {
			c.rs.refs[ref] = d
		}
	}
}

// ruleExpr returns a rule's expression with placeholders filled in.
func (c *compiler) ruleExpr(r *Rule) (*logic.Expr, bool) {
	if r.source == nil {
		return r.expr, true
	}
	x := r.expr
	if len(c.opt.Placeholders) > 0 {
		p := &parser{file: r.source.file, placeholders: c.opt.Placeholders}
		if x = p.detection(r.source.node); p.failed {
			c.reject(r, "%s", p.diags[0].Text)
			return nil, false
		}
	}
	name := placeholderAt(x, true)
	if name == "" && needsValues(r.Path) {
		name = placeholderAt(x, false)
	}
	if name != "" {
		c.reject(r, "placeholder %s has no values", name)
		return nil, false
	}
	return x, true
}

// needsValues reports whether a rule lies in the folder in which SigmaHQ keeps
// the rules that are not meant to be used before their placeholders have
// values, even where these only exclude.
func needsValues(path string) bool {
	return slices.Contains(strings.Split(filepath.ToSlash(path), "/"), "rules-placeholder")
}

// applyFilters ANDs each filter's condition to the rules it is for. A filter
// that is for no loaded rule is reported, because it does nothing.
func (c *compiler) applyFilters() {
	for _, f := range c.filters {
		used := false
		for i, r := range c.rs.rules {
			if f.Applies(r) {
				used = true
				c.exprs[i] = &logic.Expr{Op: logic.And, Args: []*logic.Expr{c.exprs[i], f.expr}}
			}
		}
		if !used {
			c.reject(f, "filter applies to no loaded rule: %s", strings.Join(append(f.Rules, f.Logsource.String()), ", "))
		}
	}
}

// resolveCorrelations drops correlations whose references are missing or lead
// back to themselves, and marks the rules that only speak through others.
func (c *compiler) resolveCorrelations() {
	reasons := map[*Correlation]*string{}
	kept := c.rs.correlations[:0:0]
	for _, cor := range c.rs.correlations {
		if reason := c.unresolved(cor, reasons); reason != "" {
			c.reject(cor, "%s", reason)
			continue
		}
		kept = append(kept, cor)
	}
	for cor, reason := range reasons {
		if *reason != "" {
			delete(c.rs.refs, cor.ID)
			delete(c.rs.refs, cor.Name)
		}
	}
	c.rs.correlations = kept
	c.silence()
}

// unresolved says what is wrong with the references below cor, or "". It
// remembers its answers; one that is still being worked out is a circle.
func (c *compiler) unresolved(cor *Correlation, known map[*Correlation]*string) string {
	circle := "the correlation refers to itself"
	if r := known[cor]; r != nil {
		return *r
	}
	answer := &circle
	known[cor] = answer
	reason := ""
	for _, ref := range cor.Rules {
		switch d := c.rs.refs[ref].(type) {
		case nil:
			reason = fmt.Sprintf("rule %q is not loaded", ref)
		case *Filter:
			reason = fmt.Sprintf("%q is a filter", ref)
		case *Correlation:
			if r := c.unresolved(d, known); r != "" {
				reason = fmt.Sprintf("%q cannot be used: %s", ref, r)
			}
		}
		if reason != "" {
			break
		}
	}
	known[cor] = &reason
	return reason
}

// silence marks the rules that correlations refer to, but for those of which
// some correlation generates output.
func (c *compiler) silence() {
	loud := map[*Rule]bool{}
	for _, cor := range c.rs.correlations {
		for _, ref := range cor.Rules {
			if r, ok := c.rs.refs[ref].(*Rule); ok {
				c.rs.silent[r] = true
				loud[r] = loud[r] || cor.Generate
			}
		}
	}
	for r := range loud {
		if loud[r] {
			delete(c.rs.silent, r)
		}
	}
}

// bind enters a rule wherever its log source places it.
func (c *compiler) bind(i int32, r *Rule, x *logic.Expr) {
	c.bindOther(i, r, x)
	places, bound := windowsPlaces(r.Logsource)
	if !bound {
		return
	}
	if len(places) == 0 {
		c.rs.anywhere = append(c.rs.anywhere, binding{i, place{}, c.fold(x)})
		return
	}
	open := (*folds)(nil) // shared by all places without a gate
	for _, p := range places {
		b := binding{rule: i, place: p}
		switch {
		case p.gate != nil:
			b.folds = c.fold(&logic.Expr{Op: logic.And, Args: []*logic.Expr{p.gate.expr(), x}})
		case open == nil:
			open = c.fold(x)
			fallthrough
		default:
			b.folds = open
		}
		ch := fold.String(p.channel)
		c.rs.channels[ch] = append(c.rs.channels[ch], b)
	}
}

// expr returns the gate as a test.
func (g *gate) expr() *logic.Expr {
	args := make([]*logic.Expr, len(g.values))
	for i, v := range g.values {
		args[i] = atom(&logic.Leaf{Field: g.field, Kind: logic.Exact, Text: v})
	}
	return join(logic.Or, args)
}

// bindOther enters a rule under its product, category and service.
func (c *compiler) bindOther(i int32, r *Rule, x *logic.Expr) {
	l := r.Logsource
	if l.Product == "windows" && l.Category == "" && l.Service == "" {
		return // bound to every Windows event already
	}
	c.rs.other = append(c.rs.other, otherBinding{i, c.member(x), l})
}

// fold makes the members that a rule needs for the event ids that it mentions.
func (c *compiler) fold(x *logic.Expr) *folds {
	ids := eventIDs(x)
	if len(ids) == 0 {
		return &folds{rest: c.member(x)}
	}
	f := &folds{ids: ids, members: make([]int32, len(ids))}
	for i, id := range ids {
		f.members[i] = c.member(foldEventID(x, id))
	}
	f.rest = c.member(foldEventID(x, noEventID))
	return f
}

// noEventID stands for every id that a rule does not mention.
const noEventID = -1 << 31

// member adds an expression to the program; -1 when it can never hold.
func (c *compiler) member(x *logic.Expr) int32 {
	if x.Op == logic.False {
		return -1
	}
	if n := len(c.members); n > 0 && c.members[n-1] == x {
		return int32(n - 1)
	}
	c.members = append(c.members, x)
	return int32(len(c.members) - 1)
}

func (c *compiler) finish() {
	rs := c.rs
	rs.members = c.members
	rs.prog = index.Compile(c.members)
	names := rs.prog.FieldNames()
	rs.fields = make([]ruleField, len(names))
	for _, name := range names {
		rs.fields[rs.prog.FieldID(name)] = ruleField{name, fold.String(name)}
	}
	rs.keyword = make([]bool, len(c.members))
	for i, x := range c.members {
		rs.keyword[i] = hasKeyword(x)
	}
	for ch := range rs.channels {
		if prefix, ok := strings.CutSuffix(ch, "*"); ok {
			rs.prefixes = append(rs.prefixes, prefix)
		}
	}
	slices.Sort(rs.prefixes)
}

func hasKeyword(x *logic.Expr) bool {
	if x.Op == logic.Atom && x.Leaf.Field == "" {
		return true
	}
	for _, a := range x.Args {
		if hasKeyword(a) {
			return true
		}
	}
	return false
}

// Rules returns the loaded rules in the order in which they were given. The
// slice is not to be changed.
func (rs *Ruleset) Rules() []*Rule { return rs.rules }

// Correlations returns the loaded correlations in the order in which they were
// given. The slice is not to be changed.
func (rs *Ruleset) Correlations() []*Correlation { return rs.correlations }

// Resolve returns the loaded document with the given id or name, or nil.
func (rs *Ruleset) Resolve(ref string) Document { return rs.refs[ref] }

// Silent reports whether matches of r are only counted by correlations and
// not shown on their own: a correlation refers to r, and none that does has
// generate set.
func (rs *Ruleset) Silent(r *Rule) bool { return rs.silent[r] }

// FieldNames returns the names of all fields that something in the rule set
// looks at, sorted: tests of rules, the sources of aliases, and what
// correlations group by or calculate with. They are spelt as rules spell them;
// an event's field can differ in case and blanks, see [Ruleset.NewShape].
// Keyword rules look into all fields, named here or not.
func (rs *Ruleset) FieldNames() []string {
	names := slices.Clone(rs.prog.FieldNames())
	for k := viewNative; k < viewKinds; k++ {
		for _, a := range k.aliases() {
			names = append(names, a.from...)
		}
	}
	for _, c := range rs.correlations {
		names = append(names, c.Condition.Fields...)
		for _, g := range c.GroupBy {
			if c.Aliases[g] == nil {
				names = append(names, g)
			}
		}
		for _, fields := range c.Aliases {
			for _, f := range fields {
				names = append(names, f)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
