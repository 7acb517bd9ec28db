package intel

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"tyto/internal/event"
)

// Bounds of what is kept for one indicator. Counts go on beyond them; what is
// kept is the smallest in order, so that it never depends on who found it.
// Large sets keep less of each, see [Set.keep].
const (
	MaxHosts   = 64
	MaxOrigins = 16
)

// keep is how many hosts and origins are kept for each indicator of the set,
// so that all of them together stay small even if every indicator is seen.
func (s *Set) keep() (hosts, origins int) {
	switch n := len(s.list); {
	case n <= 10_000:
		return MaxHosts, MaxOrigins
	case n <= 100_000:
		return MaxHosts / 4, MaxOrigins / 4
	}
	return 4, 1
}

// Sightings remember what a hunt saw of a set's indicators and which logs it
// searched. Each goroutine fills its own; [Sightings.Merge] adds them up, in
// any order, with the same result.
type Sightings struct {
	set       *Set
	seen      map[int32]*seen
	logs      *Logs[searchedLog]
	covers    map[*event.Shape]shapeCover
	lastShape *event.Shape
	lastCover shapeCover
	more      []Sighting // answers about patterns, see Answer

	last   event.Source // the log of the last event
	latest *searchedLog
}

type seen struct {
	count, historic int64
	first, last     time.Time
	hosts           []string
	origins         []placed
}

// A placed origin sorts by time, then host, then place.
type placed struct {
	time   time.Time
	host   string
	origin event.Origin
}

type searchedLog struct {
	roles    role
	told     told
	from, to time.Time
}

// NewSightings makes an empty record for the set.
func (s *Set) NewSightings() *Sightings {
	return &Sightings{set: s, seen: map[int32]*seen{}, logs: NewLogs((*searchedLog).join), covers: map[*event.Shape]shapeCover{}}
}

// Searched notes that m has matched the event, whether or not anything was
// found: that is what makes "not seen" an answer.
func (s *Sightings) Searched(ev *event.Event, m *Matcher) {
	l := s.log(ev.Source)
	c := s.cover(ev.Shape)
	l.roles |= c.roles | objectRoles(ev, c)
	l.told |= m.told
	if ev.Time.IsZero() {
		return
	}
	if l.from.IsZero() || ev.Time.Before(l.from) {
		l.from = ev.Time
	}
	if ev.Time.After(l.to) {
		l.to = ev.Time
	}
}

func (s *Sightings) log(src event.Source) *searchedLog {
	src.EventID = 0
	if s.latest != nil && src == s.last {
		return s.latest
	}
	s.last, s.latest = src, s.logs.Of(src.Log())
	return s.latest
}

// Seen notes a hit.
func (s *Sightings) Seen(h *Hit, ev *event.Event) {
	e := s.seen[int32(h.Index)]
	if e == nil {
		e = &seen{}
		s.seen[int32(h.Index)] = e
	}
	e.count++
	if h.Historic {
		e.historic++
	}
	e.when(ev.Time, ev.Time)
	hosts, origins := s.set.keep()
	e.host(ev.Host, hosts)
	e.place(placed{ev.Time, ev.Host, ev.Origin}, origins)
}

func (e *seen) when(first, last time.Time) {
	if !first.IsZero() && (e.first.IsZero() || first.Before(e.first)) {
		e.first = first
	}
	if last.After(e.last) {
		e.last = last
	}
}

func (e *seen) host(h string, limit int) {
	at, found := slices.BinarySearch(e.hosts, h)
	if h == "" || found || at >= limit {
		return
	}
	e.hosts = slices.Insert(e.hosts, at, strings.Clone(h))
	e.hosts = e.hosts[:min(len(e.hosts), limit)]
}

func (e *seen) place(p placed, limit int) {
	at, found := slices.BinarySearchFunc(e.origins, p, comparePlaced)
	if found || at >= limit {
		return
	}
	e.origins = slices.Insert(e.origins, at, p)
	e.origins = e.origins[:min(len(e.origins), limit)]
}

func comparePlaced(a, b placed) int {
	return cmp.Or(
		a.time.Compare(b.time), cmp.Compare(a.host, b.host), cmp.Compare(a.origin.File, b.origin.File),
		cmp.Compare(a.origin.Member, b.origin.Member), cmp.Compare(a.origin.Offset, b.origin.Offset),
		cmp.Compare(a.origin.Line, b.origin.Line), cmp.Compare(a.origin.Record, b.origin.Record),
	)
}

// Merge adds what another goroutine saw of the same set.
func (s *Sightings) Merge(o *Sightings) {
	hosts, origins := s.set.keep()
	for i, from := range o.seen {
		to := s.seen[i]
		if to == nil {
			to = &seen{}
			s.seen[i] = to
		}
		to.count += from.count
		to.historic += from.historic
		to.when(from.first, from.last)
		for _, h := range from.hosts {
			to.host(h, hosts)
		}
		for _, p := range from.origins {
			to.place(p, origins)
		}
	}
	s.logs.Merge(o.logs)
}

