package evtx

// A systemRef says where one of the well-known System values is.
type systemRef struct {
	kind itemKind
	slot int32 // noSlot when absent
	lit  string
}

// systemRefs are the well-known values of a layout. The first occurrence
// counts; RenderingInfo's namesakes are not looked at.
type systemRefs struct {
	eventID, channel, computer, provider, providerGUID, sourceName systemRef
	created, recordID, level, task, opcode, version, keywords      systemRef
	pid, tid, userID, activity, related, qualifiers                systemRef
}

func findSystem(l *Layout) systemRefs {
	f := func(path string) systemRef {
		i := l.Find("System." + path)
		if i < 0 {
			return systemRef{slot: noSlot}
		}
		for _, it := range l.items {
			if int(it.field) == i && it.kind == itemLiteral {
				return systemRef{kind: itemLiteral, slot: it.slot, lit: l.lits[it.slot]}
			} else if int(it.field) == i {
				return systemRef{kind: it.kind, slot: it.slot}
			}
		}
		return systemRef{slot: noSlot}
	}
	return systemRefs{
		eventID: f("EventID"), channel: f("Channel"), computer: f("Computer"),
		provider: f("Provider.@Name"), providerGUID: f("Provider.@Guid"), sourceName: f("Provider.@EventSourceName"),
		created: f("TimeCreated.@SystemTime"), recordID: f("EventRecordID"), level: f("Level"),
		task: f("Task"), opcode: f("Opcode"), version: f("Version"), keywords: f("Keywords"),
		pid: f("Execution.@ProcessID"), tid: f("Execution.@ThreadID"), userID: f("Security.@UserID"),
		activity: f("Correlation.@ActivityID"), related: f("Correlation.@RelatedActivityID"),
		qualifiers: f("EventID.@Qualifiers"),
	}
}

// number reads a well-known value as a number, whatever its type.
func (r *Record) number(ref *systemRef) (uint64, bool) {
	if ref.kind == itemSlot && ref.slot >= 0 {
		s := r.d.slots[ref.slot]
		switch typ := s.typ(); {
		case typ == TypeNull:
			return 0, false
		case typ == TypeString || typ == TypeANSI || typ == TypeXML:
			var buf [64]byte
			return parseUint(r.appendSlot(buf[:0], s))
		}
		return littleEndian(s.raw(r.d.c))
	}
	if ref.slot < 0 {
		return 0, false
	}
	var buf [64]byte
	return parseUint(r.appendRef(buf[:0], ref))
}

func littleEndian(raw []byte) (v uint64, ok bool) {
	if len(raw) == 0 || len(raw) > 8 {
		return 0, false
	}
	for i := len(raw) - 1; i >= 0; i-- {
		v = v<<8 | uint64(raw[i])
	}
	return v, true
}

// appendRef appends a well-known value's text.
func (r *Record) appendRef(dst []byte, ref *systemRef) []byte {
	switch {
	case ref.slot < 0:
		return dst
	case ref.kind == itemLiteral:
		return append(dst, ref.lit...)
	case ref.kind == itemParts:
		return r.appendParts(dst, r.layout.comps[ref.slot])
	}
	return r.appendSlot(dst, r.d.slots[ref.slot])
}

// text returns a well-known value as a string that is made once.
func (r *Record) text(ref *systemRef) string {
	switch {
	case ref.slot < 0:
		return ""
	case ref.kind == itemLiteral:
		return ref.lit
	}
	if ref.kind == itemSlot {
		if s := r.d.slots[ref.slot]; s.typ() == TypeString {
			return r.d.strings.utf16(s.raw(r.d.c))
		}
	}
	var buf [256]byte
	return r.d.strings.utf8(r.appendRef(buf[:0], ref))
}

// An interner makes each string once. Its size is bounded by starting over.
type interner struct {
	raw  map[string]string // by UTF-16 bytes
	done map[string]string // by UTF-8 bytes
}

const (
	maxInterned   = 1 << 14
	maxInternSize = 1 << 10 // longer strings are made anew
)

