package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/event"
)

// A Profile names a set of columns of a timeline.
type Profile string

// The profiles, with the names and columns of Hayabusa. RuleAuthor comes last
// in each, after what positional readers expect: the licence of the public
// rules asks that a match names its author.
const (
	Minimal      Profile = "minimal"
	Standard     Profile = "standard" // the default
	Verbose      Profile = "verbose"
	AllFields    Profile = "all-field-info"
	SuperVerbose Profile = "super-verbose" // RuleAuthor stands where Hayabusa has it
)

var profiles = map[Profile]string{
	Minimal:  "Timestamp RuleTitle Level Computer Channel EventID RecordID Details RuleAuthor",
	Standard: "Timestamp RuleTitle Level Computer Channel EventID RecordID Details ExtraFieldInfo RuleID RuleAuthor",
	Verbose: "Timestamp RuleTitle Level Computer Channel EventID MitreTactics MitreTags OtherTags RecordID " +
		"Details ExtraFieldInfo RuleFile RuleID EvtxFile RuleAuthor",
	AllFields: "Timestamp RuleTitle Level Computer Channel EventID RecordID AllFieldInfo RuleFile RuleID EvtxFile RuleAuthor",
	SuperVerbose: "Timestamp RuleTitle Level Computer Channel EventID RuleAuthor RuleModifiedDate Status RecordID " +
		"Details ExtraFieldInfo MitreTactics MitreTags OtherTags Provider RuleCreationDate RuleFile RuleID EvtxFile",
}

// Columns returns a profile's columns in order; the empty profile is Standard.
func (p Profile) Columns() ([]string, error) {
	if p == "" {
		p = Standard
	}
	columns, ok := profiles[p]
	if !ok {
		return nil, fmt.Errorf("unknown timeline profile %q (minimal, standard, verbose, all-field-info or super-verbose)", p)
	}
	return strings.Fields(columns), nil
}

// TimelineOptions says what a timeline looks like. The zero value is the
// default: standard profile, UTC, abbreviations.
type TimelineOptions struct {
	Profile  Profile
	Location *time.Location // of the column Timestamp; nil means UTC
	Full     bool           // names of levels, tactics and channels in full
}

// cells makes the cells of a timeline's rows. A cell is text, a number, or a
// list of tags.
type cells struct {
	opt     TimelineOptions
	details details
	split   bool // Details or ExtraFieldInfo is wanted
}

func newCells(opt TimelineOptions, columns []string) *cells {
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	c := &cells{opt: opt, details: details{keys: keysOf()}}
	c.split = slices.Contains(columns, "Details") || slices.Contains(columns, "ExtraFieldInfo")
	return c
}

// begin prepares for the cells of one finding.
func (c *cells) begin(f *detect.Finding) {
	if c.split {
		c.details.split(f)
	}
}

// text returns the cell of a column as text; numeric says that it is a number.
func (c *cells) text(column string, f *detect.Finding) (text string, numeric bool) {
	switch column {
	case "Timestamp":
		return c.timestamp(f.Time), false
	case "RuleTitle":
		return f.Title, false
	case "Level":
		return c.level(f.Level), false
	case "Computer":
		return dash(f.Host), false
	case "Channel":
		return dash(c.channel(f.Log)), false
	case "EventID":
		return number(uint64(max(f.EventID, 0)))
	case "RecordID":
		return number(f.RecordID)
	case "Details":
		return string(c.details.main), false
	case "ExtraFieldInfo":
		return string(c.details.rest), false
	case "AllFieldInfo":
		return string(c.details.all(f)), false
	case "EvtxFile":
		return origin(f.Origin), false
	case "Provider":
		return dash(f.Source.Provider), false
	case "MitreTactics", "MitreTags", "OtherTags":
		return dash(strings.Join(c.tags(column, f), broken)), false
	}
	return ruleCell(column, f), false
}

// tags returns the cell of a column that holds a list.
func (c *cells) tags(column string, f *detect.Finding) []string {
	switch column {
	case "MitreTactics":
		return c.tactics(f.Tactics)
	case "MitreTags":
		return f.Techniques
	}
	return otherTags(f)
}

// tactics shortens tactics to the words of timelines.
func (c *cells) tactics(short []string) []string {
	out := make([]string, 0, len(short))
	for _, s := range short {
		t, known := attack.TacticNamed(s)
		switch {
		case !known:
			out = append(out, s)
		case c.opt.Full:
			out = append(out, t.Name)
		default:
			out = append(out, t.Abbr)
		}
	}
	return out
}

// otherTags are the rule's tags that are neither tactic nor technique: groups,
// software, vulnerabilities.
func otherTags(f *detect.Finding) []string {
	if f.Rule == nil {
		return nil
	}
	var out []string
	for _, tag := range f.Rule.Tags {
		if !attack.Names(tag) {
			out = append(out, strings.TrimPrefix(tag, "attack."))
		}
	}
	return out
}

func (c *cells) timestamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return clamp(t).In(c.opt.Location).Format("2006-01-02 15:04:05.000 -07:00")
}

// levelAbbr are the words of timelines for levels, in rising order.
var levelAbbr = [...]string{"info", "low", "med", "high", "crit"}

func (c *cells) level(l detect.Level) string {
	if c.opt.Full {
		return l.String()
	}
	return levelAbbr[min(l, detect.Critical)]
}

func (c *cells) channel(log string) string {
	if c.opt.Full {
		return log
	}
	return channelAbbr(log)
}

// ruleCell returns what a column says about the rule, or about what stands in
// its place for findings that no rule made.
func ruleCell(column string, f *detect.Finding) string {
	r := f.Rule
	if r == nil {
		r = standIn(f)
	}
	switch column {
	case "RuleID":
		return dash(r.ID)
	case "RuleFile":
		return dash(r.Path)
	case "RuleAuthor":
		return dash(r.Author)
	case "RuleCreationDate":
		return dash(r.Date)
	case "RuleModifiedDate":
		return dash(r.Modified)
	case "Status":
		return dash(r.Status)
	}
	return "-"
}

// standIn describes a behaviour or an indicator as if it were a rule. The
// author of an indicator is whoever published it.
func standIn(f *detect.Finding) *detect.RuleRef {
	if f.Indicator != nil {
		return &detect.RuleRef{ID: "indicator:" + f.Indicator.Type, Title: f.Title, Author: f.Indicator.Source}
	}
	id := f.Kind
	if f.Analytic != "" {
		id = f.Kind + ":" + f.Analytic
	}
	return &detect.RuleRef{ID: id, Title: f.Title, Author: "Tyto"}
}

// origin names the file that a finding's record lies in.
func origin(o event.Origin) string {
	if o.Member != "" {
		return o.File + "!/" + o.Member
	}
	return o.File
}

// none stands in a cell for what a rule does not say.
const none = "-"

func dash(s string) string {
	if s == "" {
		return none
	}
	return s
}

func number(n uint64) (string, bool) {
	if n == 0 {
		return "-", false
	}
	return strconv.FormatUint(n, 10), true
}