func (l *searchedLog) join(from *searchedLog) {
	l.roles |= from.roles
	l.told |= from.told
	if !from.from.IsZero() && (l.from.IsZero() || from.from.Before(l.from)) {
		l.from = from.from
	}
	if from.to.After(l.to) {
		l.to = from.to
	}
}

// The answers about an indicator.
const (
	AnswerSeen       = "seen"
	AnswerNotSeen    = "not_seen"    // logs that would show it were searched
	AnswerNotCovered = "not_covered" // no log at hand would have shown it
)

// A Sighting is the answer about one indicator: an entry of sightings.json.
type Sighting struct {
	Type     string         `json:"type"`
	Value    string         `json:"value"`
	Source   string         `json:"source"`
	Decision Decision       `json:"decision"`
	Answer   string         `json:"answer"`
	Count    int64          `json:"count"`
	Historic int64          `json:"historic,omitempty"` // of the count, outside the indicator's time
	First    *time.Time     `json:"first,omitempty"`
	Last     *time.Time     `json:"last,omitempty"`
	Hosts    []string       `json:"hosts,omitempty"`
	Origins  []event.Origin `json:"origins,omitempty"`
	Searched *Searched      `json:"searched,omitempty"`
	Needs    []string       `json:"needs,omitempty"` // logs that would show it, when none was there
}

// Searched is where and for which time an indicator was looked for.
type Searched struct {
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
	Logs []string   `json:"logs"`
}

// All yields the answer for every indicator that is not rejected and those
// given to [Sightings.Answer], ordered by type and value.
func (s *Sightings) All() iter.Seq[Sighting] {
	return func(yield func(Sighting) bool) {
		var cache [lastType]*Searched
		more := slices.Clone(s.more)
		slices.SortStableFunc(more, compareSightings)
		for _, i := range s.order() {
			in := &s.set.list[i]
			for len(more) > 0 && cmp.Or(cmp.Compare(more[0].Type, in.Type.String()), cmp.Compare(more[0].Value, in.Value)) < 0 {
				if !yield(more[0]) {
					return
				}
				more = more[1:]
			}
			if cache[in.Type] == nil {
				cache[in.Type] = s.searched(in.Type)
			}
			if !yield(s.one(i, in, cache[in.Type])) {
				return
			}
		}
		for _, a := range more {
			if !yield(a) {
				return
			}
		}
	}
}

// Answer adds the answer about something that is not in the set, such as a
// pattern over several events.
func (s *Sightings) Answer(a Sighting) { s.more = append(s.more, a) }

func compareSightings(a, b Sighting) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value))
}

// order lists the indicators that are not rejected by type and value.
func (s *Sightings) order() []int32 {
	var byType [lastType][]int32
	for i := range s.set.list {
		if in := &s.set.list[i]; in.Decision > Rejected {
			byType[in.Type] = append(byType[in.Type], int32(i))
		}
	}
	types := make([]Type, lastType)
	for t := range types {
		types[t] = Type(t)
	}
	slices.SortFunc(types, func(a, b Type) int { return cmp.Compare(a.String(), b.String()) })
	var out []int32
	for _, t := range types {
		slices.SortFunc(byType[t], func(a, b int32) int { return cmp.Compare(s.set.list[a].Value, s.set.list[b].Value) })
		out = append(out, byType[t]...)
	}
	return out
}

// Count returns how many indicators and others have each answer.
func (s *Sightings) Count() map[string]int64 {
	out := make(map[string]int64)
	for i := range s.more {
		out[s.more[i].Answer]++
	}
	var cache [lastType]*Searched
	for i := range s.set.list {
		in := &s.set.list[i]
		if in.Decision <= Rejected {
			continue
		}
		if cache[in.Type] == nil {
			cache[in.Type] = s.searched(in.Type)
		}
		out[s.answer(int32(i), in, cache[in.Type])]++
	}
	return out
}

func (s *Sightings) answer(i int32, in *Indicator, where *Searched) string {
	switch {
	case s.seen[i] != nil:
		return AnswerSeen
	case len(where.Logs) > 0 && !in.hopeless:
		return AnswerNotSeen
	}
	return AnswerNotCovered
}

