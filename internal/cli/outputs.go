package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/report"
)

// outputs are the files that a hunt writes. Without a folder there are none.
type outputs struct {
	folder *report.Folder
	files  []*report.File
	sinks  report.Sinks
}

func newOutputs(dir, profile string, table *attack.Table) (*outputs, error) {
	o := &outputs{}
	if dir == "" {
		return o, nil
	}
	var err error
	if o.folder, err = report.OpenFolder(dir); err != nil {
		return nil, err
	}
	var files [4]*report.File
	for i, name := range []string{"findings.jsonl", "timeline.csv", "timeline.jsonl", "attack-layer.json"} {
		if files[i], err = o.folder.Create(name); err != nil {
			o.discard()
			return nil, err
		}
		o.files = append(o.files, files[i])
	}
	opt := report.TimelineOptions{Profile: report.Profile(profile)}
	csv, err := report.NewTimelineCSV(files[1], opt)
	if err != nil {
		o.discard()
		return nil, err
	}
	jsonl, err := report.NewTimelineJSONL(files[2], opt)
	if err != nil {
		o.discard()
		return nil, err
	}
	o.sinks = report.Sinks{report.NewFindings(files[0]), csv, jsonl, report.NewLayer(files[3], table)}
	return o, nil
}

// finish closes the sinks, writes health and manifest and gives all files
// their names. It returns the names.
func (o *outputs) finish(sinks report.Sinks, res *detect.Result, m *report.Manifest) ([]string, error) {
	if err := sinks.Close(); err != nil {
		return nil, err
	}
	if o.folder == nil {
		return nil, nil
	}
	for _, f := range o.files {
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	o.files = nil
	err := o.write("health.json", func(f *report.File) error { return report.WriteHealth(f, res.Health) })
	if err != nil {
		return nil, err
	}
	if res.Sightings == nil {
		err = o.folder.Drop("sightings.json")
	} else {
		err = o.write("sightings.json", func(f *report.File) error { return report.WriteSightings(f, res.Sightings.All()) })
	}
	if err != nil {
		return nil, err
	}
	if err := o.manifest(m); err != nil {
		return nil, err
	}
	var names []string
	for _, w := range o.folder.Written() {
		names = append(names, w.Name)
	}
	return names, nil
}

func (o *outputs) manifest(m *report.Manifest) error {
	m.Files = o.folder.Written()
	return o.write("manifest.json", func(f *report.File) error { return m.Write(f) })
}

// write makes a whole file.
func (o *outputs) write(name string, fill func(*report.File) error) error {
	f, err := o.folder.Create(name)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Discard()
		return err
	}
	return f.Close()
}

// discard removes what is not finished.
func (o *outputs) discard() {
	for _, f := range o.files {
		f.Discard()
	}
	o.files = nil
}

// apart makes sure that the output folder is not part of the evidence: not a
// given file, not a given folder and not inside one.
func apart(dir string, evidence []string) error {
	out, err := resolved(dir)
	if err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	for _, e := range rereadable(evidence) {
		root, err := resolved(e)
		if err != nil {
			continue // reading it will say why
		}
		inside := strings.TrimSuffix(root, string(os.PathSeparator)) + string(os.PathSeparator)
		if out == root || strings.HasPrefix(out, inside) {
			return &usageError{
				text: fmt.Sprintf("-o %s: the evidence lies there, and evidence is never altered", dir),
				hint: fmt.Sprintf("write beside it: tyto hunt %s -o case1", e),
			}
		}
	}
	return nil
}

// resolved is the absolute path, with links followed as far as it exists.
func resolved(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for head := abs; ; {
		if real, err := filepath.EvalSymlinks(head); err == nil {
			return filepath.Join(real, rest), nil
		}
		parent := filepath.Dir(head)
		if parent == head {
			return abs, nil
		}
		rest = filepath.Join(filepath.Base(head), rest)
		head = parent
	}
}
