package source

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestStretchesAreReadInEitherForm(t *testing.T) {
	want := []stretch{{0, 4, 0, 4}, {4, 0, 4, 8}, {4, 2, 12, 2}}
	for _, text := range []string{
		`{"ranges":[{"file_length":4,"length":4},{"file_offset":4,"original_offset":4,"length":8},{"file_offset":4,"original_offset":12,"file_length":2,"length":2}]}`,
		`{"file_offset":4,"original_offset":12,"file_length":2,"length":2}` + "\n" + `{"file_length":"4","length":"4"}` + "\n" + `{"file_offset":4,"original_offset":4,"length":8}`,
	} {
		got, err := readStretches(strings.NewReader(text))
		if err != nil || len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("%s gives %v, %v", text, got, err)
		}
	}
}

func TestImpossibleStretchesAreRefused(t *testing.T) {
	for _, text := range []string{
		`{"length":-1}`, `{"file_length":5,"length":4}`, `{"original_offset":9223372036854775807,"length":9}`,
		`{"length":4}` + "\n" + `{"original_offset":3,"length":4}`, `{"length":1.5}`, `{"length":`, `no`,
	} {
		if got, err := readStretches(strings.NewReader(text)); err == nil {
			t.Errorf("%s gives %v", text, got)
		}
	}
	opt := Options{}.withDefaults()
	for why, list := range map[string][]stretch{
		"the copy is cut":    {{0, 8, 0, 8}},
		"bytes are too many": {{0, 4, 0, 4}, {4, 0, 4, 1 << 40}},
	} {
		if _, err := expand(strings.NewReader("0123"), 4, list, opt); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v: %v", list, err)
		}
	}
}

func TestUnreadableIndexesAreTold(t *testing.T) {
	dir := folder(t, file{"uploads.json", "{}"}, file{"uploads/auto/a", "abc"}, file{"uploads/auto/a.idx", `{"length":-1}`})
	same(t, walked(t, dir, Options{}),
		"uploads/auto/a| = abc (packed without its empty stretches, which could not be put back: impossible range at 0)",
		"uploads/auto/a.idx| skipped: Velociraptor's index of a",
		"uploads.json| skipped: Velociraptor's own record of the collection")
}

func FuzzStretches(f *testing.F) {
	f.Add(`{"ranges":[{"file_length":4,"length":4},{"file_offset":4,"original_offset":4,"length":8}]}`, int64(3), 5)
	f.Add(`{"length":"7"}`, int64(0), 9)
	f.Fuzz(func(t *testing.T, text string, off int64, n int) {
		list, err := readStretches(strings.NewReader(text))
		if err != nil {
			return
		}
		const packed = "0123456789abcdef"
		x, err := expand(strings.NewReader(packed), int64(len(packed)), list, Options{MaxMember: 1 << 12}.withDefaults())
		if err != nil {
			return
		}
		whole := make([]byte, x.size) // the plain way
		for _, s := range list {
			copy(whole[s.at:], packed[s.from:s.from+s.packed])
		}
		got, err := io.ReadAll(io.NewSectionReader(x, 0, x.size))
		if err != nil || !bytes.Equal(got, whole) {
			t.Fatalf("%v gives %q, want %q, %v", list, got, whole, err)
		}
		p := make([]byte, min(max(n, 0), 1<<13))
		k, err := x.ReadAt(p, off)
		if off >= 0 && off < x.size && (!bytes.Equal(p[:k], whole[off:off+int64(k)]) || k < len(p) && err != io.EOF) {
			t.Errorf("%d bytes at %d: %q, %v", n, off, p[:k], err)
		}
	})
}
