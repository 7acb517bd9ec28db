package winjson

import (
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A plan says what becomes of the values of objects with one sequence of
// paths. It is made once and found again by that sequence, so that all
// thinking about names is done once for many objects.
type plan struct {
	alien  bool          // no Windows event
	table  *winlog.Table // a row of a table; nothing else is set then
	shape  *event.Shape
	field  []int32 // of each run, -1 for none
	fix    []fix   // of each run
	excess bool    // some runs found no room

	// Runs with what every event has, -1 where there is none.
	time, id, channel, computer, provider, record int
	// Runs with other times, for exports whose time has no zone.
	utc, stamp, local, received int

	message int   // run with the rendered text
	unnamed int   // field number of Data, -1 for none
	also    []int // runs whose values are values of Data too
	drawer  *winlog.Drawer
	styled  [winlog.Styles]*plan // the same for events of other styles, made when first needed
}

// A fix is a change of a value into the form that the log itself has.
type fix uint8

const (
	asIs        fix = iota
	asGUID          // evtx_dump writes GUIDs bare and in upper case
	asHexNumber     // NXLog writes keywords as signed decimals, Velociraptor all that is hexadecimal
)

// newPlan thinks about a sequence of paths. It adds the fields that events of
// a style have in values without a name.
func newPlan(runs []*objects.Node, style winlog.Style, shapes *winlog.Shapes) *plan {
	p := &plan{
		time: -1, id: -1, channel: -1, computer: -1, provider: -1, record: -1,
		utc: -1, stamp: -1, local: -1, received: -1, message: -1, unnamed: -1,
	}
	paths := make([]string, len(runs))
	for i, n := range runs {
		paths[i] = n.Path()
	}
	f, table := meaning(paths)
	if p.table = table; table != nil || f == nil {
		p.alien = table == nil
		return p
	}
	targets := make([]target, len(runs))
	for i, path := range paths {
		targets[i] = f.target(path)
	}
	p.lay(f, targets, style, shapes)
	if _, row := f.(rowFamily); row || slices.Contains(paths, "System.EventID.Value") {
		p.hexadecimal(targets)
	}
	return p
}

// lay gives each run its field.
func (p *plan) lay(f family, targets []target, style winlog.Style, shapes *winlog.Shapes) {
	var l winlog.Layout
	p.field = make([]int32, len(targets))
	p.fix = make([]fix, len(targets))
	_, system := f.(systemFamily)
	_, row := f.(rowFamily)
	nested := system || row
	if nested {
		joinSiblings(targets)
	}
	for i, t := range targets {
		p.field[i] = -1
		if t.class != own {
			continue
		}
		p.field[i] = int32(l.Data(t.name))
		p.excess = p.excess || p.field[i] < 0
		if nested {
			p.fix[i] = asGUID
		}
		if t.name == "UtcTime" {
			p.utc = i
		}
	}
	p.message = slices.IndexFunc(targets, func(t target) bool { return t.class == rendered })
	p.layUnnamed(&l, f, targets, style)
	p.drawer = winlog.NewDrawer(style, &l)
	p.layMessage(&l)
	p.layHeaders(&l, targets)
	p.shape = shapes.Of(&l)
}

// hexadecimal marks the fields that the log has as hexadecimal numbers.
func (p *plan) hexadecimal(targets []target) {
	security := slices.ContainsFunc(targets, func(t target) bool {
		return t.name == "SubjectUserSid" || t.name == "TargetUserSid"
	})
	for i, t := range targets {
		if t.class == own && winlog.Hexadecimal(t.name, security) {
			p.fix[i] = asHexNumber
		}
	}
}

// layUnnamed finds what stands for the values of Data elements without a name,
// which rules know as Data: Winlogbeat numbers them, other flat exports have
// them in the rendered text only.
func (p *plan) layUnnamed(l *winlog.Layout, f family, targets []target, style winlog.Style) {
	if f == winlogbeat6 || f == winlogbeat7 {
		for i, t := range targets {
			if number, ok := strings.CutPrefix(t.name, "param"); ok && t.class == own && strings.Trim(number, "0123456789") == "" {
				p.also = append(p.also, i)
			}
		}
	}
	bare := l.Empty()
	if len(p.also) == 0 && p.message >= 0 && !l.Has(winlog.Unnamed) && (style == winlog.ShellText || bare) {
		p.also = append(p.also, p.message)
	}
	if bare && p.message >= 0 {
		p.field[p.message] = int32(l.Data(winlog.Message))
	}
	if style == winlog.ShellText || len(p.also) > 0 {
		p.unnamed = l.Data(winlog.Unnamed)
	}
}

// layMessage makes the rendered text a header where it only repeats fields.
// Alone it is what the event says, and has its place already.
func (p *plan) layMessage(l *winlog.Layout) {
	if p.message >= 0 && p.field[p.message] < 0 {
		p.field[p.message] = int32(l.Header(winlog.Message))
	}
}

func (p *plan) layHeaders(l *winlog.Layout, targets []target) {
	known := map[string]*int{
		winlog.TimeCreated: &p.time, winlog.EventID: &p.id, winlog.Channel: &p.channel,
		winlog.Computer: &p.computer, winlog.ProviderName: &p.provider, winlog.EventRecordID: &p.record,
		"@timestamp": &p.stamp, "EventTime": &p.local, "EventReceivedTime": &p.received,
	}
	taken := map[string]bool{}
	for i, t := range targets {
		if t.class != header && t.class != hint || taken[t.name] {
			continue // of two sources of one header the first counts
		}
		taken[t.name] = true
		p.field[i] = int32(l.Header(t.name))
		if k := known[t.name]; k != nil {
			*k = i
		}
		if t.name == winlog.Keywords {
			p.fix[i] = asHexNumber
		}
	}
}

// joinSiblings gives elements that were numbered because they had the same
// name (X, X_1, X_2) their name back, so that they are values of one field.
func joinSiblings(targets []target) {
	names := map[string]bool{}
	for _, t := range targets {
		if t.class == own {
			names[t.name] = true
		}
	}
	for i, t := range targets {
		base, number, ok := cutLast(t.name, '_')
		if ok && t.class == own && names[base] && names[base+"_1"] && strings.Trim(number, "0123456789") == "" {
			targets[i].name = base
		}
	}
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 || i == len(s)-1 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
