package sigma

import (
	"bytes"
	"strconv"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/index"
)

// An alias gives an event of one log a field of another log: the Sysmon-style
// name, and how the value is made from the event's own fields.
type alias struct {
	target string
	from   []string // the event's own names
	make   converter
	// hides is set where a field that the event has under the target's name
	// means something else and must not be seen even without a value to
	// replace it.
	hides bool
}

// A converter makes the value of an alias from the first values of its source
// fields, nil where one is missing. New text is appended to the arena. It
// returns nil when there is nothing to say.
type converter func(arena *[]byte, a, b []byte) []byte

// aliases returns what a view adds. A target that the event has under the same
// name is replaced: in Security 4688 ProcessId is the creator.
func (k viewKind) aliases() []alias {
	switch k {
	case viewProcess:
		return processAliases
	case viewConnection:
		return connectionAliases
	case viewRegistry:
		return registryAliases
	case viewAntivirus:
		return []alias{
			{target: "Signature", from: []string{"ThreatName"}, make: same},
			{target: "Filename", from: []string{"Path"}, make: same},
		}
	case viewWMI:
		return []alias{{target: "Destination", from: []string{"PossibleCause"}, make: same}}
	}
	return nil
}

var processAliases = []alias{
	{target: "Image", from: []string{"NewProcessName"}, make: same},
	{target: "ParentImage", from: []string{"ParentProcessName"}, make: same},
	{target: "ProcessId", from: []string{"NewProcessId"}, make: decimal, hides: true},
	{target: "ParentProcessId", from: []string{"ProcessId"}, make: decimal},
	{target: "User", from: []string{"SubjectDomainName", "SubjectUserName"}, make: account},
	{target: "LogonId", from: []string{"SubjectLogonId"}, make: lowerHex},
	{target: "IntegrityLevel", from: []string{"MandatoryLabel"}, make: words(map[string]string{
		"S-1-16-4096": "Low", "S-1-16-8192": "Medium", "S-1-16-12288": "High", "S-1-16-16384": "System",
	})},
}

var connectionAliases = []alias{
	{target: "Image", from: []string{"Application"}, make: drivePath},
	{target: "Initiated", from: []string{"Direction"}, make: words(map[string]string{
		"%%14593": "true", "%%14592": "false", "Outbound": "true", "Inbound": "false",
	})},
	{target: "Protocol", from: []string{"Protocol"}, make: words(map[string]string{"6": "tcp", "17": "udp"})},
	{target: "SourceIp", from: []string{"SourceAddress"}, make: same},
	{target: "DestinationIp", from: []string{"DestAddress"}, make: same},
	{target: "DestinationPort", from: []string{"DestPort"}, make: same},
	{target: "ProcessId", from: []string{"ProcessID"}, make: same},
}

// A new value is both what Sysmon calls CreateKey and a SetValue, so EventType
// can have two values.
var registryAliases = []alias{
	{target: "Image", from: []string{"ProcessName"}, make: same},
	{target: "User", from: []string{"SubjectUserName"}, make: same},
	{target: "TargetObject", from: []string{"ObjectName", "ObjectValueName"}, make: keyPath},
	{target: "Details", from: []string{"NewValue"}, make: same},
	{target: "EventType", from: []string{"OperationType"}, make: words(map[string]string{
		opNew: "CreateKey", opNewText: "CreateKey", opChanged: "SetValue", opChangedText: "SetValue",
		opDeleted: "DeleteValue", opDeletedText: "DeleteValue",
	})},
	{target: "EventType", from: []string{"OperationType"}, make: onlyWords(map[string]string{opNew: "SetValue", opNewText: "SetValue"})},
}

func same(_ *[]byte, a, _ []byte) []byte { return a }

// build appends to the arena what add appends and returns that part of it.
func build(arena *[]byte, add func([]byte) []byte) []byte {
	start := len(*arena)
	*arena = add(*arena)
	return (*arena)[start:len(*arena):len(*arena)]
}