func (s *Sightings) one(i int32, in *Indicator, where *Searched) Sighting {
	out := Sighting{Type: in.Type.String(), Value: in.Value, Source: in.Source(), Decision: in.Decision, Answer: s.answer(i, in, where)}
	if e := s.seen[i]; e != nil {
		out.Count, out.Historic, out.Hosts = e.count, e.historic, e.hosts
		out.First, out.Last = instant(e.first), instant(e.last)
		for _, p := range e.origins {
			out.Origins = append(out.Origins, p.origin)
		}
	}
	if len(where.Logs) > 0 && !in.hopeless {
		out.Searched = where
	}
	if out.Answer == AnswerNotCovered {
		out.Needs = needs(in)
	}
	return out
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// searched lists the logs that would have shown indicators of a type.
func (s *Sightings) searched(t Type) *Searched {
	out := &Searched{Logs: []string{}}
	var from, to time.Time
	for name, l := range s.logs.All() {
		if !l.covers(t) {
			continue
		}
		out.Logs = append(out.Logs, name)
		if from.IsZero() || !l.from.IsZero() && l.from.Before(from) {
			from = l.from
		}
		if l.to.After(to) {
			to = l.to
		}
	}
	slices.Sort(out.Logs)
	out.From, out.To = instant(from), instant(to)
	return out
}

// covers reports whether a log would show a value of a type if it was there: a
// log of logons does not show where programs connected to, and a hash is only
// covered by hashes of its own kind.
func (l *searchedLog) covers(t Type) bool {
	switch t {
	case IP:
		return l.roles&roleDest != 0 || l.told&toldAddress != 0
	case Domain:
		return l.roles&roleLookup != 0 || l.urls() || l.told&toldName != 0
	case URL:
		return l.urls()
	case URIPath:
		return l.roles&roleURL != 0
	case Imphash:
		return l.told&toldHash(0, true) != 0
	case Filename, Path, PathPattern:
		return l.roles&rolePath != 0
	case SideloadPair:
		return l.roles&roleDLL != 0
	}
	if t.isFileHash() {
		return l.told&toldHash(t.hashSize(), false) != 0
	}
	return l.roles&searchedBy(t) != 0
}

// urls reports whether a log shows requests with the host that they went to.
func (l *searchedLog) urls() bool {
	return l.told&toldURL != 0 || l.roles&roleURL != 0 && l.roles&roleURLHost != 0
}

// needs says which logs would show an indicator.
func needs(in *Indicator) []string {
	if in.hopeless {
		return []string{"not searched for: " + strings.Join(in.Reasons, "; ")}
	}
	switch t := in.Type; {
	case t == Imphash:
		return []string{"import hashes (Sysmon 1, 6, 7 with IMPHASH configured)"}
	case t.isFileHash():
		name := strings.ToUpper(t.String())
		return []string{name + " of programs (Sysmon 1, 6, 7, 15 with " + name + " configured)", name + " of transferred files (Zeek files.log, Suricata fileinfo)"}
	}
	switch in.Type {
	case IP:
		return []string{"connections (Zeek conn.log, Suricata flow, firewall, NetFlow)", "network connections of programs (Sysmon 3, Security 5156)"}
	case Domain:
		return []string{"DNS queries (Zeek dns.log, Suricata dns, Sysmon 22, DNS server)", "TLS server names or proxy logs (Zeek ssl.log, http.log)"}
	case URL, URIPath:
		return []string{"web requests (proxy with decrypted TLS, Zeek http.log, Suricata http)"}
	case Filename, Path, PathPattern:
		return []string{"file and process events (Sysmon 1, 7, 11, Security 4688, 4663)"}
	case ServiceName, ServiceDisplay:
		return []string{"service installations (System 7045, Security 4697, Sysmon 13)"}
	case RegistryKey, RunValue:
		return []string{"registry events (Sysmon 12, 13, 14, Security 4657)"}
	case Task:
		return []string{"scheduled tasks (Security 4698, TaskScheduler 106, 140)"}
	case Pipe:
		return []string{"named pipes (Sysmon 17, 18, Security 5145, Zeek dce_rpc.log)"}
	case Mutex:
		return []string{"kernel object access (Security 4656, 4663 on mutants)"}
	case CommandLine, ArchivePassword, CryptoKey:
		return []string{"command lines (Sysmon 1, Security 4688 with command lines, PowerShell 4104)"}
	case SideloadPair:
		return []string{"loaded libraries (Sysmon 7)"}
	case Account:
		return []string{"logons and account changes (Security 4624, 4720)"}
	case Email:
		return []string{"mail transport (Zeek smtp.log, message tracking)"}
	case UserAgent, Cookie:
		return []string{"web requests with headers (proxy, Zeek http.log, Suricata http)"}
	case JA3, JA3S, JA4:
		return []string{"TLS fingerprints (Zeek or Suricata with " + in.Type.String() + ")"}
	case CertSHA1, CertSHA256:
		return []string{"certificates (Zeek ssl.log and x509.log, Suricata tls)"}
	}
	return []string{"no log carries it"}
}
