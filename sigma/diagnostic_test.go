package sigma

import (
	"strings"
	"testing"
)

func TestErrorsNamePlaceAndRemedy(t *testing.T) {
	for _, c := range []struct {
		name, detection string
		line, col       int
		width           int // 0: not checked
		text, hint      string
	}{
		{"misspelt modifier", "s:\n  CommandLine|contain: x\ncondition: s", 6, 17, 7, `unknown modifier "contain" in "CommandLine|contain"`, `did you mean "contains"?`},
		{"modifier in a quoted key", "s:\n  'A|contian': x\ncondition: s", 6, 8, 7, `unknown modifier "contian"`, `did you mean "contains"?`},
		{"modifier in upper case", "s:\n  A|Contains: x\ncondition: s", 6, 7, 8, `unknown modifier "Contains"`, "lower case"},
		{"empty modifier", "s:\n  A|: x\ncondition: s", 6, 7, 0, `unknown modifier ""`, "remove"},
		{"flag before re", "s:\n  A|i|re: x\ncondition: s", 6, 7, 1, `modifier "i" cannot stand here`, "re|i"},
		{"re after contains", "s:\n  A|contains|re: x\ncondition: s", 6, 16, 2, `modifier "re" cannot stand here`, "first"},
		{"flag after contains", "s:\n  A|re|contains|i: x\ncondition: s", 6, 19, 1, `modifier "i" cannot stand here`, "directly"},
		{"base64 after re", "s:\n  A|re|base64: x\ncondition: s", 6, 10, 6, `modifier "base64" cannot stand here`, "only flags"},
		{"cidr with others", "s:\n  A|cidr|contains: 10.0.0.0/8\ncondition: s", 6, 12, 8, `cannot stand here`, "alone"},
		{"exists with others", "s:\n  A|exists|contains: true\ncondition: s", 6, 14, 8, `cannot stand here`, "alone"},
		{"after a comparison", "s:\n  A|gt|contains: 1\ncondition: s", 6, 10, 8, `cannot stand here`, "last"},
		{"exists without a truth value", "s:\n  A|exists: x\ncondition: s", 6, 15, 1, `needs true or false`, ""},
		{"exists without a field", "s:\n  '|exists': true\ncondition: s", 6, 5, 0, `needs a field`, ""},
		{"comparison with a text", "s:\n  A|gt: x\ncondition: s", 6, 11, 1, `gt in "A|gt" needs a number, this is a text`, ""},
		{"comparison with a quoted number", "s:\n  A|gt: '5'\ncondition: s", 6, 11, 3, `needs a number`, "quotes"},
		{"time part of a text", "s:\n  A|hour: x\ncondition: s", 6, 13, 1, `needs a number`, ""},
		{"no network", "s:\n  A|cidr: 10.0.0/8\ncondition: s", 6, 13, 0, `"10.0.0/8" in "A|cidr" is no network`, ""},
		{"host bits", "s:\n  A|cidr: 10.0.0.1/8\ncondition: s", 6, 13, 0, `bits set`, "10.0.0.0/8"},
		{"contains null", "s:\n  A|contains: null\ncondition: s", 6, 17, 0, `needs a text`, ""},
		{"base64 with a wildcard", "s:\n  A|base64: 'a*'\ncondition: s", 6, 15, 4, `cannot encode a wildcard`, `\*`},
		{"base64offset too short", "s:\n  A|base64offset: ab\ncondition: s", 6, 21, 2, `at least 3 bytes`, ""},
		{"too many dashes", "s:\n  A|windash: '-a -b -c -d -e -f'\ncondition: s", 6, 7, 7, `more than 3125`, "split"},
		{"look-ahead", "s:\n  A|re: 'a(?=b)'\ncondition: s", 6, 11, 0, `"A|re": regular expression`, "look-around"},
		{"broken regular expression", "s:\n  A|re: 'a('\ncondition: s", 6, 11, 0, `regular expression`, ""},
		{"empty list", "s:\n  A: []\ncondition: s", 6, 8, 0, `empty list`, "null"},
		{"map as a value", "s:\n  A:\n    B: x\ncondition: s", 7, 7, 0, `is a map`, "a.b"},
		{"list in a list", "s:\n  - [a, b]\ncondition: s", 6, 7, 0, `list inside a list`, ""},
		{"map in a value list", "s:\n  A:\n    - B: x\ncondition: s", 7, 9, 0, `a value of "A" is a map`, ""},
		{"empty selection", "s: {}\ncondition: s", 5, 6, 0, `empty selection`, ""},
		{"empty keyword", "s:\n  - null\ncondition: s", 6, 7, 0, `empty keyword`, ""},
		{"key twice", "s:\n  A: x\n  B: y\n  A: z\ncondition: s", 8, 5, 1, `key "A" occurs twice, first in line 6`, "one list"},
		{"selection twice", "s:\n  A: x\ns:\n  B: y\ncondition: s", 7, 3, 1, `key "s" occurs twice`, ""},
		{"no condition", "s:\n  A: x", 5, 3, 0, `no condition`, ""},
		{"misspelt condition", "s:\n  A: x\nconditon: s", 5, 3, 0, `no condition`, `did you mean "condition"?`},
		{"unknown selection", "selection:\n  A: x\ncondition: selecton", 7, 14, 8, `unknown selection "selecton"`, `did you mean "selection"?`},
		{"selection in other case", "Sel:\n  A: x\ncondition: not sel", 7, 18, 3, `unknown selection "sel"`, `did you mean "Sel"?`},
		{"two of", "s:\n  A: x\ncondition: 2 of s*", 7, 14, 1, `unknown quantifier "2"`, "1 of"},
		{"count", "s:\n  A: x\ncondition: s | count() > 5", 7, 16, 1, `aggregations`, "event_count"},
		{"near", "s:\n  A: x\ncondition: s near s", 7, 16, 4, `unexpected "near"`, "temporal"},
		{"pattern without of", "s1:\n  A: x\ncondition: s*", 7, 14, 2, `unexpected "s*"`, "1 of s*"},
		{"them without of", "s:\n  A: x\ncondition: them", 7, 14, 4, `unknown selection "them"`, "1 of them"},
		{"open parenthesis", "s:\n  A: x\ncondition: s and (s", 7, 20, 1, `not closed`, ""},
		{"closing parenthesis", "s:\n  A: x\ncondition: s )", 7, 16, 1, `unexpected ")"`, "no opening"},
		{"ends early", "s:\n  A: x\ncondition: s and", 7, 19, 0, `ends too early`, ""},
		{"two names", "s:\n  A: x\ncondition: s s", 7, 16, 1, `unexpected "s"`, "join"},
		{"empty condition", "s:\n  A: x\ncondition: ''", 7, 15, 0, `the condition is empty`, ""},
		{"condition is a map", "s:\n  A: x\ncondition: {a: b}", 7, 14, 0, `must be a text`, ""},
		{"too deep", "s:\n  A: x\ncondition: " + strings.Repeat("(", 100) + "s" + strings.Repeat(")", 100), 7, 0, 0, `too deeply`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, diags := Parse("x/rule.yml", []byte(ruleText(c.detection)))
			if len(docs) != 0 {
				t.Fatal("the rule is accepted")
			}
			d := firstError(diags)
			if d == nil {
				t.Fatal("no error is reported")
			}
			if d.File != "x/rule.yml" || d.Line != c.line || c.col > 0 && d.Col != c.col || c.width > 0 && d.Width != c.width {
				t.Errorf("at %s:%d:%d width %d, want line %d col %d width %d", d.File, d.Line, d.Col, d.Width, c.line, c.col, c.width)
			}
			if !strings.Contains(d.Text, c.text) || !strings.Contains(d.Hint, c.hint) {
				t.Errorf("got %q, hint %q; want %q, hint %q", d.Text, d.Hint, c.text, c.hint)
			}
			if lines := strings.Split(ruleText(c.detection), "\n"); d.Quote != lines[c.line-1] {
				t.Errorf("quotes %q", d.Quote)
			}
		})
	}
}

