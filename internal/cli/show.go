package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"tyto/evtx"
	"tyto/internal/detect"
	"tyto/internal/event"
	"tyto/internal/report/inert"
	"tyto/internal/source"
	"tyto/internal/source/formats"
)

// showCmd tells one finding whole, with the raw record it rests on.
type showCmd struct {
	ID   string `arg:"" help:"The finding's id, or the beginning of it." name:"finding"`
	In   string `help:"The output folder of the hunt." default:"." placeholder:"DIR" short:"i"`
	JSON bool   `help:"Print the finding and the record as JSON." name:"json"`
}

// Run implements the command.
func (c *showCmd) Run(ctx context.Context, s *session) error {
	f, err := c.find()
	if err != nil {
		return err
	}
	raw, rawErr := rawRecord(ctx, s.env, f.Origin, c.JSON)
	return s.buffered(func(w *bufio.Writer) error {
		if c.JSON {
			return writeFindingJSON(w, f, raw)
		}
		writeFinding(w, f)
		if rawErr != nil {
			fmt.Fprintf(w, "\nraw record: %s\n", inert.Text(rawErr.Error()))
			fmt.Fprint(w, whereElse(f.Origin.File))
			return nil
		}
		fmt.Fprintf(w, "\nraw record\n%s\n", inertLines(raw))
		return nil
	})
}

// whereElse says what to do about evidence that is not where the hunt found it.
func whereElse(file string) string {
	if _, err := os.Stat(file); file == source.Stdin || !errors.Is(err, fs.ErrNotExist) || filepath.IsAbs(file) {
		return ""
	}
	return "the path is as the hunt was given it: run tyto show where the hunt was run\n"
}

