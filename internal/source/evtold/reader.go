package evtold

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// A reader belongs to one goroutine.
type reader struct {
	carve bool
	b     *winlog.Builder
	event event.Event
	buf   []byte
	base  int64 // offset in the file of buf[0]
	wrap  []byte

	in      *source.Input
	rep     source.Report
	header  fileHeader
	channel string
	junk    int64 // where bytes began that are no record; -1 for nowhere
	left    int64 // records outside the live part
	first   int64 // where the first record begins; -1 before
	err     error
	guessed bool
}

const (
	block     = 1 << 20
	everyTurn = 64
	maxDamage = 1000
)

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	*r = reader{carve: r.carve, b: r.b, event: r.event, buf: r.buf[:0], wrap: r.wrap[:0], in: in,
		header: parseHeader(in.Head), channel: channelOf(in.Name()), junk: -1, first: -1}
	r.b.Begin()
	at := part.From
	if r.header.valid {
		at = headerSize
	}
	for turn := 1; at < in.Size; turn++ {
		if turn%everyTurn == 0 && ctx.Err() != nil {
			break
		}
		next, more := r.step(at, yield)
		if at = next; !more {
			break
		}
	}
	return r.finish(min(at, in.Size))
}

// step looks at an offset and returns the next one.
func (r *reader) step(at int64, yield func(*event.Event) bool) (next int64, more bool) {
	b := r.bytes(at, fixedSize)
	switch {
	case r.err != nil && len(b) < 8:
		return at, false
	case isEnd(b):
		r.endJunk(at)
		return min(at+endSize, r.in.Size), true
	}
	rec, wrapped := r.record(at, b)
	if rec == nil {
		if r.junk < 0 {
			r.junk = at
		}
		return r.skip(at), true
	}
	r.endJunk(at)
	if r.first < 0 {
		r.first = at
	}
	more = r.give(rec, at, yield)
	if wrapped {
		return r.in.Size, more
	}
	return at + int64(len(rec)), more
}

// bytes returns up to n bytes at an offset.
func (r *reader) bytes(at int64, n int) []byte {
	if have := r.base + int64(len(r.buf)) - at; at < r.base || have < int64(n) && at+have < r.in.Size && r.err == nil {
		r.load(at, n)
	}
	from := at - r.base
	if from < 0 || from > int64(len(r.buf)) {
		return nil
	}
	return r.buf[from:min(from+int64(n), int64(len(r.buf)))]
}

func (r *reader) load(at int64, n int) {
	want := int(min(int64(max(n, block)), r.in.Size-at))
	if cap(r.buf) < want {
		r.buf = make([]byte, want)
	}
	got, err := r.in.ReadAt(r.buf[:want], at)
	r.buf, r.base = r.buf[:got], at
	if got < want {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		r.err = err
	}
}

// record returns the bytes of the record at an offset, nil when there is none.
// One that goes on behind the header is put together.
func (r *reader) record(at int64, b []byte) (rec []byte, wrapped bool) {
	if len(b) < 8 || string(b[4:8]) != magic {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(b))
	if n < minRecord || n > maxRecord || n%4 != 0 {
		return nil, false
	}
	if at+n > r.in.Size {
		return r.wrapped(at, n), true
	}
	rec = r.bytes(at, int(n))
	if int64(len(rec)) < n || !plausible(rec) {
		return nil, false
	}
	return rec, false
}

// plausible reports whether a record's length stands at its end too, and its
// parts lie in it.
func plausible(rec []byte) bool {
	u := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(rec[at:])) }
	n := uint64(len(rec))
	return u(len(rec)-4) == n && u(36) <= n && u(40)+u(44) <= n && u(48)+u(52) <= n
}

func (r *reader) wrapped(at, n int64) []byte {
	tail := r.in.Size - at
	rest := n - tail
	if !r.header.valid || rest > r.in.Size-headerSize || r.first >= 0 && headerSize+rest > r.first {
		return nil
	}
	r.wrap = append(r.wrap[:0], r.bytes(at, int(tail))...)
	if int64(len(r.wrap)) < tail {
		return nil
	}
	r.wrap = append(r.wrap, make([]byte, rest)...)
	if got, err := r.in.ReadAt(r.wrap[tail:], headerSize); int64(got) < rest && err != nil {
		return nil
	}
	if !plausible(r.wrap) {
		return nil
	}
	r.explain(rest)
	return r.wrap
}

// explain takes back the damage told of bytes behind the header that belong to
// a record that began at the file's end.
func (r *reader) explain(rest int64) {
	for i, d := range r.rep.Damage {
		if d.Offset == headerSize && d.Length <= rest {
			r.rep.Damage = append(r.rep.Damage[:i], r.rep.Damage[i+1:]...)
			r.rep.Damaged--
			return
		}
	}
}

// skip returns the next offset where a record may begin.
func (r *reader) skip(at int64) int64 {
	for at += 4 - at%4; at < r.in.Size; {
		if len(r.bytes(at, 8)) < 8 {
			break
		}
		b := r.buf[at-r.base:]
		i := 0
		for ; i+8 <= len(b); i += 4 {
			if mark := string(b[i+4 : i+8]); mark == magic || mark == endMark[:4] {
				return at + int64(i)
			}
		}
		at += int64(i)
	}
	return r.in.Size
}

// endJunk tells of bytes that are no record, up to an offset. Zeroes are what
// a log is filled up with.
func (r *reader) endJunk(at int64) {
	from := r.junk
	if r.junk = -1; from < 0 || from >= at || r.blank(from, at) {
		return
	}
	if r.header.valid && !r.header.dirty && !r.header.live(from) && from != headerSize {
		return // leftovers outside the live part
	}
	r.rep.Damaged++
	if len(r.rep.Damage) < maxDamage {
		r.rep.Damage = append(r.rep.Damage, source.Damage{Offset: from, Length: at - from, Reason: "no record"})
	}
}

