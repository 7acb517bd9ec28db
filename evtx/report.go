package evtx

// maxDamage bounds the damage listed per chunk; counts go on.
const maxDamage = 64

// A ChunkReport says what became of one chunk. Every byte is accounted for:
// Header + Live + Slack + Empty + Skipped + Unread = Size.
type ChunkReport struct {
	Offset int64 // of the chunk in the file
	Size   int   // bytes of it that are in the file

	Header  int // bytes of the chunk header
	Live    int // bytes of records that were yielded
	Slack   int // bytes behind the live records
	Empty   int // bytes of a chunk that is all zeroes
	Skipped int // bytes that could not be read, see Damage
	Unread  int // bytes left when yield ended the reading

	Records   int // live records yielded, recovered ones included
	Recovered int // of those, found behind damage
	Damaged   int // stretches that held a record but gave none; a chunk without signature is one

	Candidates int // carving: places that look like a record
	Carved     int // yielded, low trust
	Duplicates int // equal to one that was yielded before
	Lost       int // not decodable

	FirstID, LastID             uint64 // of the live records as they came
	HeaderFirstID, HeaderLastID uint64 // as the header says
	BadMagic, Truncated, NoCRC  bool

	Damage []Damage        // the first ones
	Counts [classCount]int // all, by class
}

func (r *ChunkReport) add(d Damage) {
	r.Counts[d.Class]++
	if len(r.Damage) < maxDamage {
		r.Damage = append(r.Damage, d)
	}
}

// Count returns how often a class of damage was met.
func (r *ChunkReport) Count(c Class) int { return r.Counts[c] }

// internalError closes the books after a contained panic.
func (r *ChunkReport) internalError() {
	rest := r.Size - r.Header - r.Live - r.Empty - r.Unread
	r.Slack, r.Skipped = 0, rest
	r.add(Damage{r.Offset, int64(r.Size), Panicked, 0})
}
