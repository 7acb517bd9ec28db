package detect

import (
	"maps"
	"slices"
	"time"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/stix"
)

// A coverage says which properties of observables each log showed, so that
// "not seen" is only said of a pattern where it could have been seen.
type coverage struct{ *intel.Logs[shown] }

func newCoverage() coverage { return coverage{intel.NewLogs((*shown).join)} }

type shown struct {
	from, to   time.Time
	properties map[string]map[string]bool // by type of object
}

// note takes what one event of a log showed.
func (c coverage) note(log string, o *stix.Observation) {
	s := c.Of(log)
	s.span(o.First, o.First)
	for i := range o.Objects {
		props, _ := o.Objects[i].Props.(stix.Map)
		of := s.of(o.Objects[i].Type)
		for name := range props {
			of[name] = true
		}
	}
}

func (s *shown) of(kind string) map[string]bool {
	m := s.properties[kind]
	if m == nil {
		if s.properties == nil {
			s.properties = map[string]map[string]bool{}
		}
		m = map[string]bool{}
		s.properties[kind] = m
	}
	return m
}

func (s *shown) span(from, to time.Time) {
	if s.from.IsZero() || from.Before(s.from) {
		s.from = from
	}
	if to.After(s.to) {
		s.to = to
	}
}

func (s *shown) join(from *shown) {
	s.span(from.from, from.to)
	for kind, props := range from.properties {
		maps.Copy(s.of(kind), props)
	}
}

// showing lists the logs that show what a test asks for.
func (c coverage) showing(t *stix.Test) []string {
	var out []string
	for log, s := range c.All() {
		if s.properties[t.Path.Type][firstStep(t)] {
			out = append(out, log)
		}
	}
	return out
}

func firstStep(t *stix.Test) string {
	if len(t.Path.Steps) == 0 {
		return ""
	}
	return t.Path.Steps[0].Name
}

// expr reports whether logs at hand could show a match. Missing collects what
// no log showed, logs those that showed a part.
func (c coverage) expr(e *stix.Expr, missing, logs map[string]bool) bool {
	if e.Kind == stix.ExprObservation {
		return c.comparison(e.Compare, missing, logs)
	}
	any, all := false, true
	for _, a := range e.Args {
		ok := c.expr(a, missing, logs)
		any, all = any || ok, all && ok
	}
	if e.Kind == stix.ExprOr {
		return any
	}
	return all
}

func (c coverage) comparison(e *stix.Comparison, missing, logs map[string]bool) bool {
	if e.Test != nil {
		found := c.showing(e.Test)
		for _, log := range found {
			logs[log] = true
		}
		if len(found) == 0 {
			missing[needOf(e.Test)] = true
		}
		return len(found) > 0
	}
	any, all := false, true
	for _, x := range append(e.All, e.Any...) {
		ok := c.comparison(x, missing, logs)
		any, all = any || ok, all && ok
	}
	return all || e.Any != nil && any
}

// needOf names the logs that would show what a test asks for.
func needOf(t *stix.Test) string {
	what := t.Path.Type + ":" + firstStep(t)
	switch t.Path.Type {
	case "process":
		return what + ": process starts (Sysmon 1, Security 4688 with command lines, auditd)"
	case "file", "directory":
		return what + ": file and process events (Sysmon 1, 7, 11, 15, Zeek files.log, Suricata fileinfo)"
	case "windows-registry-key":
		return what + ": registry events (Sysmon 12, 13, 14, Security 4657)"
	case "network-traffic", "ipv4-addr", "ipv6-addr":
		return what + ": connections (Zeek conn.log and http.log, Suricata, Sysmon 3, Security 5156)"
	case "domain-name":
		return what + ": DNS queries and TLS server names (Zeek dns.log and ssl.log, Suricata, Sysmon 22)"
	case "url":
		return what + ": web requests (proxy, Zeek http.log, Suricata http)"
	case "user-account":
		return what + ": logons and account changes (Security 4624, 4720)"
	case "email-message", "email-addr":
		return what + ": mail transport (Zeek smtp.log, Suricata smtp)"
	case "x509-certificate":
		return what + ": certificates (Zeek ssl.log, Suricata tls)"
	case "mutex":
		return what + ": kernel object access (Security 4656, 4663 on mutants)"
	}
	return what + ": no log carries it"
}

// A sightingOf gathers the events that a match rests on.
type sightingOf struct {
	count, historic int64
	first, last     time.Time
	hosts           []string
	origins         []event.Origin
}

// event adds one event. Events come in the order of time.
func (s *sightingOf) event(h *hit) {
	if s.first.IsZero() || h.time.Before(s.first) {
		s.first = h.time
	}
	if h.time.After(s.last) {
		s.last = h.time
	}
	if at, found := slices.BinarySearch(s.hosts, h.host); !found && h.host != "" && len(s.hosts) < intel.MaxHosts {
		s.hosts = slices.Insert(s.hosts, at, h.host)
	}
	if len(s.origins) < intel.MaxOrigins && !slices.Contains(s.origins, h.origin) {
		s.origins = append(s.origins, h.origin)
	}
}

// tally counts an event that is a match by itself.
func (s *sightingOf) tally(h *hit, g *Given) {
	s.count++
	if g.historic(h.time) {
		s.historic++
	}
	s.event(h)
}

// put writes what was seen into an answer.
func (s *sightingOf) put(out *intel.Sighting) {
	out.Answer = intel.AnswerSeen
	out.Count, out.Historic, out.Hosts, out.Origins = s.count, s.historic, s.hosts, s.origins
	out.First, out.Last = moment(s.first), moment(s.last)
}

// once counts one match of several events.
func (s *sightingOf) once(historic bool) {
	s.count = 1
	if historic {
		s.historic = 1
	}
}

// answer writes down what became of the pattern.
func (r *patternRun) answer(res stix.Result, cover coverage) {
	p := r.pattern
	out := &intel.Sighting{
		Type: p.kind(), Value: p.text(), Source: p.Source, Decision: p.decision(),
		Answer: intel.AnswerNotCovered,
	}
	p.answer = out
	if p.Pattern == nil {
		out.Needs = []string{p.Why}
		return
	}
	missing, logs := map[string]bool{}, map[string]bool{}
	covered := cover.expr(p.Pattern.Expr, missing, logs)
	if len(logs) > 0 && (covered || res.Matched) {
		out.Searched = cover.searched(logs)
	}
	switch {
	case res.Matched:
		r.seen.put(out)
	case res.Unevaluated != nil:
		out.Searched, out.Needs = nil, []string{"not evaluated to the end: " + res.Unevaluated.Error()}
	case covered:
		out.Answer = intel.AnswerNotSeen
	default:
		out.Needs = slices.Sorted(maps.Keys(missing))
	}
}

// searched is the window and the names of logs.
func (c coverage) searched(logs map[string]bool) *intel.Searched {
	var all shown
	for log := range logs {
		all.span(c.Of(log).from, c.Of(log).to)
	}
	return &intel.Searched{From: moment(all.from), To: moment(all.to), Logs: slices.Sorted(maps.Keys(logs))}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
