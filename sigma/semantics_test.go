package sigma

import (
	"strings"
	"testing"
)

// detect parses a detection section (indented lines) as a rule of category
// "test", and fails on any error.
func detect(t testing.TB, detection string) *Ruleset {
	t.Helper()
	docs, diags := Parse("test.yml", []byte(ruleText(detection)))
	for _, d := range diags {
		if d.Severity == Error {
			t.Fatalf("%v\n%s", d, detection)
		}
	}
	rs, rejected := Compile(docs, Options{})
	if len(rejected) > 0 {
		t.Fatalf("rejected: %s\n%s", rejected[0].Reason, detection)
	}
	return rs
}

func ruleText(detection string) string {
	var b strings.Builder
	b.WriteString("title: test\nlogsource:\n  category: test\ndetection:\n")
	for line := range strings.Lines(strings.Trim(detection, "\n") + "\n") {
		b.WriteString("  " + line)
	}
	return b.String()
}

// An ev is a test event: name and value by turns. A name may be repeated; the
// value null stands for JSON null; a name that begins with ^ is a header.
type ev []string

func (e ev) record() *record {
	r := &record{src: Source{Category: "test"}}
	for i := 0; i+1 < len(e); i += 2 {
		name, header := strings.CutPrefix(e[i], "^")
		kind := Text
		if e[i+1] == "null" {
			kind = Null
		}
		r.add(name, header, kind, e[i+1])
	}
	return r
}

// fires matches one event in all three ways, which must agree.
func fires(t testing.TB, rs *Ruleset, r *record) bool {
	t.Helper()
	event := r.event(rs)
	e := rs.NewEvaluator()
	hit, scan := 0, 0
	e.Match(event, func(*Rule) { hit++ })
	e.Scan(event, func(*Rule) { scan++ })
	if hit != scan {
		t.Errorf("index finds %d rules, scan %d", hit, scan)
	}
	return hit > 0
}

// item wraps one detection item into a rule.
func item1(line string) string { return "sel:\n  " + line + "\ncondition: sel" }

