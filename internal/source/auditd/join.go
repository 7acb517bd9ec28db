package auditd

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"

	"tyto/internal/event"
)

// maxPrograms bounds the started programs that are remembered.
const maxPrograms = 1 << 15

// A process names a process of one host while no other takes its number.
type process struct{ host, pid string }

// A program is what a process runs.
type program struct{ image, command string }

// programs remember what was started, so that children can name their parent.
type programs struct{ known map[process]program }

func (s *programs) add(p process, what program) {
	if s.known == nil || len(s.known) >= maxPrograms {
		s.known = make(map[process]program)
	}
	s.known[p] = what
}

// forget drops what ran on a host before it was started anew.
func (s *programs) forget(host string) {
	for p := range s.known {
		if p.host == host {
			delete(s.known, p)
		}
	}
}

// flush finishes all events that are still open.
func (p *parser) flush(emit func(*event.Event)) {
	for g := p.open.oldest(); g != nil; g = p.open.oldest() {
		p.finish(g, emit)
	}
}

// finish hands out what the records of an event tell together.
func (p *parser) finish(g *group, emit func(*event.Event)) {
	p.origin = &g.origin
	switch {
	case string(g.success) == "no":
	case g.hasExec || string(g.call) == "execve" || string(g.call) == "execveat":
		p.started(g, emit)
	case string(g.call) == "connect":
		p.connected(g, emit)
	}
	if string(g.success) != "no" {
		for i := range g.paths {
			if string(g.paths[i].nametype) == "CREATE" && len(g.paths[i].name) > 0 {
				p.created(g, &g.paths[i], emit)
			}
		}
	}
	p.origin = nil
	p.open.release(g)
}

// hand completes a joined event.
func (p *parser) hand(g *group, category string, emit func(*event.Event)) {
	if user := g.userName(); len(user) > 0 {
		p.rec.Add("User", user)
	}
	p.some("ProcessId", g.pid)
	p.some("auid", g.auid)
	p.some("ses", g.ses)
	p.some("key", bytes.ReplaceAll(g.key, []byte{1}, []byte{' '}))
	p.event = event.Event{
		Time: time.Unix(0, g.id.at).UTC(), Host: g.id.host,
		Source: event.Source{Product: "linux", Category: category},
	}
	p.rec.Fill(&p.event)
	emit(&p.event)
}

func (p *parser) some(name string, text []byte) {
	if len(text) > 0 {
		p.rec.Add(name, text)
	}
}

// userName is the name where the log has it, else the number.
func (g *group) userName() []byte {
	switch {
	case len(g.user) > 0:
		return g.user
	case string(g.uid) == "0":
		return []byte("root")
	}
	return g.uid
}

// started tells of a program that replaced what a process ran.
func (p *parser) started(g *group, emit func(*event.Event)) {
	p.rec.Reset()
	image, second := g.exe, g.script()
	if len(image) == 0 {
		image, second = second, nil
	}
	p.some("Image", image)
	if len(second) > 0 && !bytes.Equal(second, image) {
		p.rec.Add("Image", second)
	}
	command := g.title
	if len(g.args) > 0 {
		whole := true
		command = p.rec.Build(func(dst []byte) []byte {
			var line []byte
			line, whole = g.command(dst)
			return line
		})
		p.cut = p.cut || !whole
	}
	p.some("CommandLine", command)
	p.some("CurrentDirectory", g.cwd)
	p.some("ParentProcessId", g.ppid)
	if parent, ok := p.past.known[process{g.id.host, string(g.ppid)}]; ok {
		p.some("ParentImage", []byte(parent.image))
		p.some("ParentCommandLine", []byte(parent.command))
	}
	if len(g.pid) > 0 {
		p.past.add(process{g.id.host, string(g.pid)}, program{string(image), string(command)})
	}
	p.hand(g, "process_creation", emit)
}

// script returns the path that was asked to be run: of a script, or of a link
// to the program.
func (g *group) script() []byte {
	for i := range g.paths {
		if string(g.paths[i].item) == "0" {
			return g.absolute(g.paths[i].name)
		}
	}
	return nil
}

// absolute joins a relative name with the working directory.
func (g *group) absolute(name []byte) []byte {
	if len(name) == 0 || name[0] == '/' || len(g.cwd) == 0 {
		return name
	}
	name = bytes.TrimPrefix(name, []byte("./"))
	full := append(make([]byte, 0, len(g.cwd)+1+len(name)), bytes.TrimRight(g.cwd, "/")...)
	return append(append(full, '/'), name...)
}

// created tells of a new file.
func (p *parser) created(g *group, f *path, emit func(*event.Event)) {
	p.rec.Reset()
	p.rec.Add("TargetFilename", g.absolute(f.name))
	p.some("Image", g.exe)
	p.hand(g, "file_event", emit)
}

// connected tells of a connection that was begun.
func (p *parser) connected(g *group, emit func(*event.Event)) {
	to, ok := parseAddress(g.address)
	if !ok {
		return
	}
	p.rec.Reset()
	p.some("Image", g.exe)
	p.rec.Add("Initiated", []byte("true"))
	p.rec.Add("DestinationIp", []byte(to.Addr().String()))
	p.rec.Add("DestinationPort", strconv.AppendUint(nil, uint64(to.Port()), 10))
	p.hand(g, "network_connection", emit)
}

// parseAddress reads the sockaddr of IPv4 or IPv6 in hexadecimal. The family
// stands in the byte order of the machine, the port in that of the network.
func parseAddress(text []byte) (netip.AddrPort, bool) {
	var raw [28]byte
	if len(text) > 2*len(raw) {
		text = text[:2*len(raw)]
	}
	n, err := hex.Decode(raw[:], text[:len(text)&^1])
	if err != nil || n < 8 {
		return netip.AddrPort{}, false
	}
	port := binary.BigEndian.Uint16(raw[2:])
	switch family := max(raw[0], raw[1]); {
	case family == 2:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port), true
	case family == 10 && n >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])).Unmap(), port), true
	}
	return netip.AddrPort{}, false
}
