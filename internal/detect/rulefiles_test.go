package detect

import (
	"strings"
	"testing"
	"testing/fstest"
)

const soundRule = "title: %\nlogsource: {product: windows}\ndetection:\n  s: {a: b}\n  condition: s\n"

func loaded(t *testing.T, files map[string]string) *Rules {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	rules, err := LoadRules(t.Context(), []RuleSource{{Name: "set", FS: fsys}}, RuleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestADocumentIsRejectedOnceHoweverManyErrorsItHas(t *testing.T) {
	twice := "title: bad\nlogsource: {product: windows}\ndetection:\n  s: {a|foo: b, c|bar: d}\n  condition: s and nothing\n"
	rules := loaded(t, map[string]string{
		"good.yml":  strings.Replace(soundRule, "%", "good", 1),
		"mixed.yml": strings.Join([]string{twice, strings.Replace(soundRule, "%", "other", 1), twice}, "---\n"),
	})
	if rules.Loaded() != 2 || len(rules.Rejected) != 2 {
		t.Fatalf("%d loaded, rejected: %+v", rules.Loaded(), rules.Rejected)
	}
	for i, line := range []int{4, 16} {
		r := rules.Rejected[i]
		if r.Path != "set/mixed.yml" || r.Line != line || !strings.Contains(r.Reason, `"foo"`) || !strings.Contains(r.Reason, "more)") {
			t.Errorf("rejected %+v, want line %d", r, line)
		}
	}
}

func TestFilesThatHoldRulesAreToldFromOthers(t *testing.T) {
	for text, want := range map[string]bool{
		"detection:\n":                         true,
		"title: x\n\"detection\" : {}\n":       true,
		"\ufefffilter:\n":                      true,
		"title: x\nlogsource:\n":               true,
		"title: x\r\ncorrelation:\r\n":         true,
		`{"title": "x", "detection": {}}`:      true,
		"\xff\xfet\x00":                        true,
		"":                                     false,
		"name: x\non: push\n":                  false,
		"about: no detection: here\n":          false,
		"x:\n  detection: nested\n":            false,
		`{"name": "detection of nothing"}`:     false,
		"detections: none\nmydetection: one\n": false,
	} {
		if got := holdsRules([]byte(text)); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

func TestOnlyOtherVersionsOfARuleAreReplaced(t *testing.T) {
	const id = "id: 5d1c1a3e-0000-4000-8000-000000000001\n"
	text := id + strings.Replace(soundRule, "%", "x", 1)
	rule := fstest.MapFS{"r.yml": {Data: []byte(text)}}
	newer := fstest.MapFS{"r.yml": {Data: []byte(text + "level: high\n")}}
	for want, second := range []fstest.MapFS{rule, newer} {
		rules, err := LoadRules(t.Context(), []RuleSource{{Name: "mine", FS: rule}, {Name: "kept", FS: second}}, RuleOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if rules.Replaced != want || rules.Loaded() != 1 || len(rules.Rejected) != 0 {
			t.Errorf("%d replaced, want %d; %d loaded, rejected %v", rules.Replaced, want, rules.Loaded(), rules.Rejected)
		}
	}
}
