// Package logic is the common language of Sigma's two halves: the half that
// reads rules writes expressions, the half that matches events evaluates them.
package logic

// An Op is the kind of a node in an expression.
type Op uint8

// The operators. True and False are the constants that folding produces.
const (
	And Op = iota
	Or
	Not // exactly one argument
	Atom
	True
	False
)

// An Expr is a Boolean expression over the fields of one event. It is
// immutable once built; sub-expressions may be shared.
type Expr struct {
	Op   Op
	Args []*Expr
	Leaf *Leaf // for Atom
	// Selection is the name of the search identifier that this expression
	// came from, set on the root of each selection, for explanations.
	Selection string
}

// A Kind is what a leaf asks of a value.
type Kind uint8

// The kinds of leaf. All but Regex compare without case unless Cased is set.
const (
	Exact      Kind = iota // the whole value equals Text
	Contains               // Text occurs in the value
	StartsWith             // the value begins with Text
	EndsWith               // the value ends with Text
	Glob                   // the whole value matches Parts
	Regex                  // the regular expression Text finds something
	Number                 // the value equals the number Text, as text or numerically
	BoolIs                 // the value is Text, "true" or "false"
	CIDR                   // the value is an address inside the network Text
	Null                   // the field is missing or null
	Empty                  // the field is present and empty
	Present                // the field is present (Sigma's '*'); null does not count
	Exists                 // the field is present, null included (modifier exists)
	FieldRef               // the value relates to that of the field Other as Rel says
	Compare                // the value as a number relates to Num as Rel says
	TimePart               // part Unit of the value as a time (UTC) relates to Num as Rel says
	Never                  // never true: an unresolved placeholder inside a filter
)

// A Rel is a relation between two values.
type Rel uint8

// The relations: the first six for numbers, Eq and the last three for FieldRef.
const (
	Eq Rel = iota
	Ne
	Lt
	Le
	Gt
	Ge
	RelStartsWith
	RelEndsWith
	RelContains
)

// A Leaf is one test of one field. A leaf with an empty Field is a keyword: it
// is true when any searchable value of the event satisfies it.
type Leaf struct {
	Field string
	Kind  Kind
	Text  string // literal, as written and with escapes resolved, not folded
	Parts []Part // for Glob
	Cased bool
	Flags string // for Regex: any of "ims"
	Other string // for FieldRef
	Rel   Rel
	Num   float64
	Unit  string // for TimePart: minute, hour, day, week, month, year
}

// A Part of a glob is either a literal or a wildcard.
type Part struct {
	Lit  string
	Wild byte // 0, '*' (any run, also empty, across newlines) or '?' (one rune)
}
