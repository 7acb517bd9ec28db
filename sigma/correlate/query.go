package correlate

import (
	"fmt"
	"math"

	"tyto/sigma"
)

type kind uint8

const (
	kindEvents kind = iota
	kindDistinct
	kindSum
	kindAvg
	kindRank
	kindSeen
	kindChain
)

// kinds names the correlation types and how many condition fields they use;
// max is 0 for those that use none and ignore what they are given.
var kinds = map[string]struct {
	kind     kind
	min, max int
	fields   string
}{
	sigma.EventCount:      {kindEvents, 0, 0, ""},
	sigma.ValueCount:      {kindDistinct, 1, 16, "1 to 16 fields"},
	sigma.ValueSum:        {kindSum, 1, 1, "one field"},
	sigma.ValueAvg:        {kindAvg, 1, 1, "one field"},
	sigma.ValuePercentile: {kindRank, 1, 1, "one field"},
	sigma.ValueMedian:     {kindRank, 1, 1, "one field"},
	sigma.Temporal:        {kindSeen, 0, 0, ""},
	sigma.TemporalOrdered: {kindChain, 0, 0, ""},
}

// A query is the compiled condition of a correlation. It is immutable.
type query struct {
	kind       kind
	span       int64 // nanoseconds
	inputs     int   // number of rules
	cond       sigma.Condition
	percentile float64
	expr       *expr      // temporal with a string condition
	sequences  []sequence // temporal_ordered: alternatives
	// waits is set when more events can make the condition false again, so
	// that it is judged on whole windows only.
	waits bool
	// need is how many events or values certainly decide the condition.
	need int
}

// windowed reports whether a group has to keep its window's events.
func (q *query) windowed() bool {
	return q.waits || q.kind == kindEvents || q.kind == kindSum
}

// numeric reports whether the condition compares a number made from events
// that must not be counted twice.
func (q *query) numeric() bool { return q.kind < kindSeen }

// saturates reports whether events beyond need can be forgotten.
func (q *query) saturates() bool { return q.kind == kindEvents && !q.waits }

func (q *query) tally() tally {
	switch q.kind {
	case kindDistinct:
		if q.waits {
			return &distinctTally{query: q, count: map[key]int{}}
		}
		return newRecentTally(q)
	case kindSum, kindAvg:
		return &sumTally{query: q}
	case kindRank:
		return &rankTally{query: q}
	case kindSeen:
		return newSeenTally(q)
	case kindChain:
		return newChainTally(q)
	}
	return &countTally{query: q}
}

// compile checks a correlation's own text; inputs maps its references to
// numbers from 0 on.
func compile(c *sigma.Correlation, inputs map[string]int, inputCount int) (*query, error) {
	k, ok := kinds[c.Type]
	switch n := len(c.Condition.Fields); {
	case !ok:
		return nil, fmt.Errorf("unknown correlation type %q", c.Type)
	case c.Timespan <= 0:
		return nil, fmt.Errorf("timespan must be longer than nothing")
	case n < k.min || n > k.max && k.max > 0:
		return nil, fmt.Errorf("%s takes %s in its condition, not %d", c.Type, k.fields, n)
	}
	q := &query{kind: k.kind, span: int64(c.Timespan), inputs: inputCount, cond: c.Condition, percentile: 50}
	q.cond.Fields = c.Condition.Fields[:min(k.max, len(c.Condition.Fields))]
	if c.Type == sigma.ValuePercentile {
		q.percentile = c.Condition.Percentile
	}
	if !(q.percentile >= 0 && q.percentile <= 100) {
		return nil, fmt.Errorf("percentile %v is not between 0 and 100", q.percentile)
	}
	return q, q.condition(c, inputs)
}

func (q *query) condition(c *sigma.Correlation, inputs map[string]int) error {
	temporal := q.kind == kindSeen || q.kind == kindChain
	switch {
	case c.Condition.Expr != nil && !temporal:
		return fmt.Errorf("%s compares a number; a condition on rule names is for the temporal types", c.Type)
	case c.Condition.Expr != nil && len(c.Condition.Terms) > 0:
		return fmt.Errorf("condition has both rule names and a comparison")
	case c.Condition.Expr != nil:
		return q.expression(c.Condition.Expr, inputs)
	case len(c.Condition.Terms) == 0 && !temporal:
		return fmt.Errorf("%s needs a comparison (gt, gte, lt, lte, eq or neq) in its condition", c.Type)
	case len(c.Condition.Terms) == 0:
		q.cond.Terms = []sigma.Term{{Op: "gte", Value: float64(q.inputs)}}
	}
	if q.kind == kindChain {
		return q.wholeSequence()
	}
	return q.comparison()
}

// comparison derives from the terms whether the condition waits, and how much
// decides it.
func (q *query) comparison() error {
	q.waits = q.kind == kindAvg || q.kind == kindRank
	q.need = 1
	for _, t := range q.cond.Terms {
		if math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
			return fmt.Errorf("%s: %v is no number to compare with", t.Op, t.Value)
		}
		switch t.Op {
		case "gt", "gte":
		case "lt", "lte", "eq", "neq":
			q.waits = true
		default:
			return fmt.Errorf("unknown comparison %q", t.Op)
		}
		if q.kind == kindEvents || q.kind == kindDistinct {
			q.need = max(q.need, decisive(t))
		}
	}
	return nil
}

// decisive returns the count from which on the term's answer stays the same.
func decisive(t sigma.Term) int {
	n := math.Floor(t.Value) + 1
	if t.Op == "gte" {
		n = math.Ceil(t.Value)
	}
	return int(min(max(n, 1), 1<<30))
}

// wholeSequence handles temporal_ordered without rule names: all rules, in the
// order of the list.
func (q *query) wholeSequence() error {
	n := float64(q.inputs)
	if err := q.comparison(); err != nil {
		return err
	}
	if !q.cond.Holds(n) || q.cond.Holds(n-1) {
		return fmt.Errorf("temporal_ordered means all its %d rules; the comparison asks for another number", q.inputs)
	}
	var s sequence
	for i := range q.inputs {
		s.order = append(s.order, i)
	}
	q.sequences, q.waits = []sequence{s}, false
	return nil
}

// expression handles the string conditions of the temporal types.
func (q *query) expression(e *sigma.RefExpr, inputs map[string]int) error {
	x, err := compileExpr(e, inputs, 0)
	if err != nil {
		return err
	}
	q.waits = x.negates(false)
	if q.kind == kindSeen {
		q.expr = x
		return nil
	}
	q.sequences, err = x.alternatives()
	return err
}
