package zeek

import (
	"math"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
	"tyto/internal/source/zeek/request"
)

// keepArena is how many bytes of text are kept from one record to the next.
const keepArena = 1 << 20

// A builder makes events of records. It belongs to one goroutine.
type builder struct {
	event   event.Event
	arena   []byte
	roles   [roleCount][]byte
	words   winlog.Words
	undated bool // some record had no time
	guessed bool // some record did not name its log
	unnamed bool // some record did not name its sensor
}

var yes, no, empty = []byte("true"), []byte("false"), []byte{}

// begin starts a record.
func (b *builder) begin(l *layout) {
	e := &b.event
	e.Values = e.Values[:0]
	e.Shape, e.Source = l.shape, l.source
	if cap(b.arena) > keepArena {
		b.arena = nil
	}
	b.arena = b.arena[:0]
	clear(b.roles[:])
}

// put adds one value of a column.
func (b *builder) put(c *column, kind event.Kind, text []byte) {
	v := event.Value{Field: uint16(c.field), Kind: kind, Text: text}
	b.event.Values = append(b.event.Values, v)
	for _, f := range c.also {
		v.Field = f
		b.event.Values = append(b.event.Values, v)
	}
	if c.role != noRole {
		b.roles[c.role] = text
	}
}

// end finishes the record.
func (b *builder) end(l *layout) {
	at, ok := parseTime(b.roles[roleTime])
	b.event.Time = at
	b.undated = b.undated || !ok
	b.guessed = b.guessed || l.guessed
	b.event.Host = ""
	if s := b.roles[roleSensor]; len(s) > 0 {
		b.event.Host = b.words.Intern(s)
	}
	b.unnamed = b.unnamed || b.event.Host == ""
	if l.open >= 0 {
		b.event.Values = append(b.event.Values, event.Value{Field: uint16(l.open), Kind: event.Bool, Text: yes})
	}
	if l.web != nil {
		b.request(l)
	}
}

// request adds what rules know about a request, and decides whether it went to
// a server of the house.
func (b *builder) request(l *layout) {
	r := request.Request{
		Method: b.roles[roleMethod], Target: b.roles[roleURI], Host: b.roles[roleHost], Agent: b.roles[roleAgent],
		Responder: b.roles[roleResponder], Port: b.roles[rolePort],
	}
	w := request.Writer{Values: b.event.Values, Arena: b.arena}
	if w.Put(l.web, &r) {
		b.event.Source = l.inbound
	}
	b.event.Values, b.arena = w.Values, w.Arena
}

// notes returns what a report should remark.
func (b *builder) notes() []string {
	var notes []string
	if b.undated {
		notes = append(notes, "records without a time")
	}
	if b.guessed {
		notes = append(notes, "records that do not name their log: told by their fields or the file's name")
	}
	if b.unnamed {
		notes = append(notes, "records that do not name the sensor that wrote them")
	}
	return notes
}

// parseTime reads Zeek's time: seconds since 1970 with a fraction, or ISO 8601.
func parseTime(b []byte) (time.Time, bool) {
	var sec, frac, unit int64 = 0, 0, 1e9
	i := 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		sec = sec*10 + int64(b[i]-'0')
	}
	if i == 0 || i > 11 {
		return otherTime(b)
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			unit /= 10
			frac += int64(b[i]-'0') * unit
		}
	}
	if i < len(b) {
		return otherTime(b)
	}
	return time.Unix(sec, frac).UTC(), sec <= math.MaxInt32*100
}

func otherTime(b []byte) (time.Time, bool) {
	t, _, ok := source.ParseTime(b)
	if !ok {
		return time.Time{}, false
	}
	return t, true
}
