package intel

import (
	"fmt"
	"iter"
)

// A Remark is one thing about a list that its author or user should look at.
type Remark struct {
	File     string `json:"file"`
	Line     int64  `json:"line,omitempty"` // of text; of JSON the number of the entry
	Severity string `json:"severity"`       // error: not used; warning: used for less; note
	Type     string `json:"type,omitempty"`
	Value    string `json:"value,omitempty"`
	Text     string `json:"text"`
}

// String tells the remark like a compiler does. Values are quoted where they
// hold anything that a terminal would act on.
func (r Remark) String() string {
	place := r.File
	if r.Line > 0 {
		place = fmt.Sprintf("%s:%d", r.File, r.Line)
	}
	if r.Value == "" {
		return fmt.Sprintf("%s: %s: %s", place, r.Severity, r.Text)
	}
	return fmt.Sprintf("%s: %s: %s %+q: %s", place, r.Severity, r.Type, r.Value, r.Text)
}

// Lint yields remarks about an import and what the check made of it: problems
// of the files, rules that no engine evaluates, then the indicators.
func Lint(im *Import, c *Checked) iter.Seq[Remark] {
	return func(yield func(Remark) bool) {
		for _, p := range im.Problems {
			if !yield(Remark{File: p.File, Line: max(p.Line, int64(p.Entry)), Severity: "error", Text: p.Reason}) {
				return
			}
		}
		if more := im.Skipped - len(im.Problems); more > 0 && !yield(Remark{Severity: "error", Text: fmt.Sprintf("%d further problems", more)}) {
			return
		}
		for _, list := range [][]Carried{im.Patterns, im.Kept} {
			for _, k := range list {
				if !yield(Remark{File: k.Claim.File, Severity: "note", Type: k.Kind, Value: k.ID, Text: k.Why}) {
					return
				}
			}
		}
		for i := range c.Indicators {
			if !lint(&c.Indicators[i], yield) {
				return
			}
		}
	}
}

func lint(in *Indicator, yield func(Remark) bool) bool {
	severity := "note"
	wanted := in.Asked
	if wanted == None {
		wanted = Detect
	}
	switch {
	case in.Decision == Rejected:
		severity = "error"
	case in.Decision < wanted:
		severity = "warning"
	}
	for _, why := range in.Reasons {
		r := Remark{Severity: severity, Line: int64(in.Line), Type: in.Type.String(), Value: in.Value, Text: why}
		if in.Claim != nil {
			r.File = in.Claim.File
		}
		if !yield(r) {
			return false
		}
	}
	return true
}