func (in *interner) utf16(raw []byte) string {
	if len(raw) > maxInternSize {
		return utf16String(raw)
	}
	if s, ok := in.raw[string(raw)]; ok {
		return s
	}
	if in.raw == nil || len(in.raw) >= maxInterned {
		in.raw = make(map[string]string)
	}
	s := in.utf8(appendUTF16(nil, raw))
	in.raw[string(raw)] = s
	return s
}

func (in *interner) utf8(b []byte) string {
	if len(b) == 0 || len(b) > maxInternSize {
		return string(b)
	}
	if s, ok := in.done[string(b)]; ok {
		return s
	}
	if in.done == nil || len(in.done) >= maxInterned {
		in.done = make(map[string]string)
	}
	s := string(b)
	in.done[s] = s
	return s
}

// EventID returns System/EventID, or -1 when the record has none.
func (r *Record) EventID() int {
	if v, ok := r.number(&r.layout.system.eventID); ok && v <= 1<<31 {
		return int(v)
	}
	return -1
}

// Channel returns System/Channel, which may be empty.
func (r *Record) Channel() string { return r.text(&r.layout.system.channel) }

// Computer returns System/Computer.
func (r *Record) Computer() string { return r.text(&r.layout.system.computer) }

// Provider returns the name of the provider, or of the classic event source.
func (r *Record) Provider() string {
	if s := r.text(&r.layout.system.provider); s != "" {
		return s
	}
	return r.text(&r.layout.system.sourceName)
}

// ProviderGUID returns System/Provider@Guid as written.
func (r *Record) ProviderGUID() string { return r.text(&r.layout.system.providerGUID) }

// UserID returns the SID in System/Security@UserID, or "".
func (r *Record) UserID() string { return r.text(&r.layout.system.userID) }

// ActivityID returns System/Correlation@ActivityID, or "".
func (r *Record) ActivityID() string {
	return string(r.appendRef(nil, &r.layout.system.activity))
}

// Level returns System/Level: 0 always, 1 critical to 5 verbose.
func (r *Record) Level() int { return r.small(&r.layout.system.level) }

// Task returns System/Task.
func (r *Record) Task() int { return r.small(&r.layout.system.task) }

// Opcode returns System/Opcode.
func (r *Record) Opcode() int { return r.small(&r.layout.system.opcode) }

// Version returns System/Version, the version of the event's definition.
func (r *Record) Version() int { return r.small(&r.layout.system.version) }

// ProcessID returns System/Execution@ProcessID, the logging process.
func (r *Record) ProcessID() uint32 {
	v, _ := r.number(&r.layout.system.pid)
	return uint32(v)
}

// ThreadID returns System/Execution@ThreadID.
func (r *Record) ThreadID() uint32 {
	v, _ := r.number(&r.layout.system.tid)
	return uint32(v)
}

func (r *Record) small(ref *systemRef) int {
	v, _ := r.number(ref)
	return int(v & 0xffff)
}

// Keywords returns the bits of System/Keywords.
func (r *Record) Keywords() uint64 {
	v, _ := r.number(&r.layout.system.keywords)
	return v
}

// EventRecordID returns System/EventRecordID. It equals ID but in records that
// a collector wrote.
func (r *Record) EventRecordID() uint64 {
	v, _ := r.eventRecordID()
	return v
}

func (r *Record) eventRecordID() (uint64, bool) { return r.number(&r.layout.system.recordID) }

// TimeCreated returns the time the event was raised. A record without one
// gives the time it was written.
func (r *Record) TimeCreated() Filetime {
	ref := &r.layout.system.created
	if ref.slot < 0 {
		return r.Written
	}
	if ref.kind == itemSlot {
		if s := r.d.slots[ref.slot]; s.typ() == TypeFiletime && s.size() == 8 {
			return Filetime(u64(r.d.c, s.off()))
		}
	}
	var buf [64]byte
	if t, ok := parseTime(r.appendRef(buf[:0], ref)); ok {
		return t
	}
	return r.Written
}
