package stix

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// This file is the meaning of the comparison operators (section 9.6).

// EvalError tells that a test could not be decided on an observation, such as
// a timestamp constant against text that is no timestamp. The observation counts
// as not matching.
type EvalError struct {
	Test string // the test, as the pattern has it
	Text string
}

// Error is "evaluating TEST: TEXT".
func (e *EvalError) Error() string {
	return visible(fmt.Sprintf("evaluating %s: %s", shorten(e.Test, 200), e.Text))
}

var errFuel = errors.New("the observation is too large for this pattern")

var errNotTime = errors.New("the property is not a timestamp")

// compiledTest is a test with its constants prepared.
type compiledTest struct {
	*Test
	binary bool         // the property ends in _bin or _hex
	hex    bool         // it ends in _hex
	like   *likePattern // LIKE
	expr   matchFunc    // MATCHES
	cost   int          // fuel that expr burns for each byte, at worst
	net    netip.Prefix // ISSUBSET, ISSUPERSET
	set    *constantSet // IN and = with many constants
}

type matchFunc func(string) bool

// holds says whether the test is true for one value. Costly operators burn
// fuel.
func (t *compiledTest) holds(v any, fuel *int) (bool, error) {
	if t.Op == OpExists {
		return (v != nil) != t.Not, nil
	}
	ok, err := t.compare(v, fuel)
	return ok != t.Not && err == nil, err
}

func (t *compiledTest) compare(v any, fuel *int) (bool, error) {
	switch t.Op {
	case OpIn:
		return t.in(v)
	case OpLike:
		s, ok := t.textOf(v)
		return ok && t.like.match(s, fuel), fuelError(*fuel)
	case OpMatches:
		return t.search(v, fuel)
	case OpIsSubset, OpIsSuperset:
		return t.contained(v), nil
	}
	order, comparable, err := t.order(v, t.Values[0])
	return verdict(t.Op, order, comparable), err
}

func fuelError(fuel int) error {
	if fuel < 0 {
		return errFuel
	}
	return nil
}

func (t *compiledTest) search(v any, fuel *int) (bool, error) {
	s, ok := t.subject(v)
	if !ok {
		return false, nil
	}
	if len(s) > *fuel/t.cost {
		*fuel = -1
		return false, errFuel
	}
	*fuel -= len(s) * t.cost
	return t.expr(s), nil
}

func verdict(op Op, order int, comparable bool) bool {
	if !comparable {
		return op == OpNotEqual
	}
	switch op {
	case OpEqual:
		return order == 0
	case OpNotEqual:
		return order != 0
	case OpLess:
		return order < 0
	case OpLessEq:
		return order <= 0
	case OpGreater:
		return order > 0
	}
	return order >= 0
}

func (t *compiledTest) in(v any) (bool, error) {
	if t.set != nil {
		if s, ok := v.(string); ok && !t.binary {
			return t.set.has(s), nil
		}
	}
	for _, c := range t.Values {
		order, comparable, err := t.order(v, c)
		if err != nil || comparable && order == 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// order compares a value with a constant. comparable is false for kinds that
// do not go together.
func (t *compiledTest) order(v any, c Literal) (order int, comparable bool, err error) {
	if c.Kind == KindBool {
		b, ok := v.(bool)
		return cmp.Compare(bit(b), bit(c.Bool)), ok, nil
	}
	if s, ok := v.(string); ok {
		return t.orderText(s, c)
	}
	if c.Kind == KindInt || c.Kind == KindFloat {
		order, comparable = orderNumber(v, c)
	}
	return order, comparable, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *compiledTest) orderText(s string, c Literal) (int, bool, error) {
	switch {
	case c.Kind == KindTime:
		return orderTime(s, c)
	case c.Kind == KindBinary || c.Kind == KindString && t.binary:
		left, ok1 := t.octets(s)
		right, ok2 := c.Text, true
		if c.Kind == KindString {
			right, ok2 = latin1(c.Text)
		}
		return strings.Compare(left, right), ok1 && ok2, nil
	case c.Kind == KindString:
		// UTF-8 sorts by bytes as it does by code points.
		return strings.Compare(s, c.Text), true, nil
	}
	return 0, false, nil
}

func orderTime(s string, c Literal) (int, bool, error) {
	at, err := ParseTimestamp(s)
	if err != nil {
		return 0, false, errNotTime
	}
	return at.Time.Compare(c.Time), !c.noSuchDay, nil
}

// octets are the bytes that a string property stands for.
func (t *compiledTest) octets(s string) (string, bool) {
	if !t.binary {
		return latin1(s)
	}
	var data []byte
	var err error
	if t.hex {
		data, err = hex.DecodeString(s)
	} else {
		data, err = base64.StdEncoding.DecodeString(s)
	}
	return string(data), err == nil
}

// latin1 turns each code point into one byte; it fails above U+00FF.
func latin1(s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", false
		}
		out = append(out, byte(r))
	}
	return string(out), true
}

// orderNumber compares integers exactly and anything else as floats.
func orderNumber(v any, c Literal) (int, bool) {
	if n, ok := v.(json.Number); ok {
		v = number(n)
	}
	switch n := v.(type) {
	case int:
		return orderInt(int64(n), c), true
	case int64:
		return orderInt(n, c), true
	case uint64:
		if n <= 1<<63-1 {
			return orderInt(int64(n), c), true
		}
		if c.Kind == KindInt {
			return 1, true
		}
		return cmp.Compare(float64(n), c.Float), true
	case float64:
		return cmp.Compare(n, c.Float), true
	}
	return 0, false
}

func orderInt(n int64, c Literal) int {
	if c.Kind == KindInt {
		return cmp.Compare(n, c.Int)
	}
	return cmp.Compare(float64(n), c.Float)
}

func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return nil
}

// textOf is the text that LIKE sees, in Normalization Form C.
func (t *compiledTest) textOf(v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	if t.binary {
		if s, ok = t.octets(s); !ok || !utf8.ValidString(s) {
			return "", false
		}
	}
	return nfc(s), true
}

// subject is the text that MATCHES sees. The bytes of binary properties
// become one character each, so that \x61 in the expression means the byte.
func (t *compiledTest) subject(v any) (string, bool) {
	s, ok := v.(string)
	if !ok || !t.binary {
		return nfc(s), ok
	}
	if _, ok := latin1(t.Values[0].Text); !ok {
		return "", false
	}
	raw, ok := t.octets(s)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for i := range len(raw) {
		b.WriteRune(rune(raw[i]))
	}
	return b.String(), true
}

// contained decides ISSUBSET and ISSUPERSET on IPv4 and IPv6 addresses and
// networks. Equal networks contain each other.
func (t *compiledTest) contained(v any) bool {
	s, ok := v.(string)
	if !ok || !t.net.IsValid() {
		return false
	}
	n, ok := parseNet(s)
	if !ok {
		return false
	}
	inner, outer := n, t.net
	if t.Op == OpIsSuperset {
		inner, outer = outer, inner
	}
	return inner.Bits() >= outer.Bits() && outer.Contains(inner.Addr())
}

// parseNet reads an address or a network; an address is a network of one.
func parseNet(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

// constantSet answers IN for many strings at once.
type constantSet struct{ values map[string]struct{} }

func (c *constantSet) has(s string) bool {
	_, ok := c.values[s]
	return ok
}
