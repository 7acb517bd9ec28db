package winlog

import (
	"strings"

	"tyto/internal/event"
)

// A Style is a way in which events hold their fields in values of Data that
// have no names of their own.
type Style uint8

// The styles.
const (
	Plain      Style = iota // the values stay values of Data
	ShellText               // classic PowerShell: lines "Key=Value" in a text
	RPCProcess              // RPC Firewall 1 and 2: a process came under protection or left it
	RPCCall                 // RPC Firewall 3: a call from the network
	Styles                  // how many there are
)

// RPCLog is the channel of RPC Firewall. Its events are made by the old
// interface for event logs, so that a value is known by its place only.
const RPCLog = "RPCFW"

// StyleOf returns the style of an event.
func StyleOf(channel string, id int) Style {
	switch {
	case strings.EqualFold(channel, PowerShellLog):
		return ShellText
	case strings.EqualFold(channel, RPCLog):
		switch id {
		case 1, 2:
			return RPCProcess
		case 3:
			return RPCCall
		}
	}
	return Plain
}

// A placing names values by their place. An event with fewer values than any
// version of its program writes is not what it seems and keeps them as Data;
// newer versions have only ever added values at the end.
type placing struct {
	least int
	names []string
}

// placings are the values of RPC Firewall's events, in the order of its source.
// InterfaceUuid and OpNum are called what its messages and the public rules
// call them; the others go by the names that Windows and Sysmon have for the
// same thing, so that whoever looks for accounts and addresses finds them. The
// caller is told as DOMAIN\name.
var placings = map[Style]placing{
	RPCProcess: {2, []string{"Image", "ProcessId"}},
	RPCCall: {11, []string{
		"Function", "ProcessId", "Image", "Protocol", "Endpoint", "IpAddress", "InterfaceUuid", "OpNum", "User",
		"AuthenticationLevel", "AuthenticationService", "IpPort", "ServerAddress", "ServerPort",
	}},
}

// A Drawer gives names to what values of Data hold. It is made for one layout.
type Drawer struct {
	unnamed int // number of Data
	shell   *PowerShell
	least   int
	places  []int // numbers in the layout; -1 where the name is taken
}

// NewDrawer adds the fields of a style to a layout. It is nil where there is
// nothing to draw from.
func NewDrawer(s Style, l *Layout) *Drawer {
	if s == Plain || !l.Has(Unnamed) {
		return nil
	}
	d := &Drawer{unnamed: l.Data(Unnamed)}
	if s == ShellText {
		d.shell = NewPowerShell(l)
		return d
	}
	d.least = placings[s].least
	for _, name := range placings[s].names {
		place := -1
		if !l.Has(name) {
			place = l.Data(name)
		}
		d.places = append(d.places, place)
	}
	return d
}

// Draw returns an event's values with those that it found names for.
func (d *Drawer) Draw(values []event.Value) []event.Value {
	if d.shell == nil {
		d.name(values)
		return values
	}
	best := noFields
	for _, v := range values {
		if int(v.Field) == d.unnamed {
			best = max(best, d.shell.rank(v.Text))
		}
	}
	if best == noFields {
		return values
	}
	for _, v := range values {
		if int(v.Field) == d.unnamed && d.shell.rank(v.Text) == best {
			values = d.shell.Append(values, v.Text)
		}
	}
	return values
}

// name gives the values of Data the names of their places.
func (d *Drawer) name(values []event.Value) {
	n := 0
	for _, v := range values {
		if int(v.Field) == d.unnamed {
			n++
		}
	}
	if n < d.least {
		return
	}
	place := 0
	for i := range values {
		if int(values[i].Field) != d.unnamed || place >= len(d.places) {
			continue
		}
		if f := d.places[place]; f >= 0 {
			values[i].Field = uint16(f)
		}
		place++
	}
}