func firstError(diags []Diagnostic) *Diagnostic {
	for i := range diags {
		if diags[i].Severity == Error {
			return &diags[i]
		}
	}
	return nil
}

func TestDocumentErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want, hint string }{
		{"no YAML", "title: 'x\nlogsource: [", "x.yml:", ""},
		{"a list", "- a\n- b", "x.yml:1:1: a Sigma document is a map of attributes, this is a list", ""},
		{"nothing known", "title: x\ndetecton: {}", "x.yml:1:1: neither a rule, a correlation nor a filter", `did you mean "detection"?`},
		{"legacy action", "action: global\ntitle: x\ndetection: {}", "x.yml:1:1: collections with action:", "in full"},
		{"no title", "logsource: {category: c}\ndetection: {s: {A: x}, condition: s}", "x.yml:1:1: no title", ""},
		{"no logsource", "title: x\ndetection: {s: {A: x}, condition: s}", "x.yml:1:1: no logsource", ""},
		{"empty logsource", "title: x\nlogsource: {definition: y}\ndetection: {s: {A: x}, condition: s}", "x.yml:2:1: the logsource names no log", ""},
		{"detection is a list", "title: x\nlogsource: {category: c}\ndetection: [a]", "x.yml:3:12: detection must be a map", ""},
		{"title is a list", "title: [x]\nlogsource: {category: c}\ndetection: {s: {A: x}, condition: s}", "x.yml:1:8: title must be a text", ""},
		{"top-level key twice", "title: x\ntitle: y\nlogsource: {category: c}\ndetection: {s: {A: x}, condition: s}", `x.yml:2:1: key "title" occurs twice`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, diags := Parse("x.yml", []byte(c.text))
			d := firstError(diags)
			if len(docs) != 0 || d == nil {
				t.Fatalf("%d documents, %v", len(docs), diags)
			}
			if !strings.HasPrefix(d.Error(), c.want) || !strings.Contains(d.Hint, c.hint) {
				t.Errorf("got %q, want %q, hint %q", d.Error(), c.want, c.hint)
			}
		})
	}
}

