package textlog_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// large is enough for several parts.
const large = 5 << 20

// samples are the first lines of bounds, one file of about size bytes per
// format.
func samples(size int) map[string]string {
	out := make(map[string]string)
	for _, b := range bounds() {
		if _, done := out[b.format]; done {
			continue
		}
		head, line := "", b.text
		if i := strings.LastIndexByte(strings.TrimRight(line, "\n"), '\n'); i >= 0 {
			head, line = line[:i+1], line[i+1:]
		}
		out[b.format] = head + strings.Repeat(line, size/len(line))
	}
	return out
}

func eachSample(t *testing.T, size int, check func(t *testing.T, f source.Format, text string)) {
	texts := samples(size)
	for _, f := range formats() {
		text, ok := texts[f.Name()]
		if !ok {
			t.Errorf("no sample of %s", f.Name())
		}
		t.Run(f.Name(), func(t *testing.T) { check(t, f, text) })
	}
}

func TestPartsGiveTheSameEventsInAnyOrder(t *testing.T) {
	eachSample(t, large, func(t *testing.T, f source.Format, text string) {
		in := evidence(text)
		var want, got []event.Origin
		sourcetest.Each(t, f, in, func(e *event.Event) bool {
			want = append(want, e.Origin)
			return true
		})
		parts, _ := f.Split(t.Context(), in)
		for _, p := range slices.Backward(parts) {
			var some []event.Origin
			f.NewReader().Read(t.Context(), in, p, func(e *event.Event) bool {
				some = append(some, e.Origin)
				return true
			})
			got = append(some, got...)
		}
		if !slices.Equal(got, want) || int64(len(want)) < int64(strings.Count(text, "\n"))-8 {
			t.Errorf("%d events in reverse, %d forwards of %d lines", len(got), len(want), strings.Count(text, "\n"))
		}
	})
}

func TestEveryOriginLeadsBackToItsLine(t *testing.T) {
	eachSample(t, 300_000, func(t *testing.T, f source.Format, text string) {
		lines := strings.SplitAfter(text, "\n")
		n := 0
		sourcetest.Each(t, f, evidence(text), func(e *event.Event) bool {
			line := lines[e.Origin.Line-1]
			if !strings.HasPrefix(text[e.Origin.Offset:], line) {
				t.Fatalf("line %d is not at %d", e.Origin.Line, e.Origin.Offset)
			}
			n++
			return true
		})
		if n == 0 {
			t.Error("no events")
		}
	})
}

func TestUTF16GivesTheSameEvents(t *testing.T) {
	for _, b := range bounds() {
		f := formatOf(t, b.format)
		want, _ := sourcetest.Read(t, f, evidence(b.text))
		in := evidence(sourcetest.UTF16(b.text, binary.LittleEndian))
		got, rep := sourcetest.Read(t, f, in)
		if !f.Claims(in.Path, in.Head) || rep.Bytes != in.Size ||
			!slices.EqualFunc(got, want, func(a, b *event.Event) bool { return a.Equal(b) }) {
			t.Errorf("%s: report %+v, got\n%swant\n%s", b.format, rep, rulecheck.Show(got), rulecheck.Show(want))
		}
	}
}

func TestDamageCostsNothingButItsLine(t *testing.T) {
	eachSample(t, 300_000, func(t *testing.T, f source.Format, text string) {
		_, whole := sourcetest.Read(t, f, evidence(text))
		for _, junk := range []string{"\x00{\n", "\n\xff\xfe\x00\x01\n", "\n" + strings.Repeat("A", 2<<20) + "\n"} {
			harmed := text[:len(text)/2] + junk + text[len(text)/2:]
			in := evidence(harmed)
			n := int64(0)
			rep := sourcetest.Each(t, f, in, func(*event.Event) bool { n++; return true })
			if n < whole.Records-2 || rep.Damaged == 0 || len(rep.Damage) == 0 || rep.Bytes != in.Size || rep.Records != n {
				t.Errorf("%.10q: %d events of %d, report %+v", junk, n, whole.Records, rep)
			}
		}
	})
}

func TestCutAnywhereNothingBreaks(t *testing.T) {
	for _, b := range bounds() {
		f := formatOf(t, b.format)
		for cut := range b.text {
			in := evidence(b.text[:cut])
			f.Claims(in.Path, in.Head)
			if rep := sourcetest.Each(t, f, in, func(*event.Event) bool { return true }); rep.Bytes != in.Size {
				t.Errorf("%s cut at %d: report %+v", b.format, cut, rep)
			}
		}
	}
}

func formatOf(t testing.TB, name string) source.Format {
	for _, f := range formats() {
		if f.Name() == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return nil
}

func BenchmarkFormats(b *testing.B) {
	texts := samples(large)
	for _, f := range formats() {
		in := evidence(texts[f.Name()])
		b.Run(f.Name(), func(b *testing.B) {
			b.SetBytes(in.Size)
			b.ReportAllocs()
			parts := []source.Part{{To: in.Size, Line: 1}}
			r := f.NewReader()
			n := 0
			for b.Loop() {
				r.Read(b.Context(), in, parts[0], func(*event.Event) bool { n++; return true })
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
