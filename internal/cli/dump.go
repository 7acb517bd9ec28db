package cli

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/scan"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
)

// dumpCmd prints records whole, each log's in the order of their record ids.
type dumpCmd struct {
	Paths         []string `arg:"" help:"Event log files, folders and archives; - is standard input." name:"file"`
	Format        string   `help:"json (as evtx_dump prints it), flat, xml or csv." enum:"json,flat,xml,csv" default:"json" short:"f"`
	evidenceFlags `embed:""`

	orders sync.Map // *scan.File -> *chunkOrder
}

// order returns the order of one log's chunks, the same for all workers.
func (c *dumpCmd) order(f *scan.File) *chunkOrder {
	o, _ := c.orders.LoadOrStore(f, &chunkOrder{})
	return o.(*chunkOrder)
}

// Run implements the command.
func (c *dumpCmd) Run(ctx context.Context, s *session) error {
	if err := c.validate(); err != nil {
		return err
	}
	progress := &scan.Progress{}
	stop := s.watch(ctx, "dump", c.Paths, progress)
	defer stop()
	opt, err := c.scan(ctx, s.env, c.Paths, progress)
	if err != nil {
		return err
	}
	opt.Out = s.raw()
	if c.Format == "csv" {
		if _, err := fmt.Fprint(s.out, csvHeader); err != nil {
			return err
		}
	}
	store := evtx.NewStore()
	files, err := scan.Run(ctx, c.Paths, opt, func() scan.Consumer {
		return &dumper{cmd: c, dec: evtx.NewDecoder(store)}
	})
	stop()
	if err != nil {
		return err
	}
	s.tellDamage(files)
	return nothingRead(files)
}

// tellDamage names the files that gave less than they hold.
func (s *session) tellDamage(files []*scan.File) {
	for _, f := range files {
		name := f.Path
		if f.Member != "" {
			name += "!/" + f.Member
		}
		switch {
		case f.Skipped != "":
			s.warn("%s: %s", name, f.Skipped)
		case f.Damaged > 0:
			s.tellZeroed(name, f)
			s.warn("%s: %d records damaged, %d recovered", name, f.Damaged, f.Recovered)
		case len(f.Damage) > 0:
			d := f.Damage[0]
			s.warn("%s: damaged at offset %d: %s (%d bytes); no record is known to be lost", name, d.Offset, d.Reason, d.Length)
		}
	}
}

// tellZeroed names the first stretch of zeroes that held records: nothing of
// them is left, so their number is not known.
func (s *session) tellZeroed(name string, f *scan.File) {
	wasZeroed := func(d source.Damage) bool { return d.Reason == evtxlog.Zeroed }
	if i := slices.IndexFunc(f.Damage, wasZeroed); i >= 0 {
		d := f.Damage[i]
		s.warn("%s: %s at offset %d (%d bytes): they are gone", name, d.Reason, d.Offset, d.Length)
	}
}

// A dumper renders the records of one worker.
type dumper struct {
	cmd    *dumpCmd
	dec    *evtx.Decoder
	job    *scan.Job
	buf    []byte
	read   []byte // of the log, from readAt on
	readAt int64
	flat   []byte
	survey evtxlog.Survey
}

// Begin implements scan.Consumer.
func (d *dumper) Begin(job *scan.Job) { d.job, d.buf = job, job.Buffer() }

// End implements scan.Consumer.
func (d *dumper) End() []byte { return d.buf }

// emitAt is how much output is gathered before it is written.
const emitAt = 4 << 20

// flush writes when enough is gathered. Errors come back from scan.Run.
func (d *dumper) flush() bool {
	if len(d.buf) < emitAt {
		return true
	}
	err := d.job.Emit(d.buf)
	d.buf = d.buf[:0]
	return err == nil
}

// Event implements scan.Consumer for evidence that is no EVTX file.
func (d *dumper) Event(ev *event.Event) bool {
	filter := d.cmd.filter()
	if !filter.Keeps(ev) {
		return true
	}
	if d.cmd.Format == "csv" {
		d.buf = appendEventCSV(d.buf, ev)
	} else {
		d.buf = append(appendEvent(d.buf, ev), '\n')
	}
	return d.flush()
}

// ReadPart implements scan.PartReader: EVTX records are rendered from their
// bytes, because an event does not carry the document's structure.
func (d *dumper) ReadPart(ctx context.Context, in *source.Input, job *scan.Job) (source.Report, bool) {
	if job.File.Format != "evtx" {
		return source.Report{}, false
	}
	d.dec.Carve, d.dec.Foreign = d.cmd.Carve, d.cmd.templates
	return d.readChunks(ctx, in, job.Part), true
}
