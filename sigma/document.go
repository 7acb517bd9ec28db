package sigma

import (
	"time"

	"tyto/sigma/internal/logic"
)

// A Document is one YAML document of a rule file: a [*Rule], a [*Correlation]
// or a [*Filter].
type Document interface {
	// Head returns the attributes that all documents share.
	Head() *Meta
}

// Meta holds the attributes that rules, correlations and filters share
// (Sigma specification 2.1, "Sigma rules").
type Meta struct {
	Title, ID, Name, Status, Level, Author string
	Description, License, Taxonomy         string
	// Date and Modified are texts as written, normally YYYY-MM-DD.
	Date, Modified string
	// Path is the name that [Parse] was given, Line the first line of the
	// document in it, counted from 1.
	Path string
	Line int

	Tags, References, FalsePositives, Fields, Scope []string
	Related                                         []Related
	// Extra keeps the top-level keys that the specification does not know,
	// as scalars, []any and map[string]any.
	Extra map[string]any
}

// Head implements [Document].
func (m *Meta) Head() *Meta { return m }

// Refers reports whether ref, as a correlation or a filter writes it, means
// this document: by its id or by its name.
func (m *Meta) Refers(ref string) bool {
	return ref != "" && (ref == m.ID || ref == m.Name)
}

// Related names another rule and how it relates to this one: derived,
// obsolete, merged, renamed or similar.
type Related struct{ ID, Type string }

// A Logsource says which logs a rule reads. Empty attributes are not asked for.
type Logsource struct {
	Category, Product, Service string
	// Definition is prose for people: how to switch the log on.
	Definition string
}

// String returns the attributes that are set as "product/category/service".
func (l Logsource) String() string {
	out := ""
	for _, part := range []string{l.Product, l.Category, l.Service} {
		switch {
		case part == "":
		case out == "":
			out = part
		default:
			out += "/" + part
		}
	}
	return out
}

// A Rule is a detection on single events. It is immutable after parsing.
type Rule struct {
	Meta
	Logsource Logsource

	expr *logic.Expr
	// source rebuilds expr once values for placeholders are known; nil for
	// rules without placeholders.
	source *detection
}

// Correlation types.
const (
	EventCount      = "event_count"
	ValueCount      = "value_count"
	Temporal        = "temporal"
	TemporalOrdered = "temporal_ordered"
	ValueSum        = "value_sum"
	ValueAvg        = "value_avg"
	ValuePercentile = "value_percentile"
	ValueMedian     = "value_median"
)

// A Correlation is a statement about several events: how many, how many
// distinct values, which rules within which time.
type Correlation struct {
	Meta
	Type string // one of the constants above
	// Rules are ids or names of rules or of other correlations.
	Rules    []string
	GroupBy  []string
	Timespan time.Duration
	// Condition is empty for temporal types that want all their rules.
	Condition Condition
	// Aliases map an alias used in GroupBy to a field per rule:
	// Aliases[alias][rule] is a field name; rule is written as in Rules.
	Aliases map[string]map[string]string
	// Generate lets the referenced rules report their own matches too.
	Generate bool
}

// A Condition is what the number, or the set of rules, must satisfy.
type Condition struct {
	Terms []Term // ANDed
	// Fields is the tuple of fields whose values are counted or calculated
	// with (condition.field).
	Fields []string
	// Percentile is 0 to 100, for ValuePercentile; 50 when the rule has none.
	Percentile float64
	// Expr is the string form for temporal types; nil when not used.
	Expr *RefExpr
}

// A Term compares the number with Value.
type Term struct {
	Op    string // gt, gte, lt, lte, eq or neq
	Value float64
}

// Holds reports whether n satisfies the term. An unknown Op holds for no n.
func (t Term) Holds(n float64) bool {
	switch t.Op {
	case "gt":
		return n > t.Value
	case "gte":
		return n >= t.Value
	case "lt":
		return n < t.Value
	case "lte":
		return n <= t.Value
	case "eq":
		return n == t.Value
	case "neq":
		return n != t.Value
	}
	return false
}

// Holds reports whether n satisfies all terms.
func (c Condition) Holds(n float64) bool {
	for _, t := range c.Terms {
		if !t.Holds(n) {
			return false
		}
	}
	return true
}

// A RefOp is the kind of a node of a [RefExpr].
type RefOp uint8

// The operators of a [RefExpr].
const (
	RefRule RefOp = iota // true when the rule named Rule has matched
	RefAnd
	RefOr
	RefNot // exactly one argument
)

// A RefExpr is a Boolean expression over rule names, such as
// "rule_a and not rule_b".
type RefExpr struct {
	Op   RefOp
	Args []*RefExpr
	Rule string // as written in Correlation.Rules
}

// Holds evaluates the expression; seen tells which rules have matched.
func (e *RefExpr) Holds(seen func(rule string) bool) bool {
	switch e.Op {
	case RefAnd:
		for _, a := range e.Args {
			if !a.Holds(seen) {
				return false
			}
		}
		return true
	case RefOr:
		for _, a := range e.Args {
			if a.Holds(seen) {
				return true
			}
		}
		return false
	case RefNot:
		return !e.Args[0].Holds(seen)
	}
	return seen(e.Rule)
}

// A Filter narrows other rules: its condition is ANDed to each of them.
type Filter struct {
	Meta
	Logsource Logsource
	// Any is set when the filter applies to all rules of its log source;
	// otherwise Rules lists their ids or names.
	Any   bool
	Rules []string

	expr *logic.Expr
}

// Applies reports whether the filter changes rule r: r is named, or the filter
// is for any rule, and every log source attribute that the filter sets is the
// rule's own.
func (f *Filter) Applies(r *Rule) bool {
	if !f.Logsource.contains(r.Logsource) {
		return false
	}
	if f.Any {
		return true
	}
	for _, ref := range f.Rules {
		if r.Refers(ref) {
			return true
		}
	}
	return false
}

// contains reports whether every attribute that l sets equals o's.
func (l Logsource) contains(o Logsource) bool {
	return (l.Product == "" || l.Product == o.Product) &&
		(l.Category == "" || l.Category == o.Category) &&
		(l.Service == "" || l.Service == o.Service)
}
