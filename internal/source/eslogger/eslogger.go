// Package eslogger reads what the tool eslogger of macOS writes: events of
// Endpoint Security, an object in a line, recognised by schema_version,
// event_type, process and event.
//
// Events are of product macos and service eslogger. Started programs are of
// category process_creation, created, renamed and written files of category
// file_event; others have no category. Fields have eslogger's names; rules
// find Image, CommandLine, ParentImage, ParentCommandLine, CurrentDirectory,
// User and TargetFilename.
//
// The parent is the program that the parent's process number last ran, as far
// as the file tells; else the program that the process ran before, which is
// the parent's own after a fork. Users are numbers. A file is read in one part,
// since its records refer to earlier ones. Other tools on Endpoint Security
// (Santa, osquery) have forms of their own, which are not read here.
package eslogger

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:   "eslogger",
		Alien:  "no event of endpoint security",
		Is:     func(p jsonmap.Paths) bool { return p.Has("schema_version", "event_type", "process", "event") },
		Inner:  []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times:  []string{"time"},
		Hosts:  []string{"hostname", "host"},
		Source: sourceOf,
		State:  func() any { return &programs{} },
	})
}

// maxPrograms bounds the started programs that are remembered.
const maxPrograms = 1 << 15

// A program is what a process runs.
type program struct{ image, command string }

// programs remember what each process runs, so that children can name it.
type programs struct {
	byPID map[string]program
	args  [][]byte
}

func (s *programs) set(pid []byte, p program) {
	if s.byPID == nil || len(s.byPID) >= maxPrograms {
		s.byPID = make(map[string]program)
	}
	s.byPID[string(pid)] = p
}

func sourceOf(r *jsonmap.Record) event.Source {
	if !r.Has("event_type") || !r.Has("process.executable.path", "process.audit_token.pid") {
		return event.Source{}
	}
	s := event.Source{Product: "macos", Service: "eslogger"}
	past, _ := r.State.(*programs)
	if past == nil {
		return s
	}
	r.Alias("User", r.Get("process.audit_token.euid"))
	switch {
	case r.Has("event.exec.target.executable.path"):
		s.Category = "process_creation"
		started(r, past)
	case r.Has("event.fork.child.audit_token.pid"):
		forked(r, past)
	default:
		if file := target(r); file != nil {
			s.Category = "file_event"
			r.Alias("TargetFilename", file)
		}
		r.Alias("Image", r.Get("process.executable.path"))
	}
	return s
}

// started adds the names of a started program and remembers it.
func started(r *jsonmap.Record, past *programs) {
	image := r.Get("event.exec.target.executable.path")
	past.args = r.All("event.exec.args", past.args[:0])
	command := bytes.Join(past.args, []byte(" "))
	r.Alias("Image", image)
	r.Alias("CommandLine", command)
	r.Alias("CurrentDirectory", r.Get("event.exec.cwd.path"))
	parent := r.Get("event.exec.target.ppid", "process.ppid")
	if p, ok := past.byPID[string(parent)]; ok && parent != nil {
		r.Alias("ParentImage", []byte(p.image))
		r.Alias("ParentCommandLine", []byte(p.command))
	} else {
		r.Alias("ParentImage", r.Get("process.executable.path"))
	}
	if pid := r.Get("event.exec.target.audit_token.pid", "process.audit_token.pid"); pid != nil {
		past.set(pid, program{string(image), string(command)})
	}
}

// forked remembers that a child runs what its parent does.
func forked(r *jsonmap.Record, past *programs) {
	image := r.Get("process.executable.path")
	p := program{image: string(image)}
	if known, ok := past.byPID[string(r.Get("process.audit_token.pid"))]; ok && known.image == p.image {
		p = known
	}
	past.set(r.Get("event.fork.child.audit_token.pid"), p)
	r.Alias("Image", image)
}

// target returns the path of a file that was created, renamed or written.
func target(r *jsonmap.Record) []byte {
	for _, kind := range [...]string{"event.create.destination.", "event.rename.destination."} {
		if path := r.Get(kind + "existing_file.path"); path != nil {
			return path
		}
		if name := r.Get(kind + "new_path.filename"); name != nil {
			dir := bytes.TrimRight(r.Get(kind+"new_path.dir.path"), "/")
			return r.Join(dir, []byte("/"), name)
		}
	}
	return r.Get("event.write.target.path")
}
