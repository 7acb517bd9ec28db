package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tyto/internal/event"
)

// piped lists what a stream yields, one line each, and gives the inputs to
// look unless that is nil.
func piped(t testing.TB, r io.Reader, opt Options, look func(in *Input, body string)) []string {
	t.Helper()
	opt.Stdin, opt.TempDir = r, t.TempDir()
	var out []string
	for in, skip := range Walk(t.Context(), []string{Stdin}, opt) {
		if skip != nil {
			out = append(out, fmt.Sprintf("%s|%s skipped: %s", skip.Path, skip.Member, skip.Reason))
			continue
		}
		body, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
		if err != nil || string(in.Head) != string(body[:min(len(body), HeadSize)]) {
			t.Errorf("%s %s: head %q, error %v", in.Path, in.Member, in.Head, err)
		}
		if look != nil {
			look(in, string(body))
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if len(body) > 60 {
			body = []byte(fmt.Sprintf("%d bytes", len(body)))
		}
		line := fmt.Sprintf("%s|%s@%d:%d = %q", in.Path, in.Member, in.BaseOffset, in.FirstLine, body)
		if len(in.Notes) > 0 {
			line += " (" + strings.Join(in.Notes, "; ") + ")"
		}
		out = append(out, line)
	}
	if left, err := os.ReadDir(opt.TempDir); err != nil || len(left) > 0 {
		t.Errorf("temporary files left behind: %v %v", left, err)
	}
	return out
}

func TestStreamsAreCutBetweenLines(t *testing.T) {
	same(t, piped(t, strings.NewReader("one 1\ntwo 2\nthree 3\nfour 45678"), Options{Segment: 14}, nil),
		`-|@0:1 = "one 1\ntwo 2\n" (segment 1 of a stream: from line 1, byte 0)`,
		`-|@12:3 = "three 3\n" (segment 2 of a stream: from line 3, byte 12)`,
		`-|@20:4 = "four 45678" (segment 3 of a stream: from line 4, byte 20)`)
}

func TestShortStreamsAreOneInput(t *testing.T) {
	for body, want := range map[string]string{
		"one\ntwo\n":      `-|@0:1 = "one\ntwo\n"`,
		`{"a":1}` + "\n":  `-|@0:1 = "{\"a\":1}\n"`,
		"{\n\"a\":1}":     `-|@0:0 = "{\n\"a\":1}"`,
		"\x01\x02":        `-|@0:0 = "\x01\x02"`,
		"":                "-| skipped: empty",
		gzipped("z"):      `-|@0:0 = "z"`,
		zstded("zz\nz\n"): `-|@0:1 = "zz\nz\n"`,
	} {
		same(t, piped(t, iotest.OneByteReader(strings.NewReader(body)), Options{}, nil), want)
	}
}

func TestArchivesComeInStreamsToo(t *testing.T) {
	long := strings.Repeat("line 1\n", 20)
	same(t, piped(t, strings.NewReader(gzipped(tarred(t, file{"a.log", long}, file{"b.zip", zipped(t, file{"c", "C"})}))), Options{Segment: 50}, nil),
		`-|a.log@0:0 = "140 bytes"`, `-|b.zip!/c@0:0 = "C"`)
	same(t, piped(t, strings.NewReader(zipped(t, file{"a.log", "A"}, file{"b.gz", gzipped("B")})), Options{InMemory: 4}, nil),
		`-|a.log@0:0 = "A"`, `-|b.gz!/b@0:0 = "B"`)
	same(t, piped(t, strings.NewReader("Rar!\x1a\x07\x01\x00"), Options{}, nil),
		"-| skipped: rar archive: not supported, unpack it first")
}

func TestStreamsToReadAtRandomAreKeptOnDisk(t *testing.T) {
	doc := "[\n" + strings.Repeat("{},\n", 30) + "{}]"
	same(t, piped(t, strings.NewReader(doc), Options{InMemory: 10, Segment: 20}, nil),
		fmt.Sprintf(`-|@0:0 = "%d bytes" (a stream of this kind cannot be read piece by piece: %d bytes were kept in a temporary file)`, len(doc), len(doc)))
	same(t, piped(t, strings.NewReader(doc), Options{InMemory: 10, MaxMember: 50}, nil),
		"-| skipped: limit reached: archive member size 50")
}

func TestCompressedStreamsObeyTheirLimit(t *testing.T) {
	text := strings.Repeat("a line of text\n", 100)
	got := piped(t, strings.NewReader(gzipped(text)), Options{Segment: 100, MaxUnpacked: 250}, nil)
	last := got[len(got)-1]
	if len(got) != 4 || !strings.HasSuffix(last, "limit reached: archive unpacked size 250") {
		t.Errorf("stream gives %q", got)
	}
}

func TestStreamsThatBreakGiveWhatCame(t *testing.T) {
	r := io.MultiReader(strings.NewReader("one 1\ntwo"), iotest.ErrReader(errors.New("the pipe broke")))
	same(t, piped(t, r, Options{Segment: 100}, nil),
		`-|@0:1 = "one 1\ntwo" (reading the stream: the pipe broke after 9 bytes)`,
		"-| skipped: reading stream: the pipe broke")
	cut := gzipped(strings.Repeat("a line of text\n", 100))
	got := piped(t, strings.NewReader(cut[:len(cut)-6]), Options{}, nil)
	if len(got) != 2 || !strings.Contains(got[0], "1500 bytes") || !strings.Contains(got[1], "unexpected EOF") {
		t.Errorf("cut gzip gives %q", got)
	}
}

func TestHeadingsComeAgainInEverySegment(t *testing.T) {
	zeek := "#separator \\x09\n#fields\ta\tb\n#types\tx\ty\n"
	var text strings.Builder
	text.WriteString(zeek)
	for i := range 20 {
		fmt.Fprintf(&text, "%d\tvalue\n", i)
	}
	text.WriteString("#close\tnow\n" + strings.ReplaceAll(zeek, "a", "A"))
	for i := range 20 {
		fmt.Fprintf(&text, "%d\tvalue\n", i)
	}
	n := 0
	piped(t, strings.NewReader(text.String()), Options{Segment: 90}, func(in *Input, body string) {
		n++
		if !strings.HasPrefix(body, "#sep") || !strings.Contains(body, "\n#types") {
			t.Errorf("segment %d is %q", n, body)
		}
		wantA := in.BaseOffset > int64(strings.Index(text.String(), "#close"))
		if strings.Contains(body, "\tA\t") != wantA && !strings.Contains(body, "#close") {
			t.Errorf("segment %d has the wrong heading: %q", n, body)
		}
	})
	if n < 4 {
		t.Errorf("%d segments", n)
	}
}

func TestTablesAreNotCutInsideACell(t *testing.T) {
	var text strings.Builder
	text.WriteString("\xef\xbb\xbf#TYPE Selected\n\"Time\",\"Id\",\"Message\"\n")
	for i := range 40 {
		fmt.Fprintf(&text, "\"2025-06-15\",%d,\"first\nsecond\nthird\"\n", i)
	}
	n := 0
	piped(t, strings.NewReader(text.String()), Options{Segment: 130}, func(in *Input, body string) {
		n++
		rows := strings.TrimPrefix(body, "\xef\xbb\xbf#TYPE Selected\n\"Time\",\"Id\",\"Message\"\n")
		if rows == body || !strings.HasPrefix(rows, `"2025`) || !strings.HasSuffix(rows, "third\"\n") {
			t.Errorf("segment %d is %q", n, body)
		}
	})
	if n < 5 {
		t.Errorf("%d segments", n)
	}
}

func TestRecordsOfSeveralLinesStayTogether(t *testing.T) {
	python := "2025-06-15 error\nTraceback (most recent call last):\n  File\nmod.SomeError: x\n"
	trace := "2025-06-15 error\njava.io.IOException: x\n\tat one\n\tat two\nCaused by: x\n\tat three\n"
	audit := "type=SYSCALL msg=audit(1.2:%d): a\ntype=PATH msg=audit(1.2:%[1]d): b\n"
	for name, record := range map[string]string{"trace": trace, "audit": audit, "python": python} {
		var text strings.Builder
		for i := range 30 {
			if name == "audit" {
				fmt.Fprintf(&text, record, i)
			} else {
				text.WriteString(record)
			}
		}
		n := 0
		piped(t, strings.NewReader(text.String()), Options{Segment: 150}, func(in *Input, body string) {
			n++
			if !strings.HasPrefix(body, record[:10]) || !strings.HasSuffix(body, record[len(record)-3:]) {
				t.Errorf("%s: segment %d is %q", name, n, body)
			}
		})
		if n < 5 {
			t.Errorf("%d segments", n)
		}
	}
}

func TestOverlongLinesAreCutAndTold(t *testing.T) {
	got := piped(t, strings.NewReader("ok\n"+strings.Repeat("x", 50)+"\nend\n"), Options{Segment: 20}, nil)
	if len(got) != 4 || !strings.Contains(got[1], "longer than a segment is cut") || !strings.Contains(got[3], "@43:2") {
		t.Errorf("stream gives %q", got)
	}
}

// TestSegmentsAreTheStream puts the pieces together again.
func TestSegmentsAreTheStream(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var text strings.Builder
		text.WriteString("first line\n")
		for range rnd.IntN(200) {
			text.WriteString([]string{"a", "\n", " x", "\t", "\"", "type=A msg=audit(1:2): x\n", "Caused by", "long text"}[rnd.IntN(8)])
		}
		whole := text.String()
		var got strings.Builder
		piped(t, strings.NewReader(whole), Options{Segment: int64(rnd.IntN(60) + 20)}, func(in *Input, body string) {
			if in.BaseOffset != int64(got.Len()) || in.FirstLine != int64(strings.Count(got.String(), "\n"))+1 {
				t.Errorf("a segment says offset %d, line %d after %q", in.BaseOffset, in.FirstLine, got.String())
			}
			got.WriteString(body)
		})
		if got.String() != whole {
			t.Fatalf("got %q, want %q", got.String(), whole)
		}
	}
}