func TestValuesAndModifiers(t *testing.T) {
	for _, c := range []struct {
		name, item string
		yes, no    []ev
	}{
		{"a plain text is the whole value, without case", `A: 'Foo'`,
			[]ev{{"A", "foo"}, {"A", "FOO"}, {"A", "foo  \r\n"}}, []ev{{"A", "xfoo"}, {"A", "foox"}, {}, {"B", "foo"}, {"A", "null"}}},
		{"long s is s", `A: 'powershell'`, []ev{{"A", "powerſhell"}}, nil},
		{"an escaped star is a star", `A: 'C:\Windows\*'`, []ev{{"A", `C:\Windows*`}}, []ev{{"A", `C:\Windows\x`}}},
		{"an escaped backslash, then any", `A: 'C:\Windows\\*'`, []ev{{"A", `C:\Windows\x`}, {"A", `c:\windows\`}}, []ev{{"A", `C:\Windows*`}}},
		{"backslash and star literal", `A: 'C:\Windows\\\*'`, []ev{{"A", `C:\Windows\*`}}, []ev{{"A", `C:\Windows\x`}}},
		{"two backslashes are one", `A: '\\server\share'`, []ev{{"A", `\server\share`}}, []ev{{"A", `\\server\share`}}},
		{"three backslashes are two", `A: '\\\server'`, []ev{{"A", `\\server`}}, []ev{{"A", `\server`}}},
		{"four backslashes are two", `A: '\\\\server'`, []ev{{"A", `\\server`}}, []ev{{"A", `\server`}}},
		{"escaped question mark", `A: 'a\?b'`, []ev{{"A", "a?b"}}, []ev{{"A", "axb"}}},
		{"single and double backslash in the middle", `A: ['a\b', 'c\\d']`, []ev{{"A", `a\b`}, {"A", `c\d`}}, []ev{{"A", `a\\b`}}},
		{"two literal backslashes, then any", `A: 'a\\\\*'`, []ev{{"A", `a\\x`}}, []ev{{"A", `a\x`}}},
		{"any character, backslash", `A: '?:\\x'`, []ev{{"A", `D:\x`}, {"A", `é:\x`}}, []ev{{"A", `:\x`}, {"A", `DD:\x`}}},
		{"any, then a literal star", `A: '*\*'`, []ev{{"A", `abc*`}}, []ev{{"A", `abc\`}, {"A", "abc"}}},
		{"a trailing backslash", `A: 'end\'`, []ev{{"A", `end\`}}, []ev{{"A", "end"}}},
		{"a star crosses lines", `A: 'a*b'`, []ev{{"A", "a\n\nb"}, {"A", "ab"}}, []ev{{"A", "ba"}}},
		{"an empty text is present and empty", `A: ''`, []ev{{"A", ""}}, []ev{{}, {"A", "x"}, {"A", "null"}, {"A", "-"}}},
		{"a star is present", `A: '*'`, []ev{{"A", ""}, {"A", "x"}}, []ev{{}, {"A", "null"}}},
		{"null is missing", `A: null`, []ev{{}, {"A", "null"}, {"B", "x"}}, []ev{{"A", ""}, {"A", "-"}}},
		{"null in a list", `A: [null, 'x']`, []ev{{}, {"A", "x"}}, []ev{{"A", "y"}}},
		{"a list is any of", `A: [x, y]`, []ev{{"A", "x"}, {"A", "Y"}}, []ev{{"A", "z"}}},
		{"any member of several values", `A: x`, []ev{{"A", "a", "A", "x"}}, []ev{{"A", "a", "A", "b"}}},
		{"a number as text or number", `A: 4624`, []ev{{"A", "4624"}, {"A", "4624.0"}}, []ev{{"A", "0x1210"}, {"A", "46240"}, {"A", "x4624"}}},
		{"a quoted number", `A: '4624'`, []ev{{"A", "4624"}}, []ev{{"A", "46241"}}},
		{"a float", `A: 1.0`, []ev{{"A", "1"}, {"A", "1.0"}}, []ev{{"A", "10"}}},
		{"hexadecimal text is text", `A: '0x17'`, []ev{{"A", "0x17"}, {"A", "0X17"}}, []ev{{"A", "23"}}},
		{"true", `A: true`, []ev{{"A", "true"}, {"A", "True"}}, []ev{{"A", "1"}, {"A", "false"}}},
		{"contains", `A|contains: b`, []ev{{"A", "aBc"}}, []ev{{"A", "ac"}, {}}},
		{"contains keeps inner wildcards", `A|contains: 'b?d*f'`, []ev{{"A", "abcdeefg"}}, []ev{{"A", "abdf"}}},
		{"contains of a value with stars adds none", `A|contains: '*b*'`, []ev{{"A", "abc"}}, []ev{{"A", "ac"}}},
		{"contains of an empty text is present", `A|contains: ''`, []ev{{"A", "x"}, {"A", ""}}, []ev{{}}},
		{"contains of a number", `A|contains: 12`, []ev{{"A", "0123"}}, []ev{{"A", "13"}}},
		{"startswith", `A|startswith: ab`, []ev{{"A", "ABc"}}, []ev{{"A", "xab"}}},
		{"endswith, also before trailing blanks", `A|endswith: '\cmd.exe'`, []ev{{"A", `C:\CMD.EXE`}, {"A", `C:\cmd.exe `}}, []ev{{"A", `C:\cmd.exe x`}}},
		{"all", `A|contains|all: [x, y]`, []ev{{"A", "yx"}}, []ev{{"A", "x"}, {"A", "y"}}},
		{"all before contains", `A|all|contains: [x, y]`, []ev{{"A", "yx"}}, []ev{{"A", "x"}}},
		{"all of one value", `A|contains|all: [x]`, []ev{{"A", "ax"}}, []ev{{"A", "y"}}},
		{"all over several values of a field", `A|all: [x, y]`, []ev{{"A", "x", "A", "y"}}, []ev{{"A", "x"}}},
		{"exists", `A|exists: true`, []ev{{"A", "x"}, {"A", ""}, {"A", "null"}}, []ev{{}}},
		{"exists not", `A|exists: false`, []ev{{}}, []ev{{"A", ""}, {"A", "null"}}},
		{"cased", `A|cased: Foo`, []ev{{"A", "Foo"}}, []ev{{"A", "foo"}}},
		{"cased and contains in any order", `A|cased|contains: Foo`, []ev{{"A", "xFoox"}}, []ev{{"A", "xfoox"}}},
		{"contains and cased", `A|contains|cased: Foo`, []ev{{"A", "xFoox"}}, []ev{{"A", "xfoox"}}},
		{"cased glob", `A|cased: 'F*o'`, []ev{{"A", "Foo"}}, []ev{{"A", "foo"}}},
		{"neq", `A|neq: x`, []ev{{"A", "y"}, {}}, []ev{{"A", "x"}, {"A", "y", "A", "x"}}},
		{"neq of a list is none of", `A|neq: [x, y]`, []ev{{"A", "z"}, {}}, []ev{{"A", "x"}, {"A", "y"}}},
		{"neq with all is not all of", `A|contains|all|neq: [x, y]`, []ev{{"A", "x"}, {}}, []ev{{"A", "xy"}}},
		{"neq null", `A|neq: null`, []ev{{"A", ""}}, []ev{{}, {"A", "null"}}},
		{"windash", `A|windash|contains: ' -enc'`,
			[]ev{{"A", "x -enc"}, {"A", "x /ENC"}, {"A", "x –enc"}, {"A", "x —enc"}, {"A", "x ―enc"}}, []ev{{"A", "x enc"}, {"A", "x +enc"}}},
		{"windash after contains", `A|contains|windash: '-e'`, []ev{{"A", "/e"}}, []ev{{"A", "e"}}},
		{"windash varies the second of two dashes", `A|windash: '--param'`, []ev{{"A", "-/param"}, {"A", "--param"}}, []ev{{"A", "/-param"}, {"A", "//param"}}},
		{"windash leaves dashes inside words", `A|windash: 'a-b /c'`, []ev{{"A", "a-b -c"}, {"A", "a-b /c"}}, []ev{{"A", "a/b /c"}}},
		{"windash leaves other dashes", `A|windash: '–x'`, []ev{{"A", "–x"}}, []ev{{"A", "-x"}}},
		{"windash under all is any spelling of each", `A|contains|all|windash: ['-a', '-b']`, []ev{{"A", "/a -b"}}, []ev{{"A", "/a"}}},
		{"windash permutes each dash", `A|windash: '-a -b'`, []ev{{"A", "/a -b"}, {"A", "—a /b"}}, []ev{{"A", "a b"}}},
		{"re searches", `A|re: 'b+c'`, []ev{{"A", "abbcd"}}, []ev{{"A", "aBbCd"}, {"A", "ac"}}},
		{"re with i", `A|re|i: 'b+c'`, []ev{{"A", "aBbCd"}}, []ev{{"A", "ac"}}},
		{"re with ignorecase", `A|re|ignorecase: 'bc'`, []ev{{"A", "aBC"}}, []ev{{"A", "ac"}}},
		{"re with m", `A|re|m: '^b$'`, []ev{{"A", "a\nb\nc"}}, []ev{{"A", "abc"}}},
		{"re without m", `A|re: '^b$'`, []ev{{"A", "b"}}, []ev{{"A", "a\nb\nc"}}},
		{"re with s", `A|re|s: 'a.b'`, []ev{{"A", "a\nb"}}, []ev{{"A", "ab"}}},
		{"re without s", `A|re: 'a.b'`, []ev{{"A", "axb"}}, []ev{{"A", "a\nb"}}},
		{"re with flags in a row", `A|re|i|s: 'a.b'`, []ev{{"A", "A\nB"}}, []ev{{"A", "ab"}}},
		{"re keeps backslashes", `A|re: '\\cmd\.exe$'`, []ev{{"A", `C:\cmd.exe`}}, []ev{{"A", `C:\cmdxexe`}}},
		{"re then contains still searches", `A|re|contains: 'b'`, []ev{{"A", "abc"}}, []ev{{"A", "ac"}}},
		{"re with a repeat beyond a thousand", `A|re: '^x{1500,}$'`, []ev{{"A", strings.Repeat("x", 1500)}}, []ev{{"A", strings.Repeat("x", 1499)}}},
		{"re with a bounded repeat beyond a thousand", `A|re: '^[a-z]{1001,2100}$'`,
			[]ev{{"A", strings.Repeat("x", 1001)}, {"A", strings.Repeat("x", 2100)}}, []ev{{"A", strings.Repeat("x", 1000)}, {"A", strings.Repeat("x", 2101)}}},
		{"base64", `A|base64: foobar`, []ev{{"A", "Zm9vYmFy"}}, []ev{{"A", "foobar"}}},
		{"base64offset", `A|base64offset|contains: foobar`,
			[]ev{{"A", "xxZm9vYmFyxx"}, {"A", "xxZvb2Jhcxx"}, {"A", "xxmb29iYXxx"}}, []ev{{"A", "foobar"}}},
		{"base64offset under all", `A|base64offset|contains|all: [foobar, quux!]`, []ev{{"A", "Zm9vYmFycXV1eCE="}}, []ev{{"A", "Zm9vYmFy"}}},
		{"base64offset counts bytes", `A|base64offset|contains: 'äö'`, []ev{{"A", "w6TDt" + "g"}, {"A", "w6TDtg=="}}, []ev{{"A", "w6TD"}}},
		{"base64 of an escaped star", `A|base64: 'a\*'`, []ev{{"A", "YSo="}}, []ev{{"A", "YVwq"}}},
		{"wide base64offset", `A|wide|base64offset|contains: ping`,
			[]ev{{"A", "cABpAG4AZw"}, {"A", "AAaQBuAGcA"}, {"A", "wAGkAbgBnA"}}, []ev{{"A", "cGluZw"}}},
		{"utf16le is wide", `A|utf16le|base64: ab`, []ev{{"A", "YQBiAA=="}}, []ev{{"A", "AGEAYg=="}}},
		{"utf16be", `A|utf16be|base64: ab`, []ev{{"A", "AGEAYg=="}}, []ev{{"A", "YQBiAA=="}}},
		{"utf16 has a mark", `A|utf16|base64: ab`, []ev{{"A", "//5hAGIA"}}, []ev{{"A", "77u/YQBiAA=="}}},
		{"wide beyond ASCII", `A|wide|base64: 'ä'`, []ev{{"A", "5AA="}}, []ev{{"A", "w6Q="}}},
		{"lt", `A|lt: 5`, []ev{{"A", "4"}, {"A", "4.9"}, {"A", "-1"}}, []ev{{"A", "5"}, {"A", "x"}, {}, {"A", "0x1"}}},
		{"lte", `A|lte: 5`, []ev{{"A", "5"}}, []ev{{"A", "5.1"}}},
		{"gt", `A|gt: 5`, []ev{{"A", "6"}, {"A", "1e3"}}, []ev{{"A", "5"}, {"A", ""}}},
		{"gte", `A|gte: 5.5`, []ev{{"A", "5.5"}}, []ev{{"A", "5"}}},
		{"minute", `A|minute: 7`, []ev{{"A", "2024-05-03T10:07:59Z"}, {"A", "2024-05-03 10:07:00.123"}}, []ev{{"A", "2024-05-03T10:08:00Z"}, {"A", "x"}}},
		{"hour in UTC", `A|hour: 8`, []ev{{"A", "2024-05-03T10:07:59+02:00"}}, []ev{{"A", "2024-05-03T10:07:59Z"}}},
		{"hour compared", `A|hour|gte: 22`, []ev{{"A", "2024-05-03T23:00:00Z"}}, []ev{{"A", "2024-05-03T21:59:59Z"}}},
		{"day", `A|day: 3`, []ev{{"A", "2024-05-03"}}, []ev{{"A", "2024-03-05"}}},
		{"week", `A|week: 53`, []ev{{"A", "2021-01-01T00:00:00Z"}}, []ev{{"A", "2021-01-08T00:00:00Z"}}},
		{"month", `A|month|lt: 3`, []ev{{"A", "2024-02-03"}}, []ev{{"A", "2024-03-02"}}},
		{"year", `A|year: 2024`, []ev{{"A", "2024-02-03"}}, []ev{{"A", "2023-02-03"}}},
		{"cidr", `A|cidr: 10.0.0.0/8`, []ev{{"A", "10.1.2.3"}, {"A", "::ffff:10.1.2.3"}}, []ev{{"A", "11.0.0.1"}, {"A", "10"}, {"A", "x"}, {}}},
		{"cidr of IPv6", `A|cidr: 'fe80::/10'`, []ev{{"A", "fe80::1"}, {"A", "FE80::1%eth0"}}, []ev{{"A", "::1"}}},
		{"cidr of one address", `A|cidr: ['10.0.0.1']`, []ev{{"A", "10.0.0.1"}}, []ev{{"A", "10.0.0.2"}}},
		{"fieldref", `A|fieldref: B`, []ev{{"A", "x", "B", "X"}}, []ev{{"A", "x", "B", "y"}, {"A", "x"}, {"B", "x"}, {}}},
		{"fieldref startswith", `A|fieldref|startswith: B`, []ev{{"A", "xyz", "B", "XY"}}, []ev{{"A", "xyz", "B", "yz"}}},
		{"endswith fieldref", `A|endswith|fieldref: B`, []ev{{"A", "xyz", "B", "YZ"}}, []ev{{"A", "xyz", "B", "xy"}}},
		{"fieldref contains", `A|fieldref|contains: B`, []ev{{"A", "xyz", "B", "y"}}, []ev{{"A", "xyz", "B", "q"}}},
		{"fieldref neq", `A|fieldref|neq: B`, []ev{{"A", "x", "B", "y"}, {"A", "x"}}, []ev{{"A", "x", "B", "x"}}},
		{"wildcards over numbers are text", `A: '*0200????0a*'`, []ev{{"A", "x0200abcd0A"}}, []ev{{"A", "0200abc0a"}}},
		{"names without case", `a: x`, []ev{{"A", "x"}}, nil},
		{"names with blanks, blanks gone", `ThreatName: x`, []ev{{"Threat Name", "x"}}, nil},
		{"names with blanks as underscores", `Threat_Name: x`, []ev{{"Threat Name", "x"}}, nil},
		{"names as they are", `Threat Name: x`, []ev{{"Threat Name", "x"}}, []ev{{"ThreatName", "x"}}},
		{"dotted names", `a.b-c: x`, []ev{{"a.b-c", "x"}}, nil},
		{"an exact name wins over one in another case", `Name: x`, []ev{{"Name", "x", "name", "y"}}, []ev{{"Name", "y", "name", "x"}}},
		{"data wins over a header of the same name", `Channel: x`, []ev{{"^Channel", "y", "Channel", "x"}, {"^Channel", "x"}}, []ev{{"^Channel", "x", "Channel", "y"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs := detect(t, item1(c.item))
			for _, e := range c.yes {
				if !fires(t, rs, e.record()) {
					t.Errorf("%s does not match %q", c.item, e)
				}
			}
			for _, e := range c.no {
				if fires(t, rs, e.record()) {
					t.Errorf("%s matches %q", c.item, e)
				}
			}
		})
	}
}

func TestSelectionsAndConditions(t *testing.T) {
	abc := "a:\n  A: x\nb:\n  B: x\nfilter_c:\n  C: x\n_d:\n  D: x\n"
	for _, c := range []struct {
		name, detection string
		yes, no         []ev
	}{
		{"a map is all of", "s:\n  A: x\n  B: y\ncondition: s", []ev{{"A", "x", "B", "y"}}, []ev{{"A", "x"}, {"B", "y"}}},
		{"a list of maps is any of", "s:\n  - A: x\n  - B: y\n    C: z\ncondition: s", []ev{{"A", "x"}, {"B", "y", "C", "z"}}, []ev{{"B", "y"}}},
		{"keywords are in any value", "s:\n  - evil\n  - 'b*d'\ncondition: s",
			[]ev{{"Q", "an EVIL thing"}, {"Q", "abcde"}}, []ev{{"evil", "x"}, {"^Q", "evil"}, {}}},
		{"a mixed list", "s:\n  - evil\n  - A: x\ncondition: s", []ev{{"A", "x"}, {"Q", "evil"}}, []ev{{"A", "y"}}},
		{"a single keyword", "s: evil\ncondition: s", []ev{{"Q", "evil"}}, []ev{{"Q", "ev il"}}},
		{"a number as keyword", "s:\n  - 4711\ncondition: s", []ev{{"Q", "x4711y"}}, []ev{{"Q", "471"}}},
		{"all keywords, in any fields", "s:\n  '|all':\n    - one\n    - two\ncondition: s", []ev{{"P", "one", "Q", "two"}, {"P", "two one"}}, []ev{{"P", "one"}}},
		{"keyword regular expression", "s:\n  '|re':\n    - 'e.il'\ncondition: s", []ev{{"P", "evil"}}, []ev{{"P", "eil"}}},
		{"and binds more than or", abc + "condition: a or b and filter_c", []ev{{"A", "x"}, {"B", "x", "C", "x"}}, []ev{{"B", "x"}, {"C", "x"}}},
		{"parentheses", abc + "condition: (a or b) and filter_c", []ev{{"A", "x", "C", "x"}}, []ev{{"A", "x"}}},
		{"not", abc + "condition: a and not filter_c", []ev{{"A", "x"}}, []ev{{"A", "x", "C", "x"}, {}}},
		{"not not", abc + "condition: not not a", []ev{{"A", "x"}}, []ev{{}}},
		{"not alone", abc + "condition: not a", []ev{{}, {"A", "y"}}, []ev{{"A", "x"}}},
		{"operators in upper case", abc + "condition: a AND NOT filter_c", []ev{{"A", "x"}}, []ev{{"A", "x", "C", "x"}}},
		{"1 of them includes filters, not hidden ones", abc + "condition: 1 of them", []ev{{"A", "x"}, {"C", "x"}}, []ev{{"D", "x"}, {}}},
		{"any of them", abc + "condition: any of them", []ev{{"B", "x"}}, []ev{{"D", "x"}}},
		{"all of them", abc + "condition: all of them", []ev{{"A", "x", "B", "x", "C", "x"}}, []ev{{"A", "x", "B", "x"}}},
		{"a pattern with underscore finds hidden ones", abc + "condition: 1 of _*", []ev{{"D", "x"}}, []ev{{"A", "x"}}},
		{"star anywhere in a pattern", "sel_1_x:\n  A: x\nsel_2_y:\n  B: x\ncondition: 1 of sel*x", []ev{{"A", "x"}}, []ev{{"B", "x"}}},
		{"a pattern is the whole name", "sel:\n  A: x\nselection:\n  B: x\ncondition: 1 of sel", []ev{{"A", "x"}}, []ev{{"B", "x"}}},
		{"patterns keep case", "Sel_a:\n  A: x\nsel_b:\n  B: x\ncondition: 1 of sel_*", []ev{{"B", "x"}}, []ev{{"A", "x"}}},
		{"a pattern that fits nothing drops out", abc + "condition: a and 1 of none*", []ev{{"A", "x"}}, []ev{{}}},
		{"not of nothing drops out", abc + "condition: a and not 1 of none*", []ev{{"A", "x"}}, []ev{{}}},
		{"nothing alone never fires", abc + "condition: 1 of none*", nil, []ev{{"A", "x"}, {}}},
		{"names that begin with an operator", "notepad:\n  A: x\norder:\n  B: x\ncondition: notepad and not order", []ev{{"A", "x"}}, []ev{{"A", "x", "B", "x"}, {}}},
		{"names with a dash", "a-b:\n  A: x\ncondition: a-b", []ev{{"A", "x"}}, []ev{{}}},
		{"a list of conditions is any of", abc + "condition:\n  - a\n  - b", []ev{{"A", "x"}, {"B", "x"}}, []ev{{"C", "x"}}},
		{"several lines", abc + "condition: >\n  a\n  and not\n  filter_c", []ev{{"A", "x"}}, []ev{{"A", "x", "C", "x"}}},
		{"merge keys and aliases", "a: &x\n  A: x\nb:\n  <<: *x\n  B: y\nc: *x\ncondition: b and c", []ev{{"A", "x", "B", "y"}}, []ev{{"A", "x"}, {"B", "y"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs := detect(t, c.detection)
			for _, e := range c.yes {
				if !fires(t, rs, e.record()) {
					t.Errorf("does not match %q", e)
				}
			}
			for _, e := range c.no {
				if fires(t, rs, e.record()) {
					t.Errorf("matches %q", e)
				}
			}
		})
	}
}
