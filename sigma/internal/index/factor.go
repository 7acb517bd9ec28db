package index

import (
	"regexp/syntax"
	"slices"
	"sort"
	"unicode/utf8"

	"tyto/sigma/internal/fold"
)

// Bounds of the factor analysis. They keep guards cheap; a pattern beyond them
// only gets weaker guards.
const (
	maxJoin       = 16 // strings of a concatenation that are kept apart
	maxAlternates = 64 // strings of an alternation
	maxMembers    = 4  // folded runes of a character class
	maxRepeats    = 8  // repetitions that are joined
	maxClauses    = 6  // guards of one pattern
	minRun        = 8  // shortest repetition worth a run guard
)

// A clause is a set of folded literals of which a value must contain one.
type clause []string

// weight says how selective a clause is: by its shortest literal.
func (c clause) weight() int {
	least := len(c[0])
	for _, lit := range c {
		least = min(least, len(lit))
	}
	return 1024*least - len(c)
}

// A classRun demands a run of at least n bytes of a class. Bytes from 0x80 on
// count as members, so on other than ASCII it demands less than the pattern.
type classRun struct {
	member [256]bool
	n      int
}

func (r *classRun) in(text []byte) bool {
	for end := r.n - 1; end < len(text); {
		// Look backwards from where a run from the last miss would end.
		i := end
		for i > end-r.n && r.member[text[i]] {
			i--
		}
		if i == end-r.n {
			return true
		}
		end = i + r.n
	}
	return false
}

// factors are conditions that every value must meet in which a pattern finds
// something.
type factors struct {
	clauses []clause
	runs    []*classRun
	min     int  // bytes
	isRun   bool // on ASCII, meeting runs[0] is also enough
}

// language is what the analysis knows about one sub-expression: the finite set
// of folded strings that it matches, or else clauses that its matches satisfy.
type language struct {
	finite  []string // nil when not known
	clauses []clause
}

var emptyString = language{finite: []string{""}}

// must returns clauses that hold for every match.
func (l language) must() []clause {
	if l.finite == nil {
		return l.clauses
	}
	if slices.Contains(l.finite, "") {
		return nil
	}
	return []clause{l.finite}
}

// factorsOf analyses a pattern.
func factorsOf(re *syntax.Regexp) factors {
	f := factors{min: minLength(re), clauses: languageOf(re).must()}
	sort.SliceStable(f.clauses, func(i, j int) bool { return f.clauses[i].weight() > f.clauses[j].weight() })
	f.clauses = f.clauses[:min(len(f.clauses), maxClauses)]
	f.addRuns(re)
	f.isRun = len(f.runs) > 0 && isClassRun(re)
	return f
}

func languageOf(re *syntax.Regexp) language {
	switch re.Op {
	case syntax.OpLiteral:
		return literalLanguage(re.Rune)
	case syntax.OpCharClass:
		return classLanguage(re.Rune)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return emptyString
	case syntax.OpCapture:
		return languageOf(re.Sub[0])
	case syntax.OpPlus:
		return language{clauses: languageOf(re.Sub[0]).must()}
	case syntax.OpRepeat:
		return repeatLanguage(re)
	case syntax.OpQuest:
		if sub := languageOf(re.Sub[0]); sub.finite != nil && len(sub.finite) < maxJoin {
			return language{finite: unique(append([]string{""}, sub.finite...))}
		}
	case syntax.OpConcat:
		return concatLanguage(re.Sub)
	case syntax.OpAlternate:
		return alternateLanguage(re.Sub)
	}
	return language{}
}

// repeatLanguage joins as many of the repetitions as stay few strings.
func repeatLanguage(re *syntax.Regexp) language {
	if re.Min < 1 {
		return language{}
	}
	sub := languageOf(re.Sub[0])
	if sub.finite == nil {
		return sub
	}
	joined, n := sub.finite, 1
	for ; n < re.Min && n < maxRepeats && len(joined)*len(sub.finite) <= maxJoin; n++ {
		joined = cross(joined, sub.finite)
	}
	if n == re.Max {
		return language{finite: joined}
	}
	return language{clauses: language{finite: joined}.must()}
}

