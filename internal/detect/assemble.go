package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tyto/internal/attack"
	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

// An assembler turns hits and alerts into findings.
type assembler struct {
	rules    *Rules
	intel    *intel.Set
	attack   *attack.Table
	reader   reader
	observer observer
}

// finding tells a hit whole.
func (a *assembler) finding(h *hit) *Finding {
	f, key := a.subject(h)
	f.ID = findingID(key, h.id[:])
	if h.again { // copies must not share an id when each is shown
		place := fmt.Sprintf("%s\x00%s\x00%d\x00%d", h.origin.File, h.origin.Member, h.origin.Offset, h.origin.Line)
		f.ID = findingID(key, h.id[:], []byte(place))
	}
	f.Time, f.Host, f.Source = h.time, h.host, h.source
	f.Log, f.EventID, f.RecordID = h.source.Log(), h.source.EventID, h.record
	f.Origin, f.Carved = h.origin, h.carved
	f.Copies = h.copies
	slices.SortFunc(f.Copies, compareOrigins)
	if h.copied > len(h.copies) {
		f.CopyCount = h.copied
	}
	f.Because, f.Fields = h.reasons, h.fields
	f.Entities = a.reader.entities(h.source, h.host, h.fields)
	return f
}

// subject is what a hit is about: a rule, or an indicator, whose numbers follow
// those of the rules. The key names it for ids.
func (a *assembler) subject(h *hit) (*Finding, string) {
	if n := len(a.rules.Rules); h.rule >= n {
		in := a.intel.At(h.rule - n)
		return indicatorFinding(in, h.level), in.Type.String() + "\x00" + in.Value
	}
	rule := a.rules.Rules[h.rule]
	return a.describe(&rule.Meta, KindSigma), identity(&rule.Meta)
}

// describe fills in what a finding takes from its rule.
func (a *assembler) describe(m *sigma.Meta, kind string) *Finding {
	level, ok := ParseLevel(m.Level)
	if !ok {
		level = Medium // rules without a level are not told apart by it
	}
	f := &Finding{
		Title: m.Title, Level: level, Kind: kind, Falsely: m.FalsePositives,
		Rule: &RuleRef{
			ID: m.ID, Title: m.Title, Author: m.Author, Tags: m.Tags, Path: m.Path,
			Status: m.Status, Date: m.Date, Modified: m.Modified,
		},
	}
	f.Techniques, f.Tactics = a.attack.FromTags(m.Tags)
	return f
}

// identity names a rule for ids: its own id, or its title where it has none.
func identity(m *sigma.Meta) string {
	if m.ID != "" {
		return m.ID
	}
	return m.Title
}

// findingID is the same for the same rule on the same records, everywhere.
func findingID(rule string, events ...[]byte) string {
	h := sha256.New()
	h.Write([]byte(rule))
	for _, e := range events {
		h.Write([]byte{0})
		h.Write(e)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// correlation tells an alert of a correlation. Its time is that of the event
// which completed it, and its place that event's.
func (a *assembler) correlation(c *sigma.Correlation, alert *correlate.Alert) *Finding {
	f := a.describe(&c.Meta, KindCorrelation)
	f.Time = alert.Time
	events := make([][]byte, 0, len(alert.Refs))
	hosts := make(map[string]bool)
	var last *hit
	for _, ref := range alert.Refs {
		h := ref.(*hit)
		last = h
		f.Events = append(f.Events, h.origin)
		events = append(events, h.id[:])
		hosts[h.host] = true
		f.Carved = f.Carved || h.carved
	}
	f.ID = findingID(identity(&c.Meta), events...)
	if last != nil {
		f.Origin, f.RecordID = last.origin, last.record
		f.Log, f.EventID, f.Source = last.source.Log(), last.source.EventID, last.source
		if len(hosts) == 1 {
			f.Host = last.host
		}
	}
	f.Because = correlationReasons(c, alert)
	f.Entities = a.correlationEntities(c, alert, f.Source, hosts)
	return f
}

// correlationReasons says what was counted, over which time, for whom.
func correlationReasons(c *sigma.Correlation, alert *correlate.Alert) []Reason {
	var out []Reason
	for i, v := range alert.Group {
		if i < len(c.GroupBy) {
			out = append(out, Reason{Field: c.GroupBy[i], Value: v.Text, Matched: "same value in all events"})
		}
	}
	out = append(out, Reason{
		Field:   c.Type,
		Value:   strconv.FormatFloat(alert.Value, 'g', -1, 64),
		Matched: condition(c),
	}, Reason{
		Field:   "events",
		Value:   strconv.Itoa(alert.Count),
		Matched: "between " + stamp(alert.First) + " and " + stamp(alert.Time),
	})
	return out
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// condition puts a correlation's condition into words.
func condition(c *sigma.Correlation) string {
	text := ""
	for _, t := range c.Condition.Terms {
		if text != "" {
			text += " and "
		}
		text += t.Op + " " + strconv.FormatFloat(t.Value, 'g', -1, 64)
	}
	if text == "" {
		text = "all rules"
	}
	for i, f := range c.Condition.Fields {
		if i == 0 {
			text += " of "
		} else {
			text += ", "
		}
		text += f
	}
	return text + " within " + c.Timespan.String()
}

func (a *assembler) correlationEntities(c *sigma.Correlation, alert *correlate.Alert, src event.Source, hosts map[string]bool) []Entity {
	var fields []NamedValue
	for i, v := range alert.Group {
		if i < len(c.GroupBy) && v.Present {
			fields = append(fields, NamedValue{Name: c.GroupBy[i], Value: v.Text})
		}
	}
	out := a.reader.entities(src, "", fields)
	for h := range hosts {
		if h != "" {
			out = append(out, Entity{"host", h})
		}
	}
	return sortEntities(out)
}

// reasonsOf converts the engine's explanation and keeps values short enough to
// be read.
func reasonsOf(reasons []sigma.Reason) []Reason {
	out := make([]Reason, len(reasons))
	for i, r := range reasons {
		out[i] = Reason{Field: r.Field, Value: cut(r.Value, maxReason), Matched: r.Test, Selection: r.Selection}
	}
	return out
}

// Limits of the text that a finding carries.
const (
	maxReason = 2 << 10  // bytes of one value in a reason
	maxField  = 16 << 10 // bytes of one field in a timeline
)

// cut shortens a value to at most n bytes, at a rune's boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "..."
}

// namedValues lists an event's fields as text.
func namedValues(ev *event.Event) (fields []NamedValue, cuts int64) {
	fields = make([]NamedValue, 0, len(ev.Values))
	for _, v := range ev.Values {
		if v.Kind == event.Null {
			continue
		}
		f := ev.Shape.Fields[v.Field]
		text := string(v.Text)
		if len(text) > maxField {
			text = cut(text, maxField)
			cuts++
		}
		fields = append(fields, NamedValue{Name: f.Name, Value: text, Header: f.Header})
	}
	return fields, cuts
}
