package evtxlog

import (
	"strings"
	"sync"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source/winlog"
)

// A plan gives the fields of a layout their numbers in a shape.
type plan struct {
	layout *evtx.Layout
	shapes *winlog.Shapes
	shape  *event.Shape
	wanted func(header string) bool // nil: all
	field  []int32                  // by the layout's fields; -1 for what is left out
	drawer *winlog.Drawer

	styled [winlog.Styles]shelf // the same for events of other styles
}

// A shelf holds a plan once it was needed.
type shelf struct {
	once sync.Once
	plan *plan
}

func newPlan(l *evtx.Layout, shapes *winlog.Shapes, wanted func(string) bool) *plan {
	return layPlan(l, shapes, wanted, winlog.Plain)
}

// in returns the plan with the fields of a style.
func (p *plan) in(style winlog.Style) *plan {
	if style == winlog.Plain {
		return p
	}
	s := &p.styled[style]
	s.once.Do(func() { s.plan = layPlan(p.layout, p.shapes, p.wanted, style) })
	return s.plan
}

func layPlan(layout *evtx.Layout, shapes *winlog.Shapes, wanted func(string) bool, style winlog.Style) *plan {
	p := &plan{layout: layout, shapes: shapes, wanted: wanted, field: make([]int32, len(layout.Fields))}
	var l winlog.Layout
	headers := make([]string, len(layout.Fields))
	for i, f := range layout.Fields {
		name, header := fieldName(f)
		p.field[i] = -1
		switch {
		case header:
			headers[i] = name
		case name != "":
			p.field[i] = int32(l.Data(name))
		}
	}
	p.drawer = winlog.NewDrawer(style, &l)
	if l.Empty() {
		// A message without fields is what the event says.
		for i, name := range headers {
			if name == winlog.Message {
				p.field[i], headers[i] = int32(l.Data(name)), ""
			}
		}
	}
	for i, name := range headers {
		if name != "" && (wanted == nil || wanted(name)) {
			p.field[i] = int32(l.Header(name))
		}
	}
	p.shape = shapes.Of(&l)
	return p
}

// fieldName turns a path into the name that rules use. The name is empty for
// what is left out.
func fieldName(f evtx.Field) (name string, header bool) {
	root, rest, _ := strings.Cut(f.Path, ".")
	switch root {
	case "System":
		return systemName(rest), true
	case "RenderingInfo":
		if rest == winlog.Message {
			return winlog.Message, true
		}
		return "RenderingInfo_" + strings.ReplaceAll(rest, "@", ""), true
	case "EventData":
		if attr, ok := strings.CutPrefix(rest, "@"); ok {
			return "EventData_" + attr, true
		}
	case "UserData":
		root, rest, _ = strings.Cut(rest, ".")
	}
	if rest == "" {
		return root, false
	}
	return strings.ReplaceAll(strings.TrimPrefix(rest, "@"), ".@", "."), false
}

func systemName(rest string) string {
	switch rest {
	case "TimeCreated.@SystemTime":
		return winlog.TimeCreated
	case "Correlation", "Security", "Execution", "Provider":
		return "" // elements without anything in them
	}
	return strings.ReplaceAll(rest, ".@", "_")
}
