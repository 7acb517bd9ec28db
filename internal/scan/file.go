package scan

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
)

// Limits of what is kept about one file.
const (
	MaxDamage = 1000 // stretches of damage listed
	MaxHosts  = 1000 // hosts listed
	maxNotes  = 100  // remarks listed
)

// A File tells what became of one input, or why something is none.
type File struct {
	Index   int // in the order of the walk
	Path    string
	Member  string
	Format  string // empty when no format claimed it
	Skipped string // why nothing was read; empty when it was
	Limit   *Limit // the limit that led to the skip, if one did
	Size    int64
	SHA256  string // with Options.Hash

	// What was read, added up over all parts; valid after Run.
	source.Report
	First, Last time.Time // of its events; zero when none has a plausible time
	Implausible int64     // events with times that [source.Plausible] does not believe
	Hosts       []string  // sorted
	DamageLeft  int64     // stretches of damage beyond those listed
	HostsLeft   int       // hosts beyond those listed
	Partial     bool      // the run was stopped before the file's end

	reports []partReport
	refs    atomic.Int32
}

// A Limit is a bound that was reached.
type Limit struct {
	What  string
	Value int64
}

func skipped(index int, s *source.Skip) *File {
	f := &File{Index: index, Path: s.Path, Member: s.Member, Skipped: s.Reason, Size: s.Size}
	if s.Partial { // its members were read: it is damaged, not left out
		f.Skipped, f.Format = "", "archive"
		f.Notes = []string{"not read to its end: " + s.Reason}
		f.Damage = []source.Damage{{Length: s.Size, Reason: "cut archive"}}
	}
	if s.Cap != "" {
		f.Limit = &Limit{s.Cap, s.Limit}
	}
	return f
}

func opened(index int, in *source.Input) *File {
	f := &File{Index: index, Path: in.Path, Member: in.Member, Size: in.Size}
	f.refs.Store(1)
	return f
}

// release gives one reference back; the last one closes the input.
func (f *File) release(in *source.Input) {
	if f.refs.Add(-1) > 0 {
		return
	}
	if err := in.Close(); err != nil {
		f.Notes = append(f.Notes, "closing: "+err.Error())
	}
	f.Notes = append(f.Notes, in.Notes...)
}

// A partReport is what one worker learnt from one part.
type partReport struct {
	source.Report
	done        bool
	first, last time.Time
	implausible int64
	hosts       []string
	left        int // hosts beyond MaxHosts
}

func (p *partReport) note(ev *event.Event) {
	p.time(ev.Time)
	if n := len(p.hosts); ev.Host == "" || n > 0 && p.hosts[n-1] == ev.Host {
		return
	}
	p.host(ev.Host)
}

func (p *partReport) time(t time.Time) {
	switch {
	case t.IsZero():
		return
	case !source.Plausible(t):
		p.implausible++
		return
	}
	if p.first.IsZero() || t.Before(p.first) {
		p.first = t
	}
	if t.After(p.last) {
		p.last = t
	}
}

// host keeps the newest host last, because the next event is likely its own.
func (p *partReport) host(name string) {
	if i := slices.Index(p.hosts, name); i >= 0 {
		last := len(p.hosts) - 1
		p.hosts[i], p.hosts[last] = p.hosts[last], p.hosts[i]
		return
	}
	if len(p.hosts) >= MaxHosts {
		p.left++
		return
	}
	p.hosts = append(p.hosts, name)
}

// finish adds up the parts.
func (f *File) finish(stopped bool) {
	notes := f.Notes
	for i := range f.reports {
		p := &f.reports[i]
		f.add(p)
		if stopped && !p.done {
			f.Partial = true
		}
	}
	f.reports = nil
	slices.Sort(f.Hosts)
	f.Hosts = slices.Compact(f.Hosts)
	if n := len(f.Hosts); n > MaxHosts {
		f.HostsLeft += n - MaxHosts
		f.Hosts = f.Hosts[:MaxHosts]
	}
	if f.Implausible > 0 {
		f.Notes = append(f.Notes, source.Implausible(f.Implausible))
	}
	f.Notes = distinct(append(f.Notes, notes...))
}

func (f *File) add(p *partReport) {
	f.Bytes += p.Bytes
	f.Records += p.Records
	f.Recovered += p.Recovered
	f.Damaged += p.Damaged
	room := max(0, MaxDamage-len(f.Damage))
	take := min(room, len(p.Damage))
	f.Damage = append(f.Damage, p.Damage[:take]...)
	f.DamageLeft += int64(len(p.Damage) - take)
	f.Notes = append(f.Notes, p.Notes...)
	f.Hosts = append(f.Hosts, p.hosts...)
	f.HostsLeft += p.left
	f.Implausible += p.implausible
	if f.First.IsZero() || !p.first.IsZero() && p.first.Before(f.First) {
		f.First = p.first
	}
	if p.last.After(f.Last) {
		f.Last = p.last
	}
}

// distinct keeps the first of equal notes, up to maxNotes.
func distinct(notes []string) []string {
	seen := make(map[string]bool, len(notes))
	out := notes[:0:0]
	for _, n := range notes {
		if seen[n] {
			continue
		}
		seen[n] = true
		if len(out) == maxNotes {
			out = append(out, fmt.Sprintf("more than %d kinds of notes: the rest is left out", maxNotes))
			break
		}
		out = append(out, n)
	}
	return out
}
