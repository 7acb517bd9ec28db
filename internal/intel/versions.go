package intel

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"sort"
	"time"
)

// A version is what is known of the version of an indicator that counts: the
// newest, whatever the order in which versions come.
type version struct {
	modified int64   // Unix nanoseconds
	what     [8]byte // of the pattern and its state
	at, n    int32   // its values among the indicators
	entry    int32   // of its file
	file     int32   // among the files of the import
}

// A versionKey is over the id of an indicator and its creator: only that one can
// make a new version. What others give the same id is another indicator.
type versionKey [16]byte

// A span is a run of indicators.
type span struct{ at, n int32 }

func keyOf(o *stixObject) (k versionKey) {
	sum := sha256.Sum256([]byte(o.ID + "\x00" + o.CreatedBy))
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
	now := version{what: contentOf(o), entry: int32(min(s.entry, 1<<31-1))}
	if t, err := time.Parse(time.RFC3339Nano, o.Modified); err == nil {
		now.modified = t.UnixNano()
	}
	old, known := s.versions[keyOf(o)]
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
		s.replaced = map[int]bool{}
	}
	s.replaced[int(old.entry)] = true
	return now, true
}

// bury removes what newer versions replaced.
func (s *stixReader) bury() {
	s.c.out.versions = s.versions
	if len(s.dead) == 0 {
		return
	}
	s.c.out.remove(s.dead)
	for _, carried := range s.c.out.carried() {
		*carried = slices.DeleteFunc(*carried, func(k Carried) bool { return s.replaced[k.entry] })
	}
}

// remove takes runs out of the indicators, and moves what is known of versions
// along with those that stay.
func (im *Import) remove(dead []span) {
	slices.SortFunc(dead, func(a, b span) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.n, b.n)) })
	list, moved := im.Indicators, make([]int32, len(dead)) // how many are gone up to and with each run
	kept, next, gone := list[:0], int32(0), int32(0)
	for i, d := range dead {
		kept = append(kept, list[next:d.at]...)
		next, gone = d.at+d.n, gone+d.n
		moved[i] = gone
	}
	im.Indicators = append(kept, list[next:]...)
	clear(list[len(im.Indicators):])
	for key, v := range im.versions {
		if i := sort.Search(len(dead), func(i int) bool { return dead[i].at >= v.at }); i > 0 {
			v.at -= moved[i-1]
			im.versions[key] = v
		}
	}
}

// carried are the lists of rules and patterns.
func (im *Import) carried() []*[]Carried {
	return []*[]Carried{&im.Patterns, &im.Sigma, &im.Kept}
}

// Settled forgets which versions of indicators were read: nothing will be added.
func (im *Import) Settled() { im.versions = nil }