// blank reports whether a stretch is all zeroes.
func (r *reader) blank(from, to int64) bool {
	buf := make([]byte, 64<<10)
	for from < to {
		n, err := r.in.ReadAt(buf[:min(int64(len(buf)), to-from)], from)
		if len(bytes.Trim(buf[:n], "\x00")) > 0 || n == 0 && err != nil {
			return false
		}
		from += int64(n)
	}
	return true
}

// give yields a record's event and reports whether to go on.
func (r *reader) give(rec []byte, at int64, yield func(*event.Event) bool) bool {
	live := r.header.live(at)
	if !live && !r.carve {
		r.left++
		return true
	}
	r.fill(rec)
	e := &r.event
	r.b.Fill(e)
	e.Time = time.Unix(int64(binary.LittleEndian.Uint32(rec[12:])), 0).UTC()
	e.Carved = !live
	e.Origin = event.Origin{File: r.in.Path, Member: r.in.Member, Record: e.RecordID, Offset: at}
	r.rep.Records++
	if !live {
		r.rep.Recovered++
	}
	return yield(e)
}

func (r *reader) finish(at int64) source.Report {
	r.endJunk(at)
	rep := r.rep
	rep.Bytes = at
	if r.err != nil {
		rep.Bytes = min(at, r.base+int64(len(r.buf)))
		rep.Damage = append(rep.Damage, source.Damage{Offset: rep.Bytes, Length: r.in.Size - rep.Bytes, Reason: "read error"})
		rep.Notes = append(rep.Notes, r.err.Error())
	}
	for _, n := range []struct {
		on   bool
		text string
	}{
		{!r.header.valid && r.in.Size > 0, "no file header: the records were read all the same"},
		{r.header.dirty, "copied while open: the header is out of date"},
		{r.header.wrapped, "wrapped: the oldest records were overwritten"},
		{r.guessed, "log concluded from the events' sources"},
		{!r.guessed && rep.Records > 0, fmt.Sprintf("log concluded from the file's name: %s", r.channel)},
		{r.left > 0, fmt.Sprintf("%d records outside the live part are not read", r.left)},
	} {
		if n.on {
			rep.Notes = append(rep.Notes, n.text)
		}
	}
	r.in, r.rep = nil, source.Report{}
	return rep
}

// fill puts a record in.
func (r *reader) fill(rec []byte) {
	b := r.b
	b.Reset()
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(rec[at:]) }
	u16 := func(at int) uint16 { return binary.LittleEndian.Uint16(rec[at:]) }
	body := rec[:len(rec)-4]
	provider, size := text(b, body, fixedSize)
	computer, _ := text(b, body, fixedSize+size)
	b.Head(winlog.ProviderName, provider)
	id := u32(20)
	b.Head(winlog.EventID, number(b, uint64(id&0xffff)))
	b.Head(winlog.Qualifiers, number(b, uint64(id>>16)))
	r.level(u16(24))
	b.Head(winlog.Task, number(b, uint64(u16(28))))
	b.Head(winlog.TimeCreated, b.Text(func(dst []byte) []byte {
		return time.Unix(int64(u32(12)), 0).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000Z")
	}))
	b.Head(winlog.EventRecordID, number(b, uint64(u32(8))))
	channel := r.channel
	if channel == "" {
		channel, r.guessed = channelBySource(provider), true
	}
	b.HeadWord(winlog.Channel, channel)
	b.Head(winlog.Computer, computer)
	if sid := sidText(b, stretch(body, u32(44), u32(40))); sid != nil {
		b.Head(winlog.UserID, sid)
	}
	r.strings(body, int(u32(36)), int(u16(26)))
	if data := stretch(body, u32(52), u32(48)); len(data) > 0 {
		b.Own("Binary", b.Text(func(dst []byte) []byte { return fmt.Appendf(dst, "%X", data) }))
	}
}

// level writes the type of an event in the words of today: level and keywords.
func (r *reader) level(kind uint16) {
	level, keywords := "4", "0x80000000000000"
	switch kind {
	case 1:
		level = "2"
	case 2:
		level = "3"
	case 8:
		level, keywords = "0", "0xa0000000000000"
	case 16:
		level, keywords = "0", "0x90000000000000"
	}
	r.b.HeadWord(winlog.Level, level)
	r.b.HeadWord(winlog.Keywords, keywords)
}

// strings puts an event's strings in, as many as there are.
func (r *reader) strings(body []byte, at, count int) {
	for range count {
		if at < fixedSize || at >= len(body) {
			return
		}
		s, n := text(r.b, body, at)
		r.b.Own(winlog.Unnamed, s)
		at += n
	}
}

// stretch cuts a piece out of a record, nil when it does not lie in it.
func stretch(body []byte, at, size uint32) []byte {
	end := uint64(at) + uint64(size)
	if at < fixedSize || end > uint64(len(body)) {
		return nil
	}
	return body[at:end]
}

// text reads UTF-16 up to its NUL and returns how many bytes it takes.
func text(b *winlog.Builder, body []byte, at int) (s []byte, size int) {
	if at >= len(body) {
		return nil, 0
	}
	raw := body[at:]
	end := 0
	for end+1 < len(raw) && (raw[end] != 0 || raw[end+1] != 0) {
		end += 2
	}
	s = b.Text(func(dst []byte) []byte { return source.AppendUTF16(dst, raw[:end], source.UTF16LE) })
	return s, end + 2
}
