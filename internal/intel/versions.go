package intel

import (
	"crypto/sha256"
	"slices"
	"time"
)

// A version is what is known of the version of an indicator that counts: the
// newest, whatever the order in which versions come.
type version struct {
	modified int64   // Unix nanoseconds
	what     [8]byte // of the pattern and its state
	at, n    int32   // its values among the indicators
}

type versionKey [16]byte

// A span is a run of indicators.
type span struct{ at, n int32 }

func keyOf(id string) (k versionKey) {
	sum := sha256.Sum256([]byte(id))
	copy(k[:], sum[:])
	return k
}

func contentOf(o *stixObject) (k [8]byte) {
	state := "\x00"
	if o.Revoked {
		state = "\x01"
	}
	sum := sha256.Sum256([]byte(o.Pattern + state + o.ValidFrom + "\x00" + o.ValidUntil))
	copy(k[:], sum[:])
	return k
}

// supersede compares an indicator with the version of it that came before. It
// reports whether this one is to be used; the other one then is not.
func (s *stixReader) supersede(o *stixObject) (version, bool) {
	now := version{what: contentOf(o)}
	if t, err := time.Parse(time.RFC3339Nano, o.Modified); err == nil {
		now.modified = t.UnixNano()
	}
	old, known := s.versions[keyOf(o.ID)]
	switch {
	case !known || o.ID == "":
		return now, true
	case now.modified == old.modified && now.what == old.what:
		return now, false
	case now.modified == old.modified:
		s.c.problem(0, s.entry, "another object with the id and version of an earlier one, which is used: "+cut(o.ID, 64))
		return now, false
	case now.modified < old.modified:
		s.c.problem(0, s.entry, "an older version of an object that was read already: "+cut(o.ID, 64))
		return now, false
	}
	s.c.problem(0, s.entry, "a newer version: the earlier one is not used: "+cut(o.ID, 64))
	s.dead = append(s.dead, span{old.at, old.n})
	if s.replaced == nil {
		s.replaced = map[string]int{}
	}
	s.replaced[cut(o.ID, 128)] = s.entry
	return now, true
}

// bury removes what newer versions replaced.
func (s *stixReader) bury() {
	if len(s.dead) == 0 {
		return
	}
	slices.SortFunc(s.dead, func(a, b span) int { return int(a.at) - int(b.at) })
	list := s.c.out.Indicators
	kept, next := list[:0], int32(0)
	for _, d := range s.dead {
		kept = append(kept, list[next:d.at]...)
		next = d.at + d.n
	}
	s.c.out.Indicators = append(kept, list[next:]...)
	clear(list[len(s.c.out.Indicators):])
	for _, carried := range []*[]Carried{&s.c.out.Patterns, &s.c.out.Sigma, &s.c.out.Kept} {
		*carried = slices.DeleteFunc(*carried, func(k Carried) bool { return k.entry < s.replaced[k.ID] })
	}
}