func TestWarningsLeaveTheRuleUsable(t *testing.T) {
	head := "title: x\nlogsource: {category: c}\n"
	for _, c := range []struct{ name, text, want, hint string }{
		{"unused selection", head + "detection:\n  s: {A: x}\n  f: {B: x}\n  condition: s", `"f" is not used`, ""},
		{"pattern that fits nothing", head + "detection:\n  s: {A: x}\n  condition: s and not 1 of filter_*", `no selection fits "filter_*"`, ""},
		{"never fires", head + "detection:\n  s: {A: x}\n  condition: 1 of filter_*", "never fires", ""},
		{"all of one value", head + "detection:\n  s: {'A|all': x}\n  condition: s", "only one value", ""},
		{"literal star at the end", head + "detection:\n  s: {A: 'C:\\Windows\\*'}\n  condition: s", "literal star", `\\*`},
		{"yes is a text", head + "detection:\n  s: {A: yes}\n  condition: s", "yes is read as a text", "quote"},
		{"contains nothing", head + "detection:\n  s: {'A|contains': ''}\n  condition: s", "fits every value", ""},
		{"misspelt category", "title: x\nlogsource: {product: windows, category: process_creatoin}\ndetection:\n  s: {A: x}\n  condition: s", `category "process_creatoin"`, `did you mean "process_creation"?`},
		{"misspelt service", "title: x\nlogsource: {product: windows, service: securty}\ndetection:\n  s: {A: x}\n  condition: s", `service "securty"`, `did you mean "security"?`},
		{"category of another service", "title: x\nlogsource: {product: windows, category: image_load, service: dhcp}\ndetection:\n  s: {A: x}\n  condition: s", `service "dhcp"`, ""},
		{"misspelt attribute", "title: x\nlogsource: {product: windows, sevice: security}\ndetection:\n  s: {A: x}\n  condition: s", `unknown logsource attribute "sevice"`, `"service"`},
		{"timeframe", head + "detection:\n  s: {A: x}\n  timeframe: 5m\n  condition: s", "timeframe has no effect", "correlation"},
		{"level", "level: hihg\n" + head + "detection:\n  s: {A: x}\n  condition: s", `unknown level "hihg"`, `did you mean "high"?`},
		{"status", "status: tested\n" + head + "detection:\n  s: {A: x}\n  condition: s", `unknown status "tested"`, `did you mean "test"?`},
		{"id", "id: '4711'\n" + head + "detection:\n  s: {A: x}\n  condition: s", `no UUID`, ""},
		{"date", "date: yesterday\n" + head + "detection:\n  s: {A: x}\n  condition: s", `no date`, "YYYY"},
		{"long title", "title: " + strings.Repeat("x", 257) + "\nlogsource: {category: c}\ndetection:\n  s: {A: x}\n  condition: s", "longer than 256", ""},
		{"placeholder in a filter", head + "detection:\n  s: {A: x}\n  f: {'B|expand': '%dcs%'}\n  condition: s and not f", "placeholder %dcs% has no values and excludes nothing", ""},
		{"placeholder that is asked for", head + "detection:\n  s: {'B|expand': '%dcs%'}\n  condition: s", "placeholder %dcs% has no values: the rule cannot be used", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, diags := Parse("x.yml", []byte(c.text))
			if len(docs) != 1 || firstError(diags) != nil {
				t.Fatalf("%d documents, %v", len(docs), diags)
			}
			for _, d := range diags {
				if strings.Contains(d.Text, c.want) && strings.Contains(d.Hint, c.hint) && d.Line > 0 {
					return
				}
			}
			t.Errorf("got %v, want %q, hint %q", diags, c.want, c.hint)
		})
	}
}

