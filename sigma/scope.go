package sigma

import (
	"encoding/binary"
	"slices"
	"strings"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/index"
)

// A Source says what kind of log an event comes from. Events of Windows event
// logs have Product "windows" and are told apart by Channel and EventID; all
// others by Product, Category and Service in the words of Sigma's logsource.
type Source struct {
	Product, Category, Service string
	Channel, Provider          string
	EventID                    int
}

// A scopeKey is what decides which rules can apply to an event. Names are
// folded; channels that no rule names are left empty.
type scopeKey struct {
	product, category, service, channel string
	id                                  int
}

// A scope is the set of rules that can apply to events of one kind.
type scope struct {
	views [2]scopeView // under the event's own names; under another log's names
	// named counts the rules that are bound to this kind of event, without
	// those that are bound to every Windows event.
	named int
}

// A scopeView is the part of a scope that sees events under one set of names.
type scopeView struct {
	kind    viewKind
	index   *index.Scope // nil when no rule is in it
	keyword bool         // some rule looks for keywords
	rules   []int32      // ascending, parallel to members
	members []int32
}

// maxScopes bounds what hostile log sources can make a rule set remember.
const maxScopes = 1 << 14

// windowsEvent reports whether a source is a Windows event log.
func windowsEvent(product string) bool { return product == "windows" }

// key makes the canonical form of a source.
func (rs *Ruleset) key(src Source) scopeKey {
	k := scopeKey{product: word(src.Product)}
	if windowsEvent(k.product) && src.Channel != "" {
		k.channel = channelName(src.Channel)
		if bindings, prefix := rs.channelBindings(k.channel); len(bindings) == 0 {
			k.channel = ""
		} else if prefix != "" {
			k.channel = prefix
		}
		k.id = src.EventID
		return k
	}
	k.category, k.service = word(src.Category), word(src.Service)
	if k.product == "linux" && k.service == "sysmon" && k.category == "" {
		k.category = linuxSysmon[src.EventID]
	}
	return k
}

// channelName folds a channel and drops the prefixes that forwarders put
// before it.
func channelName(s string) string {
	s = fold.String(s)
	if _, rest, ok := strings.Cut(s, "wineventlog:"); ok {
		return rest
	}
	return s
}

// channelBindings returns the bindings of a folded channel, and under which
// prefix they are filed, if any.
func (rs *Ruleset) channelBindings(channel string) (list []binding, prefix string) {
	if list = rs.channels[channel]; list != nil {
		return list, ""
	}
	for _, p := range rs.prefixes {
		if strings.HasPrefix(channel, p) {
			return rs.channels[p+"*"], p + "*"
		}
	}
	return nil, ""
}

// scopeOf returns the scope of a source, making it on first use.
func (rs *Ruleset) scopeOf(src Source) *scope {
	k := rs.key(src)
	rs.mu.RLock()
	sc := rs.scopes[k]
	rs.mu.RUnlock()
	if sc != nil {
		return sc
	}
	sc = rs.newScope(k, src)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if len(rs.scopes) >= maxScopes {
		clear(rs.scopes)
	}
	id := sc.identity()
	if known := rs.shared[id]; known != nil {
		sc = known
	} else {
		rs.shared[id] = sc
	}
	rs.scopes[k] = sc
	return sc
}

// newScope gathers the rules for a source.
func (rs *Ruleset) newScope(k scopeKey, src Source) *scope {
	sc := &scope{}
	add := func(view viewKind, rule, member int32) {
		if member < 0 {
			return
		}
		v := &sc.views[0]
		if view != viewNative {
			v = &sc.views[1]
			v.kind = view
		}
		v.rules, v.members = append(v.rules, rule), append(v.members, member)
	}
	if windowsEvent(k.product) {
		for _, b := range rs.anywhere {
			add(viewNative, b.rule, b.folds.member(src.EventID))
		}
	}
	before := len(sc.views[0].members)
	list, _ := rs.channelBindings(k.channel)
	for _, b := range list {
		if b.place.ids == nil || slices.Contains(b.place.ids, k.id) {
			add(b.place.view, b.rule, b.folds.member(k.id))
		}
	}
	if !windowsEvent(k.product) || src.Channel == "" {
		names := Logsource{Product: k.product, Category: k.category, Service: k.service}.names()
		for _, b := range rs.other {
			if slices.ContainsFunc(names, b.source.contains) {
				add(viewNative, b.rule, b.member)
			}
		}
	}
	sc.named = len(sc.views[0].members) - before + len(sc.views[1].members)
	for i := range sc.views {
		rs.finishView(&sc.views[i])
	}
	return sc
}

func (rs *Ruleset) finishView(v *scopeView) {
	if len(v.members) == 0 {
		return
	}
	v.index = rs.prog.Scope(v.members)
	for _, m := range v.members {
		v.keyword = v.keyword || rs.keyword[m]
	}
	sortByMember(v)
}

// sortByMember orders the parallel lists by member, so that a member's rule
// is found by binary search.
func sortByMember(v *scopeView) {
	order := make([]int, len(v.members))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(v.members[a]) - int(v.members[b]) })
	rules, members := make([]int32, len(order)), make([]int32, len(order))
	for i, o := range order {
		rules[i], members[i] = v.rules[o], v.members[o]
	}
	v.rules, v.members = rules, members
}

// rule returns the rule of a member.
func (v *scopeView) rule(member int32) int32 {
	if i, ok := slices.BinarySearch(v.members, member); ok {
		return v.rules[i]
	}
	return -1
}

// memberOf returns the member of a rule, or -1.
func (v *scopeView) memberOf(rule int32) int32 {
	if i := slices.Index(v.rules, rule); i >= 0 {
		return v.members[i]
	}
	return -1
}

// identity is equal for scopes with the same rules under the same names.
func (sc *scope) identity() string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(sc.named))
	for _, v := range sc.views {
		b = append(b, byte(v.kind))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(v.members)))
		for _, m := range v.members {
			b = binary.LittleEndian.AppendUint32(b, uint32(m))
		}
	}
	return string(b)
}

// Covered returns how many rules are bound to events of this source. Rules
// that are bound to every Windows event do not count.
func (rs *Ruleset) Covered(src Source) int { return rs.scopeOf(src).named }

// Bound returns the rules that look at events of this source, in the order of
// [Ruleset.Rules].
func (rs *Ruleset) Bound(src Source) []*Rule {
	sc := rs.scopeOf(src)
	at := slices.Concat(sc.views[0].rules, sc.views[1].rules)
	slices.Sort(at)
	at = slices.Compact(at)
	out := make([]*Rule, len(at))
	for i, n := range at {
		out[i] = rs.rules[n]
	}
	return out
}