// literalLanguage knows nothing of a literal with U+FFFD, which regexp also
// finds in bytes that are not UTF-8.
func literalLanguage(runes []rune) language {
	if slices.Contains(runes, utf8.RuneError) {
		return language{}
	}
	return language{finite: []string{fold.String(string(runes))}}
}

func classLanguage(ranges []rune) language {
	var set []string
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 4*maxMembers {
			return language{}
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r == utf8.RuneError {
				return language{}
			}
			set = unique(append(set, string(fold.Rune(r))))
		}
	}
	if len(set) == 0 || len(set) > maxMembers {
		return language{}
	}
	return language{finite: set}
}

// concatLanguage joins neighbours whose sets stay small and collects the
// clauses of what it cannot join.
func concatLanguage(subs []*syntax.Regexp) language {
	open := []string{""} // strings of the parts joined so far
	whole := true
	var clauses []clause
	for _, sub := range subs {
		l := languageOf(sub)
		if l.finite != nil && len(open)*len(l.finite) <= maxJoin {
			open = cross(open, l.finite)
			continue
		}
		whole = false
		clauses = append(clauses, language{finite: open}.must()...)
		if open = l.finite; open == nil {
			clauses = append(clauses, l.clauses...)
			open = []string{""}
		}
	}
	if whole {
		return language{finite: open}
	}
	return language{clauses: append(clauses, language{finite: open}.must()...)}
}

func alternateLanguage(subs []*syntax.Regexp) language {
	var all []string
	finite := true
	for _, sub := range subs {
		l := languageOf(sub)
		finite = finite && l.finite != nil
		all = append(all, l.finite...)
	}
	if all = unique(all); finite && len(all) <= maxAlternates {
		return language{finite: all}
	}
	var union clause
	for _, sub := range subs {
		best := bestClause(languageOf(sub).must())
		if best == nil {
			return language{}
		}
		union = append(union, best...)
	}
	return language{clauses: []clause{unique(union)}}
}

func bestClause(clauses []clause) clause {
	var best clause
	for _, c := range clauses {
		if best == nil || c.weight() > best.weight() {
			best = c
		}
	}
	return best
}

func cross(a, b []string) []string {
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return unique(out)
}

func unique(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// minLength returns the least number of bytes that a match of re takes up. It
// counts one per rune: a rune may have an ASCII one in its orbit, or stand for a
// byte that is not UTF-8.
func minLength(re *syntax.Regexp) int {
	const limit = 1 << 20 // against overflow in nested repetitions
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return minLength(re.Sub[0])
	case syntax.OpRepeat:
		return min(limit, re.Min*minLength(re.Sub[0]))
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n = min(limit, n+minLength(sub))
		}
		return n
	case syntax.OpAlternate:
		least := limit
		for _, sub := range re.Sub {
			least = min(least, minLength(sub))
		}
		return least
	}
	return 0
}

// addRuns collects the run guards of all repetitions that a match cannot do
// without.
func (f *factors) addRuns(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			f.addRuns(sub)
		}
	case syntax.OpCapture, syntax.OpPlus:
		f.addRuns(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min < 1 {
			return
		}
		if r := runOf(re); r != nil {
			f.runs = append(f.runs, r)
			return
		}
		f.addRuns(re.Sub[0])
	}
}

// runOf returns the run guard of a repetition of one class, or nil.
func runOf(re *syntax.Regexp) *classRun {
	if re.Min < minRun {
		return nil
	}
	r := &classRun{n: re.Min}
	for b := 0x80; b < 256; b++ {
		r.member[b] = true
	}
	switch sub := re.Sub[0]; sub.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		for b := range 0x80 {
			r.member[b] = sub.Op == syntax.OpAnyChar || b != '\n'
		}
	case syntax.OpCharClass:
		for i := 0; i < len(sub.Rune); i += 2 {
			for b := sub.Rune[i]; b <= sub.Rune[i+1] && b < 0x80; b++ {
				r.member[b] = true
			}
		}
	default:
		return nil
	}
	return r
}

// isClassRun reports whether the whole pattern is one unanchored class run.
func isClassRun(re *syntax.Regexp) bool {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	return re.Op == syntax.OpRepeat && runOf(re) != nil
}
