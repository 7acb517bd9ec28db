package source

import (
	"fmt"
	"io"
	"os"
	"path"
	"time"
)

// HeadSize is how many bytes of a file a format may look at to claim it.
const HeadSize = 16 << 10

// An Input is one file, or one member of an archive, opened for reading. Who
// takes it from [Walk] closes it.
type Input struct {
	Path    string    // as given or found, slash separated, bytes that are no UTF-8 shown as \xNN
	Member  string    // path inside archives, nested ones joined with "!/"; empty for a plain file
	Size    int64     // bytes of content, unpacked; of a growing file those at opening
	Packed  int64     // share of the bytes on disk: the sum over a walk is what [Total] says
	ModTime time.Time // of the file or member, zero when unknown
	Head    []byte    // the first bytes, up to HeadSize
	// HostHint is the machine that the collector says it ran on. It is no more
	// than a hint for logs that do not name their machine.
	HostHint Hint
	Notes    []string // remarks about the file itself, such as that it is cut; final after Close

	// Of a segment of a stream: where its content stands in the whole.
	// Offsets and lines that parts and readers speak of count from the
	// segment; [Identify] gives a format that adds these to events' origins.
	BaseOffset int64 // of the first byte
	FirstLine  int64 // number of the first line; 0 means 1

	io.ReaderAt

	file *os.File // of a plain file, to notice growth
	of   *stream  // of a segment: what it belongs to
	drop func() error
}

// A Hint is a machine's name with the place where it stands.
type Hint struct {
	Name string // as written there; empty when there is no hint
	From string // such as "client_info.json"
}

// Name returns the last element of the member's or file's path.
func (in *Input) Name() string {
	if in.Member != "" {
		return path.Base(in.Member)
	}
	return path.Base(in.Path)
}

// Close releases the input and removes what was unpacked to disk for it. It
// adds a note when the file changed its size since it was opened. A second
// Close does nothing.
func (in *Input) Close() error {
	drop := in.drop
	if drop == nil {
		return nil
	}
	in.drop = nil
	if in.file != nil {
		in.noteChange()
	}
	return drop()
}

func (in *Input) noteChange() {
	info, err := in.file.Stat()
	if err != nil {
		return
	}
	switch now := info.Size(); {
	case now > in.Packed:
		in.Notes = append(in.Notes, fmt.Sprintf("grew while it was read: the last %d bytes were not looked at", now-in.Packed))
	case now < in.Packed:
		in.Notes = append(in.Notes, fmt.Sprintf("shrank while it was read: %d bytes are gone", in.Packed-now))
	}
}

// readHead fills Head from the start of the content.
func (in *Input) readHead() error {
	head := make([]byte, min(in.Size, HeadSize))
	n, err := in.ReadAt(head, 0)
	in.Head = head[:n]
	if err == io.EOF {
		return nil
	}
	return err
}

// A Skip is something in the evidence that is not read, or not read whole.
// Every path that a walk meets yields an Input or a Skip, or both.
type Skip struct {
	Path   string
	Member string
	Reason string // for people, such as "permission denied"
	Size   int64  // bytes, 0 when unknown
	// Partial says that members of the archive were yielded before it had to
	// be given up.
	Partial bool
	// Cap names the limit that was reached and Limit its value; empty when
	// no limit was at work.
	Cap   string
	Limit int64
}

// The names of the limits, as Skip.Cap tells them.
const (
	CapDepth    = "archive depth"
	CapEntries  = "archive entries"
	CapMember   = "archive member size"
	CapUnpacked = "archive unpacked size"
)

// Options are the limits of a walk. Zero values mean the defaults.
type Options struct {
	TempDir     string // where large archive members are unpacked to; default the system's
	InMemory    int64  // members up to this size stay in memory; default 8 MiB
	MaxDepth    int    // archives inside archives; default 4
	MaxEntries  int    // members of one file, nested ones included; default 1,000,000
	MaxMember   int64  // bytes of one member; default 64 GiB
	MaxUnpacked int64  // bytes unpacked from one file, all levels; default 1 TiB
	MaxRatio    int64  // bytes unpacked per byte of the file, beyond 256 MiB; default 200

	// Passwords are tried on encrypted members of zip archives, in order.
	// They are never written anywhere.
	Passwords []string

	// Stdin is read where [Stdin] is among the roots. It is read once, from
	// front to back, and not closed. Nil: "-" is a file like others.
	Stdin     io.Reader
	StdinTime time.Time // when it was read: dates without year count back from here
	Segment   int64     // bytes of lines of a stream that make one input; default 16 MiB
}

func (o Options) withDefaults() Options {
	set := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	set(&o.InMemory, 8<<20)
	set(&o.MaxMember, 64<<30)
	set(&o.MaxUnpacked, 1<<40)
	set(&o.MaxRatio, 200)
	set(&o.Segment, 16<<20)
	if o.MaxDepth == 0 {
		o.MaxDepth = 4
	}
	if o.MaxEntries == 0 {
		o.MaxEntries = 1_000_000
	}
	return o
}
