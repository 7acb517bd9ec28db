package stix

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// View reads what is known of an object into a typed structure such as
// [Indicator]. Property names must agree to the letter. A property of the wrong kind is left
// empty and reported; everything else is still read, so that one bad property does
// not cost an indicator. Objects of STIX 2.0 are shown as 2.1 would have them.
func View[T any](o *Object) (*T, []Problem) {
	out := new(T)
	d := &viewer{}
	d.structure("", o.tree, reflect.ValueOf(out).Elem())
	if up, ok := any(out).(upgrader); ok && o.Version20() {
		up.upgrade()
	}
	return out, d.problems
}

// upgrader fills in what STIX 2.0 said in another way.
type upgrader interface{ upgrade() }

func (x *Indicator) upgrade() {
	x.IndicatorTypes, x.Labels = moveLabels(x.IndicatorTypes, x.Labels)
	if x.PatternType == "" {
		x.PatternType, x.PatternVersion = "stix", "2.0"
	}
}

func (x *Malware) upgrade() {
	x.MalwareTypes, x.Labels = moveLabels(x.MalwareTypes, x.Labels)
}

func (x *Report) upgrade() {
	x.ReportTypes, x.Labels = moveLabels(x.ReportTypes, x.Labels)
}

func (x *ThreatActor) upgrade() {
	x.ThreatActorTypes, x.Labels = moveLabels(x.ThreatActorTypes, x.Labels)
}

func (x *Tool) upgrade() {
	x.ToolTypes, x.Labels = moveLabels(x.ToolTypes, x.Labels)
}

// moveLabels: STIX 2.0 kept types of things in their labels.
func moveLabels(types, labels []string) ([]string, []string) {
	if len(types) == 0 {
		return labels, nil
	}
	return types, labels
}

type viewer struct{ problems []Problem }

func (d *viewer) mismatch(path string, want string) {
	d.problems = append(d.problems, Problem{Path: path, Rule: "kind", Severity: Error,
		Text: "the value is not " + want, Hint: "the property was ignored"})
}

func (d *viewer) structure(path string, tree map[string]any, out reflect.Value) {
	t := out.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			d.structure(path, tree, out.Field(i))
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if v, ok := tree[name]; ok && name != "" {
			d.value(joinPath(path, name), v, out.Field(i))
		}
	}
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *viewer) value(path string, v any, out reflect.Value) {
	if out.Type() == reflect.TypeFor[Timestamp]() {
		d.time(path, v, out)
		return
	}
	switch out.Kind() {
	case reflect.Pointer:
		target := reflect.New(out.Type().Elem())
		before := len(d.problems)
		if d.value(path, v, target.Elem()); len(d.problems) == before {
			out.Set(target)
		}
	case reflect.Slice:
		d.list(path, v, out)
	case reflect.Map:
		d.table(path, v, out)
	case reflect.Struct:
		if m, ok := v.(map[string]any); ok {
			d.structure(path, m, out)
		} else {
			d.mismatch(path, "an object")
		}
	default:
		d.scalar(path, v, out)
	}
}

func (d *viewer) time(path string, v any, out reflect.Value) {
	s, _ := v.(string)
	t, err := ParseTimestamp(s)
	if err != nil {
		d.mismatch(path, "a timestamp")
		return
	}
	out.Set(reflect.ValueOf(t))
}

func (d *viewer) scalar(path string, v any, out reflect.Value) {
	switch out.Kind() {
	case reflect.String:
		if s, ok := v.(string); ok {
			out.SetString(s)
			return
		}
		d.mismatch(path, "a string")
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			out.SetBool(b)
			return
		}
		d.mismatch(path, "true or false")
	case reflect.Float64:
		if f, ok := asFloat(v); ok && !math.IsInf(f, 0) {
			out.SetFloat(f)
			return
		}
		d.mismatch(path, "a number")
	case reflect.Int, reflect.Int64:
		if n, ok := asInt(v); ok && !out.OverflowInt(n) {
			out.SetInt(n)
			return
		}
		d.mismatch(path, "an integer")
	}
}

func (d *viewer) list(path string, v any, out reflect.Value) {
	list, ok := v.([]any)
	if !ok {
		d.mismatch(path, "a list")
		return
	}
	for i, e := range list {
		item := reflect.New(out.Type().Elem()).Elem()
		before := len(d.problems)
		if d.value(fmt.Sprintf("%s.[%d]", path, i), e, item); len(d.problems) == before {
			out.Set(reflect.Append(out, item))
		}
	}
}

func (d *viewer) table(path string, v any, out reflect.Value) {
	m, ok := v.(map[string]any)
	if !ok {
		d.mismatch(path, "an object")
		return
	}
	out.Set(reflect.MakeMapWithSize(out.Type(), len(m)))
	for _, name := range sortedKeys(m) {
		item := reflect.New(out.Type().Elem()).Elem()
		if item.Kind() == reflect.Interface {
			if e := plain(m[name]); e != nil {
				out.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(e))
			}
			continue
		}
		before := len(d.problems)
		if d.value(joinPath(path, name), m[name], item); len(d.problems) == before {
			out.SetMapIndex(reflect.ValueOf(name), item)
		}
	}
}

// plain copies a value of the tree, so that a view may be changed freely.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for name, e := range x {
			m[name] = plain(e)
		}
		return m
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = plain(e)
		}
		return list
	}
	return v
}
