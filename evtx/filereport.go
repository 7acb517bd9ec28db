package evtx

import "sort"

// A FileReport adds up the reports of a file's chunks. The byte counts sum to
// Size once all chunks are added.
type FileReport struct {
	Size    int64 `json:"size"`
	Header  int   `json:"header"` // of the file and its chunks
	Live    int64 `json:"live"`
	Slack   int64 `json:"slack"`
	Empty   int64 `json:"empty"`
	Skipped int64 `json:"skipped"`
	Unread  int64 `json:"unread,omitempty"`

	Chunks      int `json:"chunks"` // with records
	EmptyChunks int `json:"empty_chunks"`
	BadChunks   int `json:"bad_chunks"` // without signature

	Records    int64 `json:"records"`
	Recovered  int64 `json:"recovered"`
	Damaged    int64 `json:"damaged"`
	Carved     int64 `json:"carved,omitempty"`
	Duplicates int64 `json:"duplicates,omitempty"` // carved, but equal to one before
	Lost       int64 `json:"lost,omitempty"`       // carving candidates that did not decode

	Counts map[string]int `json:"counts,omitempty"` // damage by class
	Damage []Damage       `json:"damage,omitempty"` // the first 1,000
	Gaps   []Gap          `json:"gaps,omitempty"`   // between chunks, by record id; filled by Finish

	spans []Gap
}

// A Gap is a range of record ids that no chunk has: the log wrapped, was
// exported in part, lost records, or was tampered with.
type Gap struct {
	From uint64 `json:"from"` // first missing id
	To   uint64 `json:"to"`   // last missing id
}

const maxFileDamage = 1000

// Add adds one chunk's report. Any order will do for the counts; damage is
// listed as it comes.
func (r *FileReport) Add(c ChunkReport) {
	r.Header += c.Header
	r.Live += int64(c.Live)
	r.Slack += int64(c.Slack)
	r.Empty += int64(c.Empty)
	r.Skipped += int64(c.Skipped)
	r.Unread += int64(c.Unread)
	r.Records += int64(c.Records)
	r.Recovered += int64(c.Recovered)
	r.Damaged += int64(c.Damaged)
	r.Carved += int64(c.Carved)
	r.Duplicates += int64(c.Duplicates)
	r.Lost += int64(c.Lost)
	switch {
	case c.BadMagic:
		r.BadChunks++
	case c.Empty > 0:
		r.EmptyChunks++
	default:
		r.Chunks++
	}
	for class, n := range c.Counts {
		if n > 0 {
			if r.Counts == nil {
				r.Counts = make(map[string]int)
			}
			r.Counts[Class(class).String()] += n
		}
	}
	r.Damage = append(r.Damage, c.Damage[:min(len(c.Damage), maxFileDamage-len(r.Damage))]...)
	if c.Records > 0 {
		r.spans = append(r.spans, Gap{c.FirstID, c.LastID})
	}
}

// Finish looks for record ids that are missing between chunks, in the order of
// the ids. Gaps within a chunk are in Damage.
func (r *FileReport) Finish() {
	sort.Slice(r.spans, func(i, j int) bool { return r.spans[i].From < r.spans[j].From })
	r.Gaps = r.Gaps[:0]
	for i := 1; i < len(r.spans); i++ {
		before, next := r.spans[i-1].To, r.spans[i].From
		if before < next && next-before > 1 {
			r.Gaps = append(r.Gaps, Gap{before + 1, next - 1})
		}
	}
}
