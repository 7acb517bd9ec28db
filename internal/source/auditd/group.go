package auditd

import "tyto/internal/event"

// Bounds of what is kept of events whose records have not all been read.
const (
	maxOpen  = 256      // events at a time
	maxArgs  = 1024     // arguments of one command
	maxKept  = 64 << 10 // bytes of one command
	maxPaths = 64       // of one event
)

// A groupKey names an event: its records share host, time and serial number.
type groupKey struct {
	host   string
	at     int64
	serial uint64
}

// A group gathers the records of one event.
type group struct {
	id      groupKey
	records int
	origin  event.Origin // of the first record

	exe, comm, call, key []byte
	pid, ppid, uid, auid []byte
	user, ses, success   []byte
	cwd, title, address  []byte
	argc                 int
	args                 [][]byte
	kept                 int
	hasExec              bool
	paths                []path
}

// A path is one PATH record.
type path struct{ item, name, nametype []byte }

// reset empties a group; its memory is used again.
func (g *group) reset(id groupKey) {
	old := *g
	*g = group{
		id: id, exe: old.exe[:0], comm: old.comm[:0], call: old.call[:0], key: old.key[:0],
		pid: old.pid[:0], ppid: old.ppid[:0], uid: old.uid[:0], auid: old.auid[:0],
		user: old.user[:0], ses: old.ses[:0], success: old.success[:0], cwd: old.cwd[:0],
		title: old.title[:0], address: old.address[:0], args: old.args[:0], paths: old.paths[:0],
	}
}

// newPath begins the next PATH record.
func (g *group) newPath() {
	if len(g.paths) < maxPaths {
		g.paths = append(g.paths, path{})
	}
}

// keep takes over what the joined event needs of a field.
func (g *group) keep(kind, key, value []byte) {
	switch string(kind) {
	case "SYSCALL":
		if dst := g.ofCall(string(key)); dst != nil {
			*dst = append((*dst)[:0], value...)
		}
	case "EXECVE":
		g.argument(key, value)
	case "CWD":
		if string(key) == "cwd" {
			g.cwd = append(g.cwd[:0], value...)
		}
	case "PROCTITLE":
		if string(key) == "proctitle" {
			g.title = append(g.title[:0], value...)
		}
	case "SOCKADDR":
		if string(key) == "saddr" {
			g.address = append(g.address[:0], value...)
		}
	case "PATH":
		g.path(key, value)
	}
}

func (g *group) ofCall(key string) *[]byte {
	switch key {
	case "exe":
		return &g.exe
	case "comm":
		return &g.comm
	case "SYSCALL":
		return &g.call
	case "pid":
		return &g.pid
	case "ppid":
		return &g.ppid
	case "uid":
		return &g.uid
	case "auid":
		return &g.auid
	case "UID":
		return &g.user
	case "ses":
		return &g.ses
	case "success":
		return &g.success
	}
	return nil
}

func (g *group) path(key, value []byte) {
	if len(g.paths) == 0 {
		return
	}
	p := &g.paths[len(g.paths)-1]
	switch string(key) {
	case "item":
		p.item = append(p.item, value...)
	case "name":
		p.name = append(p.name, value...)
	case "nametype":
		p.nametype = append(p.nametype, value...)
	}
}

// argument keeps one argument of a command, or a piece of a long one.
func (g *group) argument(key, value []byte) {
	g.hasExec = true
	if string(key) == "argc" {
		n, _ := decimal(value)
		g.argc = int(min(n, 1<<30))
		return
	}
	n, ok := argument(key)
	if !ok || n >= maxArgs || g.kept+len(value) > maxKept {
		return
	}
	for len(g.args) <= n {
		g.args = append(g.args, nil)
	}
	g.kept += len(value)
	g.args[n] = append(g.args[n], value...)
}

// command joins the arguments by blanks, and reports whether some are missing.
func (g *group) command(dst []byte) (line []byte, whole bool) {
	whole = len(g.args) >= g.argc
	for i, a := range g.args {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, a...)
	}
	return dst, whole
}

// openGroups are the events of which records may still come.
type openGroups struct {
	byKey map[groupKey]*group
	order []groupKey // oldest first, with some that are gone
	free  []*group
}

// get returns the group of a record. When too many are open, old is the
// oldest, which is to be finished.
func (o *openGroups) get(k groupKey) (g, old *group) {
	if g := o.byKey[k]; g != nil {
		return g, nil
	}
	if o.byKey == nil {
		o.byKey = make(map[groupKey]*group)
	}
	if len(o.byKey) >= maxOpen {
		old = o.oldest()
	}
	g = &group{}
	if n := len(o.free); n > 0 {
		g, o.free = o.free[n-1], o.free[:n-1]
	}
	g.reset(k)
	o.byKey[k] = g
	o.order = append(o.order, k)
	if len(o.order) > 4*maxOpen {
		o.tidy()
	}
	return g, old
}

// tidy drops from the order what is gone.
func (o *openGroups) tidy() {
	kept := o.order[:0]
	for _, k := range o.order {
		if o.byKey[k] != nil {
			kept = append(kept, k)
		}
	}
	o.order = kept
}

// take removes a group, nil when there is none.
func (o *openGroups) take(k groupKey) *group {
	g := o.byKey[k]
	delete(o.byKey, k)
	return g
}

// oldest removes the group that was opened first.
func (o *openGroups) oldest() *group {
	for i, k := range o.order {
		if g := o.take(k); g != nil {
			o.order = o.order[i+1:]
			return g
		}
	}
	o.order = o.order[:0]
	return nil
}

// release gives a finished group's memory back.
func (o *openGroups) release(g *group) {
	if len(o.free) < maxOpen && g.kept < 4096 {
		o.free = append(o.free, g)
	}
}