func TestCleanRuleHasNoRemarks(t *testing.T) {
	_, diags := Parse("x.yml", []byte(ruleText("s:\n  A|contains: x\ncondition: s")))
	if len(diags) != 0 {
		t.Error(diags)
	}
}

func TestMetadataIsKept(t *testing.T) {
	docs, diags := Parse("dir/x.yml", []byte(`---
title: One
id: 0d5a6f1c-0d3b-4a52-9a5e-5d9b3f3f2a10
name: one
status: test
description: |
  two
  lines
author: [A. Owl, B. Owl]
license: MIT
references:
  - https://example.org/a
date: 2024-01-02
modified: 2024-02-03
tags: [attack.t1059, attack.execution]
logsource: {product: Windows, category: process_creation, definition: audit it}
related:
  - {id: 11111111-2222-3333-4444-555555555555, type: derived}
fields: [A, B]
falsepositives: none known
level: high
taxonomy: sigma
scope: [server]
custom: {x: [1, y], z: null}
detection:
  s: {A: x}
  condition: s
---
title: Two
logsource: {category: c}
detection: {s: {A: x}, condition: s}
`))
	if len(docs) != 2 || len(diags) != 0 {
		t.Fatalf("%d documents, %v", len(docs), diags)
	}
	r := docs[0].(*Rule)
	custom, _ := r.Extra["custom"].(map[string]any)
	list, _ := custom["x"].([]any)
	for what, ok := range map[string]bool{
		"title":          r.Title == "One" && r.Name == "one" && r.Status == "test" && r.Level == "high",
		"id":             r.ID == "0d5a6f1c-0d3b-4a52-9a5e-5d9b3f3f2a10" && r.Refers(r.ID) && r.Refers("one") && !r.Refers(""),
		"description":    r.Description == "two\nlines",
		"author":         r.Author == "A. Owl, B. Owl",
		"license":        r.License == "MIT" && r.Taxonomy == "sigma",
		"dates":          r.Date == "2024-01-02" && r.Modified == "2024-02-03",
		"lists":          len(r.Tags) == 2 && len(r.References) == 1 && len(r.Fields) == 2 && len(r.Scope) == 1,
		"falsepositives": len(r.FalsePositives) == 1 && r.FalsePositives[0] == "none known",
		"related":        len(r.Related) == 1 && r.Related[0].Type == "derived",
		"logsource":      r.Logsource == Logsource{"process_creation", "windows", "", "audit it"},
		"place":          r.Path == "dir/x.yml" && r.Line == 2 && docs[1].Head().Line == 29,
		"extra":          len(list) == 2 && list[1] == "y" && custom["z"] == nil && len(r.Extra) == 1,
	} {
		if !ok {
			t.Errorf("%s is wrong: %+v", what, r.Meta)
		}
	}
	if got := r.Logsource.String(); got != "windows/process_creation" {
		t.Errorf("logsource is called %q", got)
	}
}

func TestOneBadDocumentLeavesTheOthers(t *testing.T) {
	good := "title: x\nlogsource: {category: c}\ndetection: {s: {A: x}, condition: s}\n"
	docs, diags := Parse("x.yml", []byte(good+"---\ntitle: y\n---\n"+good))
	if len(docs) != 2 || firstError(diags) == nil {
		t.Errorf("%d documents, %v", len(docs), diags)
	}
}

func TestAliasBombIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("title: x\nlogsource: {category: c}\nz: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		prev := "*a" + string(rune('0'+i-1))
		if i > 10 {
			break
		}
		name := string(rune('0' + i))
		if i == 10 {
			name = "x"
		}
		b.WriteString("z" + name + ": &a" + name + " [" + strings.TrimSuffix(strings.Repeat(prev+", ", 10), ", ") + "]\n")
	}
	b.WriteString("detection: {s: {A: x}, condition: s}\n")
	docs, diags := Parse("x.yml", []byte(b.String()))
	if len(docs) != 0 || firstError(diags) == nil {
		t.Errorf("%d documents, %d remarks", len(docs), len(diags))
	}
}