// find reads findings.jsonl up to the finding. An id that begins several
// findings is an error.
func (c *showCmd) find() (*detect.Finding, error) {
	name := filepath.Join(c.In, "findings.jsonl")
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &hintError{fmt.Errorf("%s: there is no hunt's output", c.In), "tyto show ID --in DIR, with the DIR that was given to -o"}
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	prefix := []byte(`{"id":"` + strings.ToLower(c.ID))
	var found []byte
	r := bufio.NewReaderSize(file, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if bytes.HasPrefix(line, prefix) {
			if found != nil {
				return nil, &hintError{fmt.Errorf("%s begins the ids of several findings", c.ID), "give more of the id"}
			}
			found = line
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	if found == nil {
		return nil, &hintError{fmt.Errorf("no finding %s in %s", c.ID, name), "the ids are the first field of each line"}
	}
	var f detect.Finding
	if err := json.Unmarshal(found, &f); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return &f, nil
}

func writeFindingJSON(w io.Writer, f *detect.Finding, raw []byte) error {
	out := struct {
		Finding *detect.Finding `json:"finding"`
		Record  json.RawMessage `json:"record,omitempty"`
	}{f, nil}
	if json.Valid(raw) {
		out.Record = raw
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// writeFinding tells a finding to people.
func writeFinding(w io.Writer, f *detect.Finding) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-12s %s\n", name, inert.Text(value))
		}
	}
	fmt.Fprintf(w, "%s\n\n", inert.Text(f.Title))
	line("id", f.ID)
	line("level", f.Level.String())
	line("time", f.Time.UTC().Format("2006-01-02 15:04:05.000 MST"))
	line("host", f.Host)
	line("log", strings.TrimSpace(f.Log+" "+number(uint64(f.EventID))))
	if r := f.Rule; r != nil {
		line("rule", strings.TrimSpace(r.ID+" "+r.Path))
		line("author", r.Author)
	}
	line("techniques", strings.Join(f.Techniques, ", "))
	if f.Carved {
		line("trust", "low: recovered from slack")
	}
	fmt.Fprintln(w, "\nbecause")
	for _, r := range f.Because {
		fmt.Fprintf(w, "  %s = %s\n      %s\n", inert.Text(r.Field), inert.Text(r.Value), inert.Text(r.Matched))
	}
	if len(f.Falsely) > 0 {
		fmt.Fprintln(w, "\nwhat else it may be")
		for _, p := range f.Falsely {
			fmt.Fprintf(w, "  %s\n", inert.Text(p))
		}
	}
	fmt.Fprintln(w, "\nevidence")
	writeOrigin(w, f.Origin)
	for _, o := range f.Copies {
		fmt.Fprint(w, "  copy")
		writeOrigin(w, o)
	}
	if len(f.Events) > 0 {
		fmt.Fprintf(w, "\nrests on %d events\n", len(f.Events))
		for _, o := range f.Events {
			writeOrigin(w, o)
		}
	}
}

func writeOrigin(w io.Writer, o event.Origin) {
	place := o.File
	if o.Member != "" {
		place += "!/" + o.Member
	}
	fmt.Fprintf(w, "  %s", inert.Text(place))
	if o.Record != 0 {
		fmt.Fprintf(w, "  record %d", o.Record)
	}
	if o.Line != 0 {
		fmt.Fprintf(w, "  line %d", o.Line)
	}
	fmt.Fprintf(w, "  offset %d\n", o.Offset)
}

func number(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// inertLines makes every line of a text harmless and keeps the line breaks.
func inertLines(raw []byte) string {
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	for i, l := range lines {
		lines[i] = inert.Text(strings.ReplaceAll(l, "\t", "  "))
	}
	return strings.Join(lines, "\n")
}

// rawRecord goes back to the evidence and renders the record anew.
func rawRecord(ctx context.Context, env *Env, o event.Origin, asJSON bool) ([]byte, error) {
	if o.File == source.Stdin {
		return nil, errors.New("it came through a pipe and is not kept")
	}
	for in, skip := range source.Walk(ctx, []string{onDisk(o.File)}, source.Options{TempDir: env.TempDir}) {
		if skip != nil {
			if skip.Member == o.Member {
				return nil, fmt.Errorf("%s: %s", o.File, skip.Reason)
			}
			continue
		}
		if in.Member != o.Member {
			in.Close()
			continue
		}
		defer in.Close()
		return recordOf(ctx, in, o, asJSON)
	}
	place := o.File
	if o.Member != "" {
		place += "!/" + o.Member
	}
	return nil, fmt.Errorf("%s: not found any more", place)
}

// onDisk returns the name of a file as the disk has it: names that are not
// UTF-8 are told with their odd bytes written out, as \xff.
func onDisk(told string) string {
	if _, err := os.Lstat(told); err == nil {
		return told
	}
	name := oddByte.ReplaceAllStringFunc(told, func(s string) string {
		n, err := strconv.ParseUint(s[2:], 16, 8)
		if err != nil {
			return s
		}
		return string([]byte{byte(n)})
	})
	if _, err := os.Lstat(name); err != nil {
		return told
	}
	return name
}

var oddByte = regexp.MustCompile(`\\x[89a-fA-F][0-9a-fA-F]`)

func recordOf(ctx context.Context, in *source.Input, o event.Origin, asJSON bool) ([]byte, error) {
	format := source.Identify(formats.All(formats.Options{Carve: true}), in)
	if format == nil {
		return nil, fmt.Errorf("%s: unknown format", o.File)
	}
	if format.Name() == "evtx" {
		return evtxRecord(in, o, asJSON)
	}
	parts, err := format.Split(ctx, in)
	if err != nil {
		return nil, err
	}
	var out []byte
	reader := format.NewReader()
	for _, p := range parts {
		if o.Offset < p.From || o.Offset >= p.To {
			continue
		}
		reader.Read(ctx, in, p, func(ev *event.Event) bool {
			if ev.Origin == o {
				out = appendEvent(nil, ev)
			}
			return out == nil
		})
	}
	if out == nil {
		return nil, fmt.Errorf("%s: the record is not at offset %d any more", o.File, o.Offset)
	}
	return out, nil
}

// evtxRecord renders the record at the origin's offset as XML or JSON.
func evtxRecord(in *source.Input, o event.Origin, asJSON bool) ([]byte, error) {
	dec := evtx.NewDecoder(evtx.NewStore())
	dec.Carve = true
	start := chunkStart(in)
	start += max(0, o.Offset-start) / evtx.ChunkSize * evtx.ChunkSize
	chunk := make([]byte, max(0, min(evtx.ChunkSize, in.Size-start)))
	if n, err := in.ReadAt(chunk, start); n < len(chunk) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var out []byte
	dec.Chunk(chunk, start, func(r *evtx.Record) bool {
		if r.Offset != o.Offset {
			return true
		}
		if asJSON {
			out = r.AppendJSON(nil)
		} else {
			out = r.AppendXML(nil)
		}
		return false
	})
	if out == nil {
		return nil, fmt.Errorf("%s: the record is not at offset %d any more", o.File, o.Offset)
	}
	return out, nil
}
