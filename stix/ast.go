package stix

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of a pattern constant.
type Kind int

// The kinds of constants. Binary covers both h'..' and b'..'.
const (
	KindString Kind = iota
	KindInt
	KindFloat
	KindBool
	KindBinary
	KindTime
)

// Literal is a constant of a pattern. Text holds a string, the bytes of a
// binary constant, or the spelling of a timestamp; Float holds integers too.
type Literal struct {
	Kind  Kind
	Text  string
	Int   int64
	Float float64
	Bool  bool
	Time  time.Time

	hex       bool // written as h'..'
	noSuchDay bool // t'2024-02-30..': legal to write, equal to nothing
}

// Value is the constant as a Go value: string, int64, float64, bool, []byte or
// time.Time.
func (l Literal) Value() any {
	switch l.Kind {
	case KindInt:
		return l.Int
	case KindFloat:
		return l.Float
	case KindBool:
		return l.Bool
	case KindBinary:
		return []byte(l.Text)
	case KindTime:
		return l.Time
	}
	return l.Text
}

// String writes the constant as patterns do.
func (l Literal) String() string {
	switch l.Kind {
	case KindInt:
		return strconv.FormatInt(l.Int, 10)
	case KindFloat:
		return formatFloat(l.Float)
	case KindBool:
		return strconv.FormatBool(l.Bool)
	case KindTime:
		return "t'" + l.Text + "'"
	case KindBinary:
		return l.binaryString()
	}
	return quotePattern(l.Text)
}

func (l Literal) binaryString() string {
	if l.hex {
		return "h'" + hex.EncodeToString([]byte(l.Text)) + "'"
	}
	return "b'" + base64.StdEncoding.EncodeToString([]byte(l.Text)) + "'"
}

func formatFloat(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func quotePattern(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Op is a comparison operator as written, in its canonical spelling: "=" for
// "==", "!=" for "<>".
type Op string

// The comparison operators of section 9.6.
const (
	OpEqual      Op = "="
	OpNotEqual   Op = "!="
	OpLess       Op = "<"
	OpLessEq     Op = "<="
	OpGreater    Op = ">"
	OpGreaterEq  Op = ">="
	OpIn         Op = "IN"
	OpLike       Op = "LIKE"
	OpMatches    Op = "MATCHES"
	OpIsSubset   Op = "ISSUBSET"
	OpIsSuperset Op = "ISSUPERSET"
	OpExists     Op = "EXISTS"
)

// Step is one step of an object path: a property name, a list index, or any
// element of a list.
type Step struct {
	Name  string
	Index int  // meaningful when IsIndex
	Any   bool // [*]

	IsIndex bool // [n]
}

// Path is an object path such as file:hashes.'SHA-256'.
type Path struct {
	Type  string
	Steps []Step
}

// String writes the path, quoting names that need it.
func (p Path) String() string {
	return p.Type + ":" + p.Property()
}

// Property is the path without the type and the colon.
func (p Path) Property() string {
	var b strings.Builder
	for i, s := range p.Steps {
		switch {
		case s.Any:
			b.WriteString("[*]")
		case s.IsIndex:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(quoteName(s.Name))
		}
	}
	return b.String()
}

// lastName is the name of the property that a path ends at.
func (p Path) lastName() string {
	for i := len(p.Steps) - 1; i >= 0; i-- {
		if p.Steps[i].Name != "" {
			return p.Steps[i].Name
		}
	}
	return ""
}

func quoteName(s string) string {
	if s == "" || !isWordStart(s[0]) {
		return quotePattern(s)
	}
	for i := range len(s) {
		if !isWordStart(s[i]) && !isDigit(s[i]) {
			return quotePattern(s)
		}
	}
	return s
}

// Test is one comparison, such as file:size > 1024.
type Test struct {
	Path   Path
	Op     Op
	Not    bool
	Values []Literal // one, none for EXISTS, any number for IN

	pos int
}

// String writes the test as patterns do.
func (t *Test) String() string {
	not := ""
	if t.Not {
		not = "NOT "
	}
	switch t.Op {
	case OpExists:
		return not + "EXISTS " + t.Path.String()
	case OpIn:
		return t.Path.String() + " " + not + "IN (" + joinLiterals(t.Values) + ")"
	}
	return t.Path.String() + " " + not + string(t.Op) + " " + t.Values[0].String()
}

func joinLiterals(ls []Literal) string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = l.String()
	}
	return strings.Join(out, ", ")
}

