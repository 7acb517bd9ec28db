package cli

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"tyto/internal/detect"
	"tyto/internal/intel"
	"tyto/sigma"
)

// carriedSource is the name of the rule source that travelled with indicators.
const carriedSource = "intel"

// carriedRules makes a rule source of the Sigma rules that travelled with
// indicators. What several sources give in the same words is there once.
func carriedRules(all *intel.Import) (detect.RuleSource, bool, error) {
	if all == nil || len(all.Sigma) == 0 {
		return detect.RuleSource{}, false, nil
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	known := map[string]bool{}
	for i, c := range all.Sigma {
		if known[c.Text] {
			continue
		}
		known[c.Text] = true
		w, err := z.Create(carriedName(i, c))
		if err != nil {
			return detect.RuleSource{}, false, err
		}
		if _, err := io.WriteString(w, c.Text); err != nil {
			return detect.RuleSource{}, false, err
		}
	}
	if err := z.Close(); err != nil {
		return detect.RuleSource{}, false, err
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	return detect.RuleSource{Name: carriedSource, FS: r}, true, err
}

func carriedName(i int, c intel.Carried) string {
	return fmt.Sprintf("%04d-%s.yml", i+1, fileSafe(c.Name))
}

// fileSafe keeps what is harmless in a file name.
func fileSafe(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name[:min(len(name), 60)])
}

// answerable lists the Sigma rules that travelled with indicators, to be
// answered for. Rules that several sources give are one.
func answerable(all *intel.Import) []detect.CarriedRule {
	if all == nil {
		return nil
	}
	var out []detect.CarriedRule
	known := map[string]int{} // name -> place in out
	for i, c := range all.Sigma {
		for _, r := range rulesIn(i, c) {
			if at, twice := known[r.Name]; twice {
				again(&out[at].Given, c)
				continue
			}
			known[r.Name] = len(out)
			out = append(out, r)
		}
	}
	return out
}

// rulesIn are the rules and correlations of one text, or what stands for it
// when it holds none.
func rulesIn(i int, c intel.Carried) []detect.CarriedRule {
	file := carriedSource + "/" + carriedName(i, c)
	var out []detect.CarriedRule
	docs, problems := sigma.Parse(file, []byte(c.Text))
	for _, d := range docs {
		if _, narrows := d.(*sigma.Filter); narrows {
			continue
		}
		m := d.Head()
		out = append(out, detect.CarriedRule{Given: given(c), Name: cmp.Or(m.ID, m.Title), Path: file})
	}
	if len(out) > 0 || len(docs) > 0 {
		return out
	}
	why := "no Sigma rule in it"
	for _, p := range problems {
		if p.Severity == sigma.Error {
			why = p.Text
			break
		}
	}
	return []detect.CarriedRule{{Given: given(c), Name: cmp.Or(c.ID, c.Name, short(c.Text)), Path: file, Why: why}}
}