// lineFormat yields an event for each line that is not a heading.
type lineFormat struct{}

func (lineFormat) Name() string               { return "lines" }
func (lineFormat) Claims(string, []byte) bool { return true }
func (lineFormat) NewReader() Reader          { return lineFormat{} }
func (lineFormat) Split(ctx context.Context, in *Input) ([]Part, error) {
	return SplitLines(ctx, in, 64)
}

func (lineFormat) Read(_ context.Context, in *Input, part Part, yield func(*event.Event) bool) (rep Report) {
	body, _ := io.ReadAll(io.NewSectionReader(in, part.From, part.To-part.From))
	at := part.From
	for i, line := range strings.SplitAfter(string(body), "\n") {
		if line != "" && line[0] != '#' {
			e := event.Event{Values: []event.Value{{Text: []byte(line)}}}
			e.Origin = event.Origin{File: in.Path, Line: part.Line + int64(i), Offset: at}
			rep.Damage = append(rep.Damage, Damage{Offset: at, Length: int64(len(line))})
			yield(&e)
		}
		at += int64(len(line))
	}
	return rep
}

func TestOriginsCountFromTheStartOfTheStream(t *testing.T) {
	var text strings.Builder
	text.WriteString("#Version: 1\n#Fields: a b\n")
	for i := range 200 {
		fmt.Fprintf(&text, "record %d\n", i)
	}
	lines := strings.SplitAfter(text.String(), "\n")
	events := 0
	piped(t, strings.NewReader(text.String()), Options{Segment: 200}, func(in *Input, _ string) {
		f := Identify([]Format{lineFormat{}}, in)
		if f.Name() != "lines" {
			t.Fatal(f.Name())
		}
		parts, _ := f.Split(t.Context(), in)
		for _, p := range parts {
			n := 0
			var at []int64
			rep := f.NewReader().Read(t.Context(), in, p, func(e *event.Event) bool {
				n++
				line := string(e.Values[0].Text)
				if lines[e.Origin.Line-1] != line || !strings.HasPrefix(text.String()[e.Origin.Offset:], line) {
					t.Fatalf("%q is said to be at line %d, offset %d", line, e.Origin.Line, e.Origin.Offset)
				}
				at = append(at, e.Origin.Offset)
				return true
			})
			for i, d := range rep.Damage {
				if d.Offset != at[i] {
					t.Errorf("damage at %d, event at %d", d.Offset, at[i])
				}
			}
			events += n
		}
	})
	if events != 200 {
		t.Errorf("%d events", events)
	}
}

