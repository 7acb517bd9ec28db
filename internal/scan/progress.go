package scan

import "sync/atomic"

// Progress counts what was done so far. It may be read at any time from
// another goroutine.
type Progress struct {
	Total  atomic.Int64 // bytes on disk to do, 0 while unknown
	Packed atomic.Int64 // of those, bytes done
	Bytes  atomic.Int64 // bytes of evidence read, unpacked
	Events atomic.Int64
	Found  atomic.Int64 // findings; the consumer counts them
}

func (p *Progress) done(packed, bytes int64) {
	p.Packed.Add(packed)
	p.Bytes.Add(bytes)
}

// part adds a part's share of its file.
func (p *Progress) part(job *Job) {
	size := job.Part.To - job.Part.From
	packed := size
	if job.input.Size > 0 {
		packed = int64(float64(job.input.Packed) * float64(size) / float64(job.input.Size))
	}
	p.done(packed, size)
}
