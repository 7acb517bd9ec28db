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
	alien  bool // no Windows event
	shape  *event.Shape
	field  []int32 // of each run, -1 for none
	fix    []fix   // of each run
	excess bool    // some runs found no room

	// Runs with what every event has, -1 where there is none.
	time, id, channel, computer, provider, record int
	// Runs with other times, for exports whose time has no zone.
	utc, stamp, local, received int

	message int // run with the rendered text
	unnamed int // field number of Data, -1 for none
	shell   *winlog.PowerShell
	classic *plan // the same for classic PowerShell, made when first needed
}

// A fix is a change of a value into the form that the log itself has.
type fix uint8

const (
	asIs        fix = iota
	asGUID          // evtx_dump writes GUIDs bare and in upper case
	asHexNumber     // NXLog writes keywords as signed decimals
)

// newPlan thinks about a sequence of paths. For classic PowerShell it adds the
// fields that lie in the text.
func newPlan(runs []*objects.Node, classic bool, shapes *winlog.Shapes) *plan {
	p := &plan{
		time: -1, id: -1, channel: -1, computer: -1, provider: -1, record: -1,
		utc: -1, stamp: -1, local: -1, received: -1, message: -1, unnamed: -1,
	}
	paths := make([]string, len(runs))
	for i, n := range runs {
		paths[i] = n.Path()
	}
	f := familyOf(paths)
	if f == nil {
		p.alien = true
		return p
	}
	targets := make([]target, len(runs))
	for i, path := range paths {
		targets[i] = f.target(path)
	}
	_, nested := f.(systemFamily)
	p.lay(targets, nested, classic, shapes)
	return p
}

// lay gives each run its field.
func (p *plan) lay(targets []target, nested, classic bool, shapes *winlog.Shapes) {
	var l winlog.Layout
	p.field = make([]int32, len(targets))
	p.fix = make([]fix, len(targets))
	if nested {
		joinSiblings(targets)
	}
	for i, t := range targets {
		p.field[i] = -1
		if t.class != own {
			continue
		}
		p.field[i] = int32(l.Data(ownName(t.name, nested, classic)))
		p.excess = p.excess || p.field[i] < 0
		if nested {
			p.fix[i] = asGUID
		}
		if t.name == "UtcTime" {
			p.utc = i
		}
	}
	p.message = slices.IndexFunc(targets, func(t target) bool { return t.class == rendered })
	standIn := classic && !l.Has(winlog.Unnamed) && p.message >= 0
	if classic {
		p.unnamed = l.Data(winlog.Unnamed)
		p.shell = winlog.NewPowerShell(&l)
	}
	p.layMessage(&l, standIn)
	p.layHeaders(&l, targets)
	p.shape = shapes.Of(&l)
}

// ownName is the name of a field; forwarders number the unnamed texts of
// classic PowerShell.
func ownName(name string, nested, classic bool) string {
	if classic && !nested && strings.HasPrefix(name, "param") && strings.Trim(name[5:], "0123456789") == "" {
		return winlog.Unnamed
	}
	return name
}

// layMessage gives the rendered text its place. Beside fields it is a header,
// since it only repeats them; alone it is what the event says. For classic
// PowerShell without its own texts it stands in for them.
func (p *plan) layMessage(l *winlog.Layout, standIn bool) {
	switch {
	case p.message < 0:
	case standIn:
		p.field[p.message] = int32(p.unnamed)
	case l.Empty():
		p.field[p.message] = int32(l.Data(winlog.Message))
	default:
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
