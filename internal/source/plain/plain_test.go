package plain_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/plain"
	"tyto/internal/source/sourcetest"
)

func format(t testing.TB, as string) *plain.Format {
	t.Helper()
	s, err := jsonlog.ParseSource(as)
	if err != nil {
		t.Fatal(err)
	}
	return plain.New(s)
}

// messages lists the records of a text with their lines.
func messages(t testing.TB, text string) []string {
	t.Helper()
	events, rep := sourcetest.Read(t, format(t, "python/application"), sourcetest.Input("app.log", text))
	if rep.Records != int64(len(events)) || rep.Bytes != int64(len(text)) {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	var out []string
	for _, e := range events {
		m, _ := e.Get("Message")
		out = append(out, fmt.Sprintf("%d@%d %s", e.Origin.Line, e.Origin.Offset, m))
	}
	return out
}

func TestNothingIsClaimedUnasked(t *testing.T) {
	text := []byte("some text\n")
	if plain.New(event.Source{}).Claims("app.log", text) {
		t.Error("claimed without a log source")
	}
	f := format(t, "python/application")
	for head, want := range map[string]bool{
		"some text\n": true, "\x1b[31mred\x1b[0m\n": true, "\xff\xfeh\x00i\x00": true,
		"": false, "\n\n": false, "MZ\x90\x00\x03\x00\x00\x00": false, "ElfFile\x00": false, "\x00\x00": false,
	} {
		if f.Claims("x", []byte(head)) != want {
			t.Errorf("%q claimed: %t", head, !want)
		}
	}
}

func TestTracesAreJoined(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lines": {"one\ntwo\r\n\nthree", []string{"1@0 one", "2@4 two", "4@10 three"}},
		"java": {
			"2025-06-15 10:00:00.1 ERROR x\njava.io.IOException: no\n\tat a.b(C.java:1)\n    at c\nCaused by: java.x\n\tat d\n\t... 5 more\nSuppressed: e\nat f\nnext\n",
			[]string{"1@0 2025-06-15 10:00:00.1 ERROR x\njava.io.IOException: no\n\tat a.b(C.java:1)\n    at c\nCaused by: java.x\n\tat d\n\t... 5 more\nSuppressed: e\nat f", "10@136 next"},
		},
		"python": {
			"ERROR:root:bad\nTraceback (most recent call last):\n  File \"a.py\", line 1\n    f()\nsqlite3.OperationalError: near\n" +
				"\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File\nValueError\nINFO:root:fine\n",
			[]string{
				"1@0 ERROR:root:bad\nTraceback (most recent call last):\n  File \"a.py\", line 1\n    f()\nsqlite3.OperationalError: near\n" +
					"During handling of the above exception, another exception occurred:\nTraceback (most recent call last):\n  File\nValueError",
				"12@234 INFO:root:fine",
			},
		},
		"traces one after another": {
			"Traceback (most recent call last):\n  File\nKeyError\nTraceback (most recent call last):\n  File\nValueError\n",
			[]string{"1@0 Traceback (most recent call last):\n  File\nKeyError", "4@51 Traceback (most recent call last):\n  File\nValueError"},
		},
		"a dated line always begins": {
			"Traceback (most recent call last):\n  File\n2025-06-15 10:00:00 INFO x\n",
			[]string{"1@0 Traceback (most recent call last):\n  File", "3@42 2025-06-15 10:00:00 INFO x"},
		},
		"begins in the middle": {"\tat a\n\tat b\nnext", []string{"1@0 \tat a\n\tat b", "3@12 next"}},
	} {
		if diff := cmp.Diff(c.want, messages(t, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDatesAtTheBeginningGiveTheTime(t *testing.T) {
	day := "2025-06-15T10:00:00"
	for line, want := range map[string]string{
		"2025-06-15 10:00:00,123 ERROR x":               day + ".123Z",
		"2025-06-15T10:00:00+02:00 x":                   "2025-06-15T08:00:00Z",
		"2025/06/15 10:00:00 x":                         day + "Z",
		"[2025-06-15 10:00:00 +0000] [7] [INFO] x":      day + "Z",
		"I, [2025-06-15T10:00:00.5 #7]  INFO -- : x":    day + ".5Z",
		"[15/Jun/2025 10:00:00] \"GET / HTTP/1.1\" 200": day + "Z",
		"15/Jun/2025:10:00:00 +0000 x":                  day + "Z",
		"15-Jun-2025 10:00:00.250 SEVERE [main] x":      day + ".25Z",
		"Jun 15, 2025 10:00:00 AM org.example.X log":    day + "Z",
		"Jun 15, 2025 1:00:00 PM org.example.X log":     "2025-06-15T13:00:00Z",
		"Jun 15, 2025 12:30:00 AM org.example.X log":    "2025-06-15T00:30:00Z",
		"Sun Jun 15 10:00:00 2025 - x":                  day + "Z",
		"Jun 15 10:00:00 app x":                         day + "Z",
		"6/15/2025 10:00:00 AM x":                       day + "Z",
		"10:00:00.123 [main] ERROR x":                   "",
		"x 2025-06-15 10:00:00":                         "",
		"2025-06-45 10:00:00 x":                         "",
		"Jun 15, 20":                                    "",
		"[":                                             "",
		"I, [":                                          "",
	} {
		in := sourcetest.Input("app.log", line+"\n")
		in.ModTime = time.Date(2025, 6, 16, 0, 0, 0, 0, time.UTC)
		events, _ := sourcetest.Read(t, format(t, "python/application"), in)
		if len(events) != 1 {
			t.Errorf("%q gives %d events", line, len(events))
			continue
		}
		got := ""
		if !events[0].Time.IsZero() {
			got = events[0].Time.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q is of %s, want %s", line, got, want)
		}
	}
}

func TestRecordsWithoutDateHaveThatOfTheOneBefore(t *testing.T) {
	events, rep := sourcetest.Read(t, format(t, "jvm/application"), sourcetest.Input("app.log", "banner\n2025-06-15 10:00:00 x\nmore\n2025-06-16 10:00:00 y\n"))
	var got []int
	for _, e := range events {
		got = append(got, e.Time.Day())
	}
	if !slices.Equal(got, []int{1, 15, 15, 16}) || !events[0].Time.IsZero() ||
		!slices.Contains(rep.Notes, "records without a date: given that of the record before") || !slices.Contains(rep.Notes, "events without a time") {
		t.Errorf("days %v, notes %q", got, rep.Notes)
	}
}

func TestTheReportSaysWhatWasAssumed(t *testing.T) {
	in := sourcetest.Input("app.log", "2025-06-15 10:00:00 x\n")
	in.HostHint = source.Hint{Name: "web1", From: "client_info.json"}
	_, rep := sourcetest.Read(t, format(t, "jvm/application"), in)
	for _, want := range []string{
		"read as jvm/application because the user says so",
		"client_info.json names the machine web1",
		"times without zone: read as UTC",
		"the log does not name the machine that wrote it",
	} {
		if !slices.Contains(rep.Notes, want) {
			t.Errorf("no note %q in %q", want, rep.Notes)
		}
	}
}

func TestWideTextAndBrokenBytesAreRead(t *testing.T) {
	wide := sourcetest.UTF16("one\n\tat tw\u00f6\nthree\n", binary.LittleEndian)
	want := []string{"1@2 one\n\tat tw\u00f6", "3@26 three"}
	if diff := cmp.Diff(want, messages(t, wide)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := messages(t, "a\xffb\n"); got[0] != "1@0 a\ufffdb" {
		t.Errorf("broken bytes give %q", got)
	}
}

func TestEndlessTracesAreBounded(t *testing.T) {
	text := "start\n" + strings.Repeat("\t"+strings.Repeat("x", 99)+"\n", 25_000)
	events, rep := sourcetest.Read(t, format(t, "jvm/application"), sourcetest.Input("app.log", text))
	total := 0
	for _, e := range events {
		m, _ := e.Get("Message")
		if len(m) > 1<<20 {
			t.Errorf("a record of %d bytes", len(m))
		}
		total += len(m) + 1
	}
	if len(events) != 3 || total != len(text) || !slices.Contains(rep.Notes, "records longer than 1 MiB: made into several") {
		t.Errorf("%d events with %d of %d bytes, notes %q", len(events), total, len(text), rep.Notes)
	}
}

func TestPartsGiveWhatTheWholeGives(t *testing.T) {
	var text strings.Builder
	records := 0
	for text.Len() < 13<<20 {
		fmt.Fprintf(&text, "2025-06-15 10:00:00,%03d ERROR x\nTraceback (most recent call last):\n  File\n    %s\nValueError: x\n", records%1000, strings.Repeat("y", records%900+1))
		records++
	}
	f := format(t, "python/application")
	in := sourcetest.Input("app.log", text.String())
	parts, err := f.Split(t.Context(), in)
	if err != nil || len(parts) < 3 {
		t.Fatalf("parts %v, %v", parts, err)
	}
	lines := strings.SplitAfter(text.String(), "\n")
	n := 0
	sourcetest.Each(t, f, in, func(e *event.Event) bool {
		m, _ := e.Get("Message")
		if strings.Count(string(m), "\n") != 4 || !strings.HasPrefix(string(m), strings.TrimSpace(lines[e.Origin.Line-1])) {
			t.Fatalf("record %d, line %d: %q", n, e.Origin.Line, m)
		}
		n++
		return true
	})
	if n != records {
		t.Errorf("%d records of %d", n, records)
	}
}

func TestTextWithoutDatesStaysWhole(t *testing.T) {
	text := strings.Repeat("no date here\n", 800_000)
	parts, err := format(t, "python/application").Split(t.Context(), sourcetest.Input("app.log", text))
	if err != nil || len(parts) != 1 || parts[0].To != int64(len(text)) {
		t.Errorf("parts %v, %v", parts, err)
	}
}

func TestReadingEndsWithItsCaller(t *testing.T) {
	f := format(t, "python/application")
	in := sourcetest.Input("app.log", strings.Repeat("line\n", 100))
	for limit := 1; limit <= 100; limit += 33 {
		n := 0
		rep := f.NewReader().Read(t.Context(), in, source.Part{To: in.Size, Line: 1}, func(*event.Event) bool {
			n++
			return n < limit
		})
		if n != limit || rep.Records != int64(n) {
			t.Errorf("%d events after the caller had %d, report %+v", n, limit, rep)
		}
	}
}

func TestPublicRulesFire(t *testing.T) {
	const rules = "rules/application/"
	for as, cases := range map[string][]rulecheck.Case{
		"python/application": {
			rulecheck.Fires(rules+"python/app_python_sql_exceptions.yml", "2025-06-15 10:00:00,123 ERROR shop\nTraceback (most recent call last):\n  File \"a.py\", line 7, in get\nsqlite3.OperationalError: unrecognized token\n"),
			rulecheck.Silent(rules+"python/app_python_sql_exceptions.yml", "2025-06-15 10:00:00,123 ERROR shop\nTraceback (most recent call last):\n  File \"a.py\"\nValueError: x\n"),
		},
		"django/application": {
			rulecheck.Fires(rules+"django/appframework_django_exceptions.yml", "Invalid HTTP_HOST header\nTraceback (most recent call last):\n  File\ndjango.core.exceptions.DisallowedHost: x\n"),
			rulecheck.Silent(rules+"django/appframework_django_exceptions.yml", "[15/Jun/2025 10:00:00] \"GET / HTTP/1.1\" 200 7\n"),
		},
		"nodejs/application": {
			rulecheck.Fires(rules+"nodejs/nodejs_rce_exploitation_attempt.yml", "Error: spawn sh ENOENT\n    at ChildProcess (node:child_process:284:19)\n"),
			rulecheck.Silent(rules+"nodejs/nodejs_rce_exploitation_attempt.yml", "Error: x\n    at Server (node:http:284:19)\n"),
		},
		"ruby_on_rails/application": {
			rulecheck.Fires(rules+"ruby/appframework_ruby_on_rails_exceptions.yml", "F, [2025-06-15T10:00:00.5 #7] FATAL -- : ActionController::BadRequest (x):\n"),
			rulecheck.Silent(rules+"ruby/appframework_ruby_on_rails_exceptions.yml", "I, [2025-06-15T10:00:00.5 #7]  INFO -- : Started GET \"/\"\n"),
		},
		"spring/application": {
			rulecheck.Fires(rules+"spring/spring_application_exceptions.yml", "2025-06-15 10:00:00.1 ERROR 7 --- [main] x\norg.springframework.security.web.firewall.RequestRejectedException: no\n\tat a\n"),
			rulecheck.Silent(rules+"spring/spring_application_exceptions.yml", "2025-06-15 10:00:00.1 INFO 7 --- [main] started\n"),
		},
		"jvm/application": {
			rulecheck.Fires(rules+"jvm/java_rce_exploitation_attempt.yml", "15-Jun-2025 10:00:00.250 SEVERE [main] x\n\tat java.lang.ProcessBuilder.start(ProcessBuilder.java:1)\n"),
			rulecheck.Silent(rules+"jvm/java_rce_exploitation_attempt.yml", "15-Jun-2025 10:00:00.250 SEVERE [main] x\n\tat java.lang.Thread.run(Thread.java:1)\n"),
		},
		"velocity/application": {
			rulecheck.Fires(rules+"velocity/velocity_ssti_injection.yml", "org.apache.velocity.exception.ParseErrorException: x\n\tat a\n"),
			rulecheck.Silent(rules+"velocity/velocity_ssti_injection.yml", "org.apache.velocity.Template: ok\n"),
		},
		"sql/application": {
			rulecheck.Fires(rules+"sql/app_sqlinjection_errors.yml", "ERROR 1064: You have an error in your SQL syntax; check\n"),
			rulecheck.Silent(rules+"sql/app_sqlinjection_errors.yml", "ERROR 1045: Access denied\n"),
		},
	} {
		t.Run(as, func(t *testing.T) { rulecheck.Run(t, format(t, as), cases) })
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("2025-06-15 10:00:00 x\n\tat y\nCaused by: z\n")
	f.Add("Traceback (most recent call last):\n  File\nE\n\nDuring handling of the above exception\nJun 15, 2025 1:00:00 PM x\n")
	f.Add("\xff\xfea\x00\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("app.log", text)
		last := int64(-1)
		n := int64(0)
		rep := sourcetest.Each(t, format(t, "a/b/c"), in, func(e *event.Event) bool {
			m, ok := e.Get("Message")
			if !ok || len(m) == 0 || e.Origin.Offset <= last || e.Origin.Line < 1 {
				t.Errorf("event %+v after offset %d", e, last)
			}
			last = e.Origin.Offset
			n++
			return true
		})
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("%d events, report %+v", n, rep)
		}
	})
}

func BenchmarkPlain(b *testing.B) {
	text := strings.Repeat("2025-06-15 10:00:00,123 ERROR shop: order 4711 failed\n\tat com.example.Shop.order(Shop.java:17)\n\tat com.example.Main.main(Main.java:3)\n", 20_000)
	f := format(b, "jvm/application")
	in := sourcetest.Input("app.log", text)
	r := f.NewReader()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size, Line: 1}, func(*event.Event) bool { return true })
	}
}
