package source

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A stretch is a piece of a file that a collector packed without its empty
// stretches: where it stands in the packed file and where it stood before. An
// empty one has no packed bytes.
type stretch struct {
	from, packed int64 // in the packed file
	at, length   int64 // in the file as it was
}

// maxStretches bounds an index.
const maxStretches = 1 << 20

// readStretches reads Velociraptor's index of a sparse file: one object with a
// list of ranges, or a range in each line as older ones wrote.
func readStretches(r io.Reader) ([]stretch, error) {
	type entry struct {
		From   json.Number `json:"file_offset"`
		At     json.Number `json:"original_offset"`
		Packed json.Number `json:"file_length"`
		Length json.Number `json:"length"`
	}
	type index struct {
		Ranges []entry `json:"ranges"`
		entry
	}
	var out []stretch
	for dec := json.NewDecoder(bufio.NewReader(r)); len(out) < maxStretches; {
		var x index
		if err := dec.Decode(&x); err == io.EOF {
			return out, check(out)
		} else if err != nil {
			return nil, err
		}
		if x.Length != "" {
			x.Ranges = append(x.Ranges, x.entry)
		}
		for _, e := range x.Ranges {
			var n [4]int64
			for i, text := range []json.Number{e.From, e.Packed, e.At, e.Length} {
				if text == "" {
					continue // 0 is left out
				}
				v, err := text.Int64()
				if err != nil {
					return nil, err
				}
				n[i] = v
			}
			out = append(out, stretch{n[0], n[1], n[2], n[3]})
		}
	}
	return nil, fmt.Errorf("more than %d ranges", maxStretches)
}

// check refuses an index whose stretches overlap or have impossible sizes. It
// sorts them.
func check(list []stretch) error {
	slices.SortFunc(list, func(a, b stretch) int { return cmp.Compare(a.at, b.at) })
	end := int64(0)
	for _, s := range list {
		const most = 1 << 60
		if s.from < 0 || s.packed < 0 || s.at < end || s.length < 0 || s.packed > s.length ||
			s.from > most || s.at > most || s.length > most {
			return fmt.Errorf("impossible range at %d", s.at)
		}
		end = s.at + s.length
	}
	return nil
}

// An expanded file is a packed one with its empty stretches as zeroes.
type expanded struct {
	packed io.ReaderAt
	list   []stretch
	size   int64
}

// expand returns a packed file of the given size as it was, or why that cannot
// be done. A file may grow by empty stretches as much as by being unpacked.
func expand(packed io.ReaderAt, size int64, list []stretch, opt Options) (*expanded, error) {
	x := &expanded{packed: packed, list: list}
	for _, s := range list {
		if s.from+s.packed > size {
			return nil, fmt.Errorf("the copy is cut: it has %d bytes", size)
		}
		x.size = s.at + s.length
	}
	if x.size > min(opt.MaxMember, max(ratioFloor, saturate(size, opt.MaxRatio))) {
		return nil, fmt.Errorf("%d bytes are too many for a copy of %d", x.size, size)
	}
	return x, nil
}

// ReadAt implements [io.ReaderAt].
func (x *expanded) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= x.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > x.size-off
	if short {
		p = p[:x.size-off]
	}
	clear(p)
	end := off + int64(len(p))
	first, _ := slices.BinarySearchFunc(x.list, off, func(s stretch, off int64) int { return cmp.Compare(s.at+s.length, off+1) })
	for _, s := range x.list[first:] {
		if s.at >= end {
			break
		}
		from, to := max(s.at, off), min(s.at+s.packed, end)
		if from >= to {
			continue
		}
		if n, err := x.packed.ReadAt(p[from-off:to-off], s.from+from-s.at); int64(n) < to-from {
			return int(from-off) + n, err
		}
	}
	if short {
		return len(p), io.EOF
	}
	return len(p), nil
}

// sparse tells whether a file was packed without empty stretches.
func sparse(list []stretch) bool {
	for _, s := range list {
		if s.packed < s.length || s.from != s.at {
			return true
		}
	}
	return false
}

// maxIndex bounds what is read of an index, in bytes.
const maxIndex = 64 << 20

// holes are the empty stretches that a collector left out of a file: those
// that it kept, or why they are not known.
type holes struct {
	list []stretch
	err  error
}

// holes returns what was left out of a file of the parcel.
func (p *parcel) holes(name string) holes {
	if p == nil || !p.velo || !p.has(name+".idx") {
		return holes{}
	}
	r := p.open(name+".idx", maxIndex)
	defer r.Close()
	list, err := readStretches(r)
	if err == nil && !sparse(list) {
		list = nil
	}
	return holes{list, err}
}

// fill puts a file's empty stretches back.
func (h holes) fill(in *Input, opt Options) {
	if h.list == nil && h.err == nil {
		return
	}
	err := h.err
	var x *expanded
	if err == nil {
		x, err = expand(in.ReaderAt, in.Size, h.list, opt)
	}
	if err != nil {
		in.Notes = append(in.Notes, "packed without its empty stretches, which could not be put back: "+cause(err))
		return
	}
	in.Notes = append(in.Notes, fmt.Sprintf("packed without its empty stretches: put back from its .idx, %d bytes became %d", in.Size, x.size))
	in.ReaderAt, in.Size = x, x.size
}
