package report

import (
	"bufio"
	"io"

	"tyto/internal/detect"
	"tyto/internal/event"
)

// Findings writes findings.jsonl: one finding a line, with the names of
// [detect.Finding].
type Findings struct {
	w   *bufio.Writer
	enc encoder
}

// NewFindings makes a writer over w.
func NewFindings(w io.Writer) *Findings {
	return &Findings{w: bufio.NewWriterSize(w, 1<<16)}
}

// Write implements [Sink].
func (x *Findings) Write(f *detect.Finding) error {
	x.enc.b = x.enc.b[:0]
	x.enc.finding(f)
	x.enc.b = append(x.enc.b, '\n')
	_, err := x.w.Write(x.enc.b)
	if cap(x.enc.b) > 1<<20 { // one huge finding must not hold its memory for ever
		x.enc.b = nil
	}
	return err
}

// Close implements [Sink].
func (x *Findings) Close() error { return x.w.Flush() }

// AppendFinding appends a finding's JSON to dst: a line of findings.jsonl
// without its end.
func AppendFinding(dst []byte, f *detect.Finding) []byte {
	e := encoder{dst}
	e.finding(f)
	return e.b
}

// finding writes the fields in the order of the contract.
func (e *encoder) finding(f *detect.Finding) {
	e.open()
	e.must("id", f.ID)
	e.time("time", f.Time)
	e.must("title", f.Title)
	e.must("level", f.Level.String())
	e.must("kind", f.Kind)
	e.rule(f.Rule)
	e.str("analytic", f.Analytic)
	e.float("score", f.Score)
	e.indicator(f.Indicator)
	e.str("host", f.Host)
	e.str("log", f.Log)
	e.num("event_id", int64(f.EventID))
	e.unsigned("record_id", f.RecordID)
	e.key("origin")
	e.open()
	e.origin(f.Origin)
	e.end()
	e.origins("copies", f.Copies)
	e.num("copy_count", int64(f.CopyCount))
	e.list("techniques", f.Techniques)
	e.reasons(f.Because)
	e.entities(f.Entities)
	e.origins("events", f.Events)
	e.flag("carved", f.Carved)
	e.list("tactics", f.Tactics)
	e.list("false_positives", f.Falsely)
	e.end()
}

func (e *encoder) rule(r *detect.RuleRef) {
	if r == nil {
		return
	}
	e.key("rule")
	e.open()
	e.str("id", r.ID)
	e.must("title", r.Title)
	e.str("author", r.Author)
	e.list("tags", r.Tags)
	e.str("path", r.Path)
	e.str("status", r.Status)
	e.str("date", r.Date)
	e.str("modified", r.Modified)
	e.end()
}

func (e *encoder) indicator(i *detect.Indicator) {
	if i == nil {
		return
	}
	e.key("indicator")
	e.open()
	e.must("type", i.Type)
	e.must("value", i.Value)
	e.must("source", i.Source)
	e.end()
}

func (e *encoder) origins(name string, list []event.Origin) {
	if len(list) > 0 {
		e.objects(name, len(list), func(i int) { e.origin(list[i]) })
	}
}

func (e *encoder) origin(o event.Origin) {
	e.must("file", o.File)
	e.str("member", o.Member)
	e.unsigned("record", o.Record)
	e.num("line", o.Line)
	e.num("offset", o.Offset)
}

// reasons is always there: a finding without a reason would not be one.
func (e *encoder) reasons(list []detect.Reason) {
	e.objects("because", len(list), func(i int) {
		e.must("field", list[i].Field)
		e.must("value", list[i].Value)
		e.must("matched", list[i].Matched)
		e.str("selection", list[i].Selection)
	})
}

func (e *encoder) entities(list []detect.Entity) {
	if len(list) == 0 {
		return
	}
	e.objects("entities", len(list), func(i int) {
		e.must("type", list[i].Type)
		e.must("value", list[i].Value)
	})
}

func (e *encoder) flag(name string, set bool) {
	if set {
		e.key(name)
		e.b = append(e.b, "true"...)
	}
}
