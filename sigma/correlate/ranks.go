package correlate

import (
	"math"
	"slices"
)

// ranks is a sorted multiset of numbers that finds the n-th smallest: a list
// of sorted blocks of bounded length. Insertion and removal move at most one
// block's content.
type ranks struct {
	blocks [][]float64 // none empty, ascending
	n      int
}

const blockLen = 256

// block returns the first block whose largest number is not below v, or the
// last block.
func (r *ranks) block(v float64) int {
	lo, hi := 0, len(r.blocks)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if b := r.blocks[mid]; b[len(b)-1] < v {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (r *ranks) insert(v float64) {
	r.n++
	if len(r.blocks) == 0 {
		r.blocks = append(r.blocks, append(make([]float64, 0, 8), v))
		return
	}
	i := r.block(v)
	at, _ := slices.BinarySearch(r.blocks[i], v)
	b := slices.Insert(r.blocks[i], at, v)
	r.blocks[i] = b
	if len(b) >= blockLen {
		half := append(make([]float64, 0, blockLen), b[len(b)/2:]...)
		r.blocks[i] = b[:len(b)/2]
		r.blocks = slices.Insert(r.blocks, i+1, half)
	}
}

// remove takes out one number equal to v, which must be there.
func (r *ranks) remove(v float64) {
	if r.n == 0 {
		return
	}
	i := r.block(v)
	at, found := slices.BinarySearch(r.blocks[i], v)
	if !found {
		return
	}
	r.n--
	r.blocks[i] = slices.Delete(r.blocks[i], at, at+1)
	if len(r.blocks[i]) == 0 {
		r.blocks = slices.Delete(r.blocks, i, i+1)
	}
}

// nth returns the number that i others precede, 0 <= i < n.
func (r *ranks) nth(i int) float64 {
	for _, b := range r.blocks {
		if i < len(b) {
			return b[i]
		}
		i -= len(b)
	}
	return 0
}

// percentile returns the p-th percentile, 0 <= p <= 100, with linear
// interpolation between neighbours, so that the 50th is the median. It is 0
// for an empty set.
func (r *ranks) percentile(p float64) float64 {
	if r.n == 0 {
		return 0
	}
	whole, part := math.Modf(p / 100 * float64(r.n-1))
	low := r.nth(int(whole))
	if part == 0 {
		return low
	}
	return low + (r.nth(int(whole)+1)-low)*part
}