// dateFormat claims text that begins with a digit.
type dateFormat struct{ lineFormat }

func (dateFormat) Claims(_ string, head []byte) bool { return head[0] >= '0' && head[0] <= '9' }

func TestSegmentsThatNobodyClaimsAreLikeTheOneBefore(t *testing.T) {
	text := "no form at all\n2025 one two\nno form again\n2026 three four\n"
	var got []bool
	piped(t, strings.NewReader(text), Options{Segment: 20}, func(in *Input, _ string) {
		got = append(got, Identify([]Format{dateFormat{}}, in) != nil)
	})
	if fmt.Sprint(got) != "[false true true true]" {
		t.Errorf("claimed: %v", got)
	}
}

func TestDashIsAFileWithoutAStreamAndReadOnceWithOne(t *testing.T) {
	t.Chdir(folder(t, file{"-", "file"}))
	same(t, walked(t, ".", Options{}, "-"), "-| = file")
	when := time.Date(2025, 6, 15, 0, 0, 0, 0, time.UTC)
	var got []string
	for in, skip := range Walk(t.Context(), []string{"-", "-", "./-"}, Options{Stdin: strings.NewReader("stream"), StdinTime: when}) {
		if skip != nil {
			got = append(got, skip.Reason)
			continue
		}
		body, _ := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
		got = append(got, string(body))
		if string(body) == "stream" && !in.ModTime.Equal(when) {
			t.Error(in.ModTime)
		}
		in.Close()
	}
	same(t, got, "stream", "given twice", "file")
}

