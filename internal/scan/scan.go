// Package scan reads all evidence of a run on several cores: it walks the
// given paths, finds out formats, cuts files into parts, reads parts in any
// order and adds up what became of every file.
//
// All commands that read evidence (hunt, search, metrics, dump) are a
// [Consumer] each; one is made per worker, so consumers need no locks. What
// they write can be put back into the order of the evidence with
// [Options.Out], whatever worker was faster.
package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"sync"

	"tyto/internal/event"
	"tyto/internal/source"
)

// Options say what to read and how.
type Options struct {
	Formats  []source.Format // in the order in which they are asked
	Walk     source.Options
	Workers  int       // 0: one per core
	Hash     bool      // compute SHA-256 of every input that a format claims
	Out      io.Writer // where parts' output goes, in order; nil: consumers give none
	Progress *Progress // updated while running; may be nil
}

// A Consumer takes the events of one worker.
type Consumer interface {
	// Begin announces the part whose events follow.
	Begin(*Job)
	// Event takes one event, which is reused afterwards. False ends the run.
	Event(*event.Event) bool
	// End closes the part and returns its remaining output for good: the
	// next part's goes to another [Job.Buffer].
	End() []byte
}

// A PartReader is a Consumer that can read some formats by itself, for what an
// event does not carry. It returns false for a part that it leaves to the
// format's own reader.
type PartReader interface {
	ReadPart(ctx context.Context, in *source.Input, job *Job) (source.Report, bool)
}

// A Job is the reading of one part of one file.
type Job struct {
	File *File
	Part source.Part

	input  *source.Input
	format source.Format
	seq    int
	hash   bool
	out    *sequencer
}

// Buffer returns an empty buffer for the part's output, with the room of parts
// that are written already.
func (j *Job) Buffer() []byte { return j.out.buffer() }

// Emit writes output of a part that is still being read. It waits until all
// parts before this one are written.
func (j *Job) Emit(b []byte) error { return j.out.write(j.seq, b, false) }

// Run reads everything under the roots. It returns the files in the order of
// the walk, whatever happened to them; the error is nil, the context's, or
// that of writing the output.
func Run(ctx context.Context, roots []string, opt Options, consumer func() Consumer) ([]*File, error) {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Progress == nil {
		opt.Progress = &Progress{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{opt: opt, cancel: cancel, out: newSequencer(opt.Out)}
	jobs := make(chan *Job, opt.Workers)
	var workers sync.WaitGroup
	for range opt.Workers {
		workers.Go(func() { r.work(ctx, jobs, consumer()) })
	}
	r.dispatch(ctx, roots, jobs)
	close(jobs)
	workers.Wait()
	for _, f := range r.files {
		f.finish(ctx.Err() != nil)
	}
	return r.files, r.result(ctx)
}

type run struct {
	opt    Options
	cancel context.CancelCauseFunc
	out    *sequencer
	files  []*File
	seq    int
}

// errStopped is the cause when a consumer wants no more events.
var errStopped = errors.New("enough seen")

func (r *run) result(ctx context.Context) error {
	if err := r.out.err(); err != nil {
		return err
	}
	if ctx.Err() == nil || errors.Is(context.Cause(ctx), errStopped) {
		return nil
	}
	return context.Cause(ctx)
}

// dispatch walks the roots and hands out parts in order.
func (r *run) dispatch(ctx context.Context, roots []string, jobs chan<- *Job) {
	for in, skip := range source.Walk(ctx, roots, r.opt.Walk) {
		if skip != nil {
			r.files = append(r.files, skipped(len(r.files), skip))
			continue
		}
		r.input(ctx, in, jobs)
		if ctx.Err() != nil {
			return
		}
	}
}

// input cuts one file into jobs. The input is closed when its last job is
// done; until then it holds one reference of its own.
func (r *run) input(ctx context.Context, in *source.Input, jobs chan<- *Job) {
	f := opened(len(r.files), in)
	r.files = append(r.files, f)
	defer f.release(in)
	format := source.Identify(r.opt.Formats, in)
	if format == nil {
		f.Skipped = "unknown format: " + source.Describe(in.Head)
		r.opt.Progress.done(in.Packed, in.Size)
		return
	}
	f.Format = format.Name()
	parts, err := format.Split(ctx, in)
	if err != nil {
		f.Skipped = err.Error()
		r.opt.Progress.done(in.Packed, in.Size)
		r.hash(ctx, f, in, jobs)
		return
	}
	f.reports = make([]partReport, len(parts))
	r.hash(ctx, f, in, jobs) // first: it is the longest job of a large file
	for _, p := range parts {
		job := &Job{File: f, Part: p, input: in, format: format, seq: r.seq, out: r.out}
		r.seq++
		r.send(ctx, job, jobs)
	}
}

func (r *run) hash(ctx context.Context, f *File, in *source.Input, jobs chan<- *Job) {
	if r.opt.Hash {
		r.send(ctx, &Job{File: f, input: in, hash: true}, jobs)
	}
}

func (r *run) send(ctx context.Context, job *Job, jobs chan<- *Job) {
	job.File.refs.Add(1)
	select {
	case jobs <- job:
	case <-ctx.Done():
		job.File.release(job.input)
	}
}

// work is one worker: one consumer, one reader per format.
func (r *run) work(ctx context.Context, jobs <-chan *Job, c Consumer) {
	readers := make(map[source.Format]source.Reader)
	for job := range jobs {
		switch {
		case job.hash:
			job.File.SHA256 = digest(ctx, job.input)
		case ctx.Err() != nil:
			_ = r.out.write(job.seq, nil, true) // later parts must not wait for this one
		default:
			reader := readers[job.format]
			if reader == nil {
				reader = job.format.NewReader()
				readers[job.format] = reader
			}
			r.read(ctx, job, reader, c)
		}
		job.File.release(job.input)
	}
}

func (r *run) read(ctx context.Context, job *Job, reader source.Reader, c Consumer) {
	pr := &job.File.reports[job.Part.Index]
	c.Begin(job)
	if !r.readPart(ctx, job, c, pr) {
		r.readEvents(ctx, job, reader, c, pr)
	}
	pr.done = ctx.Err() == nil
	r.opt.Progress.part(job)
	if err := r.out.write(job.seq, c.End(), true); err != nil {
		r.cancel(err)
	}
}

func (r *run) readPart(ctx context.Context, job *Job, c Consumer, pr *partReport) (done bool) {
	if own, ok := c.(PartReader); ok {
		pr.Report, done = own.ReadPart(ctx, job.input, job)
		r.opt.Progress.Events.Add(pr.Records)
	}
	return done
}

func (r *run) readEvents(ctx context.Context, job *Job, reader source.Reader, c Consumer, pr *partReport) {
	pending := int64(0)
	pr.Report = reader.Read(ctx, job.input, job.Part, func(ev *event.Event) bool {
		pr.note(ev)
		if pending++; pending == 1024 {
			r.opt.Progress.Events.Add(pending)
			pending = 0
		}
		if !c.Event(ev) {
			r.cancel(errStopped)
			return false
		}
		return ctx.Err() == nil
	})
	r.opt.Progress.Events.Add(pending)
}

// digest returns the SHA-256 of the whole input, or "" when it could not be
// read to its end.
func digest(ctx context.Context, in *source.Input) string {
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for off := int64(0); off < in.Size; {
		if ctx.Err() != nil {
			return ""
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size-off)], off)
		h.Write(buf[:n])
		off += int64(n)
		if n == 0 || err != nil && err != io.EOF {
			return ""
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
