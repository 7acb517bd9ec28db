package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"tyto/internal/attack"
	"tyto/internal/detect"
)

// maxTechniques bounds a layer. ATT&CK has some 700 techniques; more ids than
// that come from rules that invent them.
const maxTechniques = 2000

// A Layer gathers attack-layer.json: which techniques were seen how often, for
// the ATT&CK Navigator (layer format 4.5).
type Layer struct {
	table      *attack.Table
	techniques map[string]*techniqueCount
	leftOut    int64
	w          io.Writer
}

type techniqueCount struct {
	findings int64
	level    detect.Level
	rules    counter
	hosts    counter
}

// NewLayer makes a layer that [Layer.Close] writes to w.
func NewLayer(w io.Writer, table *attack.Table) *Layer {
	return &Layer{table: table, techniques: map[string]*techniqueCount{}, w: w}
}

// Write implements [Sink].
func (l *Layer) Write(f *detect.Finding) error {
	for _, id := range f.Techniques {
		c := l.techniques[id]
		if c == nil {
			if len(l.techniques) >= maxTechniques {
				l.leftOut++
				continue
			}
			c = &techniqueCount{rules: newCounter(64), hosts: newCounter(256)}
			l.techniques[id] = c
		}
		c.findings++
		c.level = max(c.level, f.Level)
		c.rules.add(f.Title)
		if f.Host != "" {
			c.hosts.add(f.Host)
		}
	}
	return nil
}

// The layer as the Navigator reads it.
type (
	layerFile struct {
		Name        string           `json:"name"`
		Versions    layerVersions    `json:"versions"`
		Domain      string           `json:"domain"`
		Description string           `json:"description"`
		Sorting     int              `json:"sorting"`
		Layout      layerLayout      `json:"layout"`
		HideOthers  bool             `json:"hideDisabled"`
		Techniques  []layerTechnique `json:"techniques"`
		Gradient    layerGradient    `json:"gradient"`
		Legend      []layerLegend    `json:"legendItems"`
		Metadata    []layerMeta      `json:"metadata"`
	}
	layerVersions struct {
		Attack    string `json:"attack"`
		Navigator string `json:"navigator"`
		Layer     string `json:"layer"`
	}
	layerLayout struct {
		Layout   string `json:"layout"`
		ShowID   bool   `json:"showID"`
		ShowName bool   `json:"showName"`
	}
	layerTechnique struct {
		ID       string      `json:"techniqueID"`
		Score    int64       `json:"score"`
		Color    string      `json:"color"`
		Comment  string      `json:"comment"`
		Enabled  bool        `json:"enabled"`
		Metadata []layerMeta `json:"metadata"`
		Links    []layerMeta `json:"links"`
		ShowSubs bool        `json:"showSubtechniques"`
	}
	layerMeta struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	layerGradient struct {
		Colors []string `json:"colors"`
		Min    int64    `json:"minValue"`
		Max    int64    `json:"maxValue"`
	}
	layerLegend struct {
		Label string `json:"label"`
		Color string `json:"color"`
	}
)

// layerColors are the colours of the levels, in rising order.
var layerColors = [...]string{"#e9e3d4", "#fcdd75", "#ffa579", "#e85340", "#c91018"}

// Close implements [Sink]: it writes the layer.
func (l *Layer) Close() error {
	file := layerFile{
		Name:        "Tyto",
		Versions:    layerVersions{attack.Version, "5.1.0", "4.5"},
		Domain:      "enterprise-attack",
		Description: "Techniques of the findings. The score counts findings, the colour is the highest level.",
		Layout:      layerLayout{"side", true, true},
		Techniques:  l.list(),
		Metadata:    []layerMeta{},
	}
	file.Gradient = layerGradient{Colors: layerColors[:], Max: 1}
	for _, t := range file.Techniques {
		file.Gradient.Max = max(file.Gradient.Max, t.Score)
	}
	for i, c := range layerColors {
		file.Legend = append(file.Legend, layerLegend{detect.Level(i).String(), c})
	}
	if l.leftOut > 0 {
		file.Metadata = append(file.Metadata, layerMeta{"left out", fmt.Sprintf("%d mentions of further techniques", l.leftOut)})
	}
	if err := writeJSON(l.w, file); err != nil {
		return fmt.Errorf("writing the layer: %w", err)
	}
	return nil
}

// list returns the techniques by id. Families of seen sub-techniques are
// opened in the Navigator.
func (l *Layer) list() []layerTechnique {
	families := map[string]bool{}
	out := make([]layerTechnique, 0, len(l.techniques))
	for id, c := range l.techniques {
		if family, _, sub := strings.Cut(id, "."); sub {
			families[family] = true
		}
		out = append(out, layerTechnique{
			ID: id, Score: c.findings, Color: layerColors[min(c.level, detect.Critical)], Enabled: true,
			Comment:  c.comment(l.table.Name(id)),
			Metadata: []layerMeta{}, Links: []layerMeta{},
		})
	}
	for i := range out {
		out[i].ShowSubs = families[out[i].ID] || strings.Contains(out[i].ID, ".")
	}
	slices.SortFunc(out, func(a, b layerTechnique) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// comment says how often, on how many hosts and by which rules.
func (c *techniqueCount) comment(name string) string {
	return fmt.Sprintf("%s: %s on %s, highest level %s. %s",
		dash(name), Counted(c.findings, "finding", "findings"), c.hosts.counted("host", "hosts"),
		c.level, c.rules.top(5))
}