// decimal turns hexadecimal process ids into decimal ones.
func decimal(arena *[]byte, a, _ []byte) []byte {
	v := bytes.TrimSpace(a)
	if len(v) <= 2 || len(v) > 18 || v[0] != '0' || (v[1] != 'x' && v[1] != 'X') {
		return a
	}
	var n uint64
	for _, c := range v[2:] {
		d, ok := hexDigit(c)
		if !ok {
			return a
		}
		n = n<<4 | uint64(d)
	}
	return build(arena, func(dst []byte) []byte { return strconv.AppendUint(dst, n, 10) })
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func lowerHex(arena *[]byte, a, _ []byte) []byte {
	if a == nil {
		return nil
	}
	return build(arena, func(dst []byte) []byte {
		for _, c := range a {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
		}
		return dst
	})
}

// account joins domain and user.
func account(arena *[]byte, domain, user []byte) []byte {
	if user == nil || len(domain) == 0 {
		return user
	}
	return build(arena, func(dst []byte) []byte {
		return append(append(append(dst, domain...), '\\'), user...)
	})
}

// words translates fixed values; others are left as they are.
func words(table map[string]string) converter {
	return func(arena *[]byte, a, _ []byte) []byte {
		w, ok := table[string(bytes.TrimSpace(a))]
		if !ok {
			return a
		}
		return build(arena, func(dst []byte) []byte { return append(dst, w...) })
	}
}

// onlyWords translates fixed values and is silent about others.
func onlyWords(table map[string]string) converter {
	return func(arena *[]byte, a, _ []byte) []byte {
		w, ok := table[string(bytes.TrimSpace(a))]
		if !ok {
			return nil
		}
		return build(arena, func(dst []byte) []byte { return append(dst, w...) })
	}
}

const devicePrefix = `\device\harddiskvolume`

// drivePath writes \device\harddiskvolumeN\x as C:\x. That N is drive C is an
// assumption: the record does not say.
func drivePath(arena *[]byte, a, _ []byte) []byte {
	n := len(devicePrefix)
	if len(a) <= n || !bytes.EqualFold(a[:n], []byte(devicePrefix)) {
		return a
	}
	rest := bytes.TrimLeft(a[n:], "0123456789")
	if len(rest) == len(a)-n || len(rest) == 0 || rest[0] != '\\' {
		return a
	}
	return build(arena, func(dst []byte) []byte { return append(append(dst, "C:"...), rest...) })
}

// keyPath joins key and value name and uses Sysmon's short names of the roots.
func keyPath(arena *[]byte, key, name []byte) []byte {
	if key == nil {
		return nil
	}
	return build(arena, func(dst []byte) []byte {
		short, rest := keyRoot(key)
		dst = append(append(dst, short...), rest...)
		if len(name) > 0 {
			dst = append(append(dst, '\\'), name...)
		}
		return dst
	})
}

// keyRoot cuts a kernel name of a root key off and returns its short name.
func keyRoot(key []byte) (short string, rest []byte) {
	for _, root := range [...]struct{ long, short string }{
		{`\REGISTRY\MACHINE`, "HKLM"}, {`\REGISTRY\USER`, "HKU"},
	} {
		n := len(root.long)
		if len(key) >= n && bytes.EqualFold(key[:n], []byte(root.long)) && (len(key) == n || key[n] == '\\') {
			return root.short, key[n:]
		}
	}
	return "", key
}

// An aliasPlan is what a view adds to events of one shape.
type aliasPlan struct {
	steps []aliasStep
	// ids are the shape's ids without those that aliases replace.
	ids [][]int32
	// targets are the folded names that events of this shape can have.
	targets map[string]bool
	// hidden are the folded names that only the event's own log means.
	hidden map[string]bool
}

// An aliasStep makes one alias.
type aliasStep struct {
	alias *alias
	from  []int   // fields of the shape, -1 where one is missing
	ids   []int32 // the program's ids of the target, by any spelling
}

// plan returns what a view adds to events of this shape.
func (s *Shape) plan(k viewKind) *aliasPlan {
	s.once[k].Do(func() { s.views[k] = s.newPlan(k.aliases()) })
	return s.views[k]
}

func (s *Shape) newPlan(list []alias) *aliasPlan {
	p := &aliasPlan{targets: map[string]bool{}, hidden: map[string]bool{}}
	replaced := map[int32]bool{}
	for i := range list {
		a := &list[i]
		step := aliasStep{alias: a, from: make([]int, len(a.from))}
		found := false
		for j, name := range a.from {
			step.from[j] = -1
			if fields := s.find(name); len(fields) > 0 {
				step.from[j], found = int(fields[0]), true
			}
		}
		if !found && !a.hides {
			continue
		}
		step.ids = s.rs.spellings(a.target)
		for _, id := range step.ids {
			replaced[id] = true
		}
		if !found {
			p.hidden[fold.String(a.target)] = true
			continue
		}
		p.targets[fold.String(a.target)] = true
		p.steps = append(p.steps, step)
	}
	p.ids = make([][]int32, len(s.ids))
	for i, ids := range s.ids {
		for _, id := range ids {
			if !replaced[id] {
				p.ids[i] = append(p.ids[i], id)
			}
		}
	}
	return p
}

// spellings returns the ids of a field name in every case that rules use.
func (rs *Ruleset) spellings(target string) []int32 {
	low := fold.String(target)
	var out []int32
	for id, f := range rs.fields {
		if f.folded == low {
			out = append(out, int32(id))
		}
	}
	return out
}

// firstValue returns the first value of a field that is not null, or nil.
func (ev *Event) firstValue(field int) []byte {
	if field < 0 {
		return nil
	}
	for i := range ev.Values {
		if v := &ev.Values[i]; int(v.Field) == field && v.Kind != Null {
			if v.Text == nil {
				return []byte{}
			}
			return v.Text
		}
	}
	return nil
}

// value makes the alias; nil when the event has nothing for it.
func (st *aliasStep) value(ev *Event, arena *[]byte) []byte {
	a := ev.firstValue(st.from[0])
	var b []byte
	if len(st.from) > 1 {
		b = ev.firstValue(st.from[1])
	}
	return st.alias.make(arena, a, b)
}

// projectAlias is [Shape.project] with the aliases of a view added; texts that
// had to be made are appended to the arena.
func (s *Shape) projectAlias(dst []index.Value, arena *[]byte, ev *Event, k viewKind, keyword bool) []index.Value {
	p := s.plan(k)
	dst = s.project(dst, ev, p.ids, keyword)
	for i := range p.steps {
		st := &p.steps[i]
		if len(st.ids) == 0 {
			continue
		}
		text := st.value(ev, arena)
		if text == nil {
			continue
		}
		for _, id := range st.ids {
			dst = append(dst, index.Value{Field: id, Text: text})
		}
	}
	return dst
}
