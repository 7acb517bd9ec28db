package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tyto/internal/intel"
)

// evidence is two events of DNS and one of a process, a minute apart.
const evidence = `{"ts":1780000000.0,"uid":"C1","id.orig_h":"10.1.1.5","id.orig_p":5,"id.resp_h":"9.9.9.9","id.resp_p":53,"proto":"udp","query":"a.evil.com","qtype_name":"A","answers":["45.61.170.1"],"rcode_name":"NOERROR"}
{"ts":1780000060.0,"uid":"C2","id.orig_h":"10.1.1.5","id.orig_p":5,"id.resp_h":"9.9.9.9","id.resp_p":53,"proto":"udp","query":"b.evil.com","qtype_name":"A","rcode_name":"NOERROR"}
`

// bundleOf makes a bundle of indicators with these patterns.
func bundleOf(patterns ...string) string {
	var objects []string
	for i, p := range patterns {
		kind, more := "stix", ""
		if strings.HasPrefix(p, "rule ") {
			kind = "yara"
		}
		if before, after, ok := strings.Cut(p, " UNTIL "); ok {
			p, more = before, `,"valid_until":"`+after+`"`
		}
		text, _ := json.Marshal(p)
		objects = append(objects, fmt.Sprintf(`{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-%012x",
			"created":"2026-03-01T00:00:00.000Z","modified":"2026-03-01T00:00:00.000Z","name":"n%d","pattern":%s,"pattern_type":%q,
			"valid_from":"2026-03-01T00:00:00Z"%s}`, i, i, text, kind, more))
	}
	return `{"type":"bundle","id":"bundle--8e2e2d2b-17d4-4cbf-938f-0000000fffff","objects":[` + strings.Join(objects, ",") + `]}`
}

// sightingsOf hunts and returns the answers by value.
func sightingsOf(t *testing.T, indicators string) map[string]intel.Sighting {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, "hunt", write(t, "dns.log", evidence), "--intel", write(t, "intel.json", indicators), "-o", out)
	data, err := os.ReadFile(filepath.Join(out, "sightings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Sightings []json.RawMessage }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	answers := map[string]intel.Sighting{}
	for _, raw := range file.Sightings {
		var s struct {
			Value, Answer   string
			Count, Historic int64
			Needs           []string
			Searched        *intel.Searched
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		answers[s.Value] = intel.Sighting{Answer: s.Answer, Count: s.Count, Historic: s.Historic, Needs: s.Needs, Searched: s.Searched}
	}
	return answers
}

// A partner asks about patterns as about values: each one is answered.
func TestEveryPatternIsAnswered(t *testing.T) {
	all := "[domain-name:value LIKE '%.evil.com']"
	order := "[domain-name:value LIKE 'A.%'] FOLLOWEDBY [domain-name:value LIKE 'b.%'] WITHIN 60 SECONDS"
	wrong := "[domain-name:value LIKE 'b.%'] FOLLOWEDBY [domain-name:value LIKE 'a.%']"
	nowhere := "[process:name LIKE 'x%'] AND [domain-name:value LIKE '%.evil.com']"
	either := "[process:name LIKE 'x%'] OR [domain-name:value LIKE '%.good.com']"
	expired := "[domain-name:value LIKE '%.evil.%']"
	backward := `[domain-name:value MATCHES '(.)\\\\1']`
	answers := sightingsOf(t, bundleOf(backward, all, order, wrong, nowhere, either, expired+" UNTIL 2026-04-01T00:00:00Z", "rule x { condition: true }"))
	for value, want := range map[string]intel.Sighting{
		all:                          {Answer: "seen", Count: 2},
		order:                        {Answer: "seen", Count: 1},
		wrong:                        {Answer: "not_seen"},
		nowhere:                      {Answer: "not_covered"},
		either:                       {Answer: "not_seen"},
		expired:                      {Answer: "seen", Count: 2, Historic: 2},
		"rule x { condition: true }": {Answer: "not_covered"},
	} {
		got, ok := answers[value]
		if !ok || got.Answer != want.Answer || got.Count != want.Count || got.Historic != want.Historic {
			t.Errorf("%s: got %+v (there: %v), want %+v", value, got, ok, want)
		}
		if (got.Answer == "not_covered") != (len(got.Needs) > 0) {
			t.Errorf("%s: needs %v", value, got.Needs)
		}
		if got.Answer == "not_seen" && (got.Searched == nil || got.Searched.From == nil || len(got.Searched.Logs) == 0) {
			t.Errorf("%s: searched %+v", value, got.Searched)
		}
	}
}

// The same pattern from two lists is answered once.
func TestAPatternGivenTwiceIsAnsweredOnce(t *testing.T) {
	list := bundleOf("[domain-name:value LIKE '%.evil.com'] UNTIL 2026-04-01T00:00:00Z", "[domain-name:value LIKE '%.evil.com']")
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, "hunt", write(t, "dns.log", evidence), "--intel", write(t, "intel.json", list), "-o", out)
	data, err := os.ReadFile(filepath.Join(out, "sightings.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), `"stix-pattern"`) != 1 || strings.Contains(string(data), "historic") {
		t.Errorf("%s", data)
	}
}

// What is asked of a check is an answer for each thing that was given, in the
// form for programs too.
func TestCheckTellsProgramsOfEverythingGiven(t *testing.T) {
	list := write(t, "list.txt", "evil.com\nnothing at all\n0.0.0.0/0\n")
	bundle := write(t, "b.json", bundleOf("[domain-name:value LIKE '%.evil.com']", "rule x { condition: true }", "[broken", "[domain-name:value = 'old.com'] UNTIL 2020-03-02T00:00:00Z"))
	out := run(t, exitOK, "intel", "check", "--json", list, bundle)
	for _, want := range []string{
		`"type":"domain","value":"evil.com","decision":"detect"`,
		`"type":"other","value":"nothing at all","decision":"rejected"`,
		`"type":"ip","value":"0.0.0.0/0","decision":"rejected"`,
		`"type":"stix-pattern","value":"[domain-name:value LIKE '%.evil.com']","decision":"detect"`,
		`"type":"yara","value":"rule x { condition: true }","decision":"context"`,
		`"value":"[broken","decision":"rejected"`,
		`expired at 2020-03-02T00:00:00Z`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
}

// A feed in an archive is read as the folder that it was.
func TestFeedsAreReadInArchivesAndFoldersAlike(t *testing.T) {
	event := `{"Event":{"info":"x","Attribute":[{"type":"domain","value":"evil.com","to_ids":true}]}}`
	files := map[string]string{
		"manifest.json": `{"5c1f0a52-7e32-4bd0-9a3e-111111111111":{"info":"x"}}`,
		"hashes.csv":    "0123456789abcdef0123456789abcdef,5c1f0a52-7e32-4bd0-9a3e-111111111111\n",
		"5c1f0a52-7e32-4bd0-9a3e-111111111111.json": event,
	}
	dir := t.TempDir()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	within := t.TempDir()
	if err := os.WriteFile(filepath.Join(within, "feed.zip"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(within, "feed.zip"), within} {
		out := run(t, exitOK, "intel", "check", "--json", path)
		if strings.Count(out, "\n") != 1 || !strings.Contains(out, `"value":"evil.com","decision":"detect"`) {
			t.Errorf("%s:\n%s", path, out)
		}
	}
}