func TestStreamsEndWithTheirContextAndTheirCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	endless := &endlessLines{}
	n := 0
	for in := range Walk(ctx, []string{"-"}, Options{Stdin: endless, Segment: 1 << 10}) {
		if n++; n == 3 {
			cancel()
		}
		if in != nil {
			in.Close()
		}
	}
	for in := range Walk(t.Context(), []string{"-"}, Options{Stdin: endless, Segment: 1 << 10}) {
		n++
		in.Close()
		break
	}
	if n != 4 {
		t.Errorf("%d segments", n)
	}
	cancel()
}

// endlessLines is a stream without end.
type endlessLines struct{ at int }

func (e *endlessLines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "one more line\n"[e.at%14]
		e.at++
	}
	return len(p), nil
}

func TestClosedSegmentsAreUsedAgain(t *testing.T) {
	const size = 1 << 20
	r := io.LimitReader(&endlessLines{}, 64*size)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for in := range Walk(t.Context(), []string{"-"}, Options{Stdin: r, Segment: size}) {
		in.Close()
		n++
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; n < 64 || got > 8*size {
		t.Errorf("%d segments took %d bytes of memory", n, got)
	}
}

func FuzzStream(f *testing.F) {
	f.Add("one\ntwo\n", 20)
	f.Add("#Fields: a b\n1 2\n3 4\n", 30)
	f.Add("a,b,c\n1,2,\"x\ny\"\n", 25)
	f.Add(gzipped("text\nmore\n"), 20)
	f.Fuzz(func(t *testing.T, body string, segment int) {
		segment = 20 + min(max(segment, 0), 1000)
		total := int64(0)
		opt := Options{Segment: int64(segment), MaxUnpacked: 1 << 20, InMemory: 1 << 10, MaxEntries: 100}
		got := piped(t, strings.NewReader(body), opt, func(in *Input, text string) {
			if in.FirstLine > 0 && in.Member == "" && containerOf([]byte(body)) == none {
				if in.BaseOffset+in.Size < total || in.FirstLine > int64(strings.Count(body, "\n"))+1 {
					t.Errorf("segment at %d, line %d, after %d bytes", in.BaseOffset, in.FirstLine, total)
				}
				fresh := text[total-in.BaseOffset:]
				if !strings.HasPrefix(body[total:], fresh) {
					t.Errorf("segment %q is not what follows at %d", text, total)
				}
				total = in.BaseOffset + in.Size
			}
		})
		if len(got) == 0 && containerOf([]byte(body)) == none {
			t.Error("the stream vanished")
		}
	})
}