// Comparison is what stands between square brackets: a single test, or a
// conjunction or disjunction of two or more. Chains are flattened.
type Comparison struct {
	Test *Test         // set for a single test
	All  []*Comparison // AND
	Any  []*Comparison // OR
}

// String writes the comparison with the parentheses it needs.
func (c *Comparison) String() string {
	switch {
	case c.Test != nil:
		return c.Test.String()
	case c.All != nil:
		return joinComparisons(c.All, " AND ", func(x *Comparison) bool { return x.Any != nil })
	}
	return joinComparisons(c.Any, " OR ", func(*Comparison) bool { return false })
}

func joinComparisons(cs []*Comparison, sep string, wrap func(*Comparison) bool) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.String()
		if wrap(c) {
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, sep)
}

// Tests calls yield for every test in order until it answers false.
func (c *Comparison) Tests(yield func(*Test) bool) {
	c.eachTest(yield)
}

func (c *Comparison) eachTest(yield func(*Test) bool) bool {
	if c.Test != nil {
		return yield(c.Test)
	}
	for _, list := range [][]*Comparison{c.All, c.Any} {
		for _, x := range list {
			if !x.eachTest(yield) {
				return false
			}
		}
	}
	return true
}

// ExprKind says what an observation expression is.
type ExprKind int

// The kinds of observation expressions (section 9.5).
const (
	ExprObservation ExprKind = iota // [ comparison ]
	ExprAnd
	ExprOr
	ExprFollowedBy
	ExprWithin
	ExprRepeats
	ExprStartStop
)

// Expr is a node of an observation expression. The qualifiers have one
// argument, the operators two or more; chains of one operator are flattened.
type Expr struct {
	Kind    ExprKind
	Args    []*Expr
	Compare *Comparison   // ExprObservation
	Within  time.Duration // ExprWithin
	Times   int           // ExprRepeats
	Start   time.Time     // ExprStartStop, inclusive
	Stop    time.Time     // ExprStartStop, exclusive

	texts [2]string // spelling of the qualifier's numbers or times
}

// String writes the expression with the parentheses it needs.
func (e *Expr) String() string {
	switch e.Kind {
	case ExprObservation:
		return "[" + e.Compare.String() + "]"
	case ExprAnd, ExprOr, ExprFollowedBy:
		return e.chain()
	}
	arg := e.Args[0]
	s := arg.String()
	if arg.Kind == ExprAnd || arg.Kind == ExprOr || arg.Kind == ExprFollowedBy {
		s = "(" + s + ")"
	}
	return s + e.qualifier()
}

func (e *Expr) qualifier() string {
	switch e.Kind {
	case ExprWithin:
		return " WITHIN " + e.texts[0] + " SECONDS"
	case ExprRepeats:
		return " REPEATS " + e.texts[0] + " TIMES"
	}
	return " START t'" + e.texts[0] + "' STOP t'" + e.texts[1] + "'"
}

func (e *Expr) chain() string {
	words := map[ExprKind]string{ExprAnd: " AND ", ExprOr: " OR ", ExprFollowedBy: " FOLLOWEDBY "}
	out := make([]string, len(e.Args))
	for i, a := range e.Args {
		out[i] = a.String()
		if a.Kind == ExprOr && e.Kind == ExprAnd || a.Kind == ExprFollowedBy {
			out[i] = "(" + out[i] + ")"
		}
	}
	return strings.Join(out, words[e.Kind])
}

// Comparisons calls yield for every bracketed comparison in order until it
// answers false.
func (e *Expr) Comparisons(yield func(*Comparison) bool) {
	e.eachComparison(yield)
}

func (e *Expr) eachComparison(yield func(*Comparison) bool) bool {
	if e.Kind == ExprObservation {
		return yield(e.Compare)
	}
	for _, a := range e.Args {
		if !a.eachComparison(yield) {
			return false
		}
	}
	return true
}
