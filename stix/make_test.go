package stix

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMadeObjectsSatisfyTheStandard(t *testing.T) {
	now := At(time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC))
	count := 0
	common := func(objectType string) Common {
		return Common{ID: objectType + "--" + someUUID, Created: now, Modified: now}
	}
	ref := func(objectType string) string { return objectType + "--" + someUUID }
	for _, v := range []Typed{
		&Indicator{Common: common("indicator"), IndicatorTypes: []string{"malicious-activity"}, Pattern: "[url:value = 'http://a.example/?x=1&y=<2>']", PatternType: "stix", ValidFrom: now},
		&Sighting{Common: common("sighting"), SightingOfRef: ref("indicator"), Count: &count, WhereSightedRefs: []string{ref("identity")}},
		&Identity{Common: common("identity"), Name: "Tyto", IdentityClass: "system"},
		&ObservedData{Common: common("observed-data"), FirstObserved: now, LastObserved: now, NumberObserved: 1, ObjectRefs: []string{ref("file")}},
		&Relationship{Common: common("relationship"), RelationshipType: "based-on", SourceRef: ref("indicator"), TargetRef: ref("observed-data")},
		&Malware{Common: common("malware"), Name: "x"},
		&Grouping{Common: common("grouping"), Name: "case", Context: "suspicious-activity", ObjectRefs: []string{ref("file")}},
		&AttackFlow{Common: common("attack-flow"), Name: "x", Scope: "incident", StartRefs: []string{ref("attack-action")}},
		&AttackAction{Common: common("attack-action"), Name: "x", TechniqueID: "T1574.001", ExecutionStart: now, EffectRefs: []string{ref("attack-operator")}},
		&AttackOperator{Common: common("attack-operator"), Operator: "AND"},
		&IPv4Addr{Value: "198.51.100.3"}, &DomainName{Value: "example.com"}, &File{Name: "a"},
		&NetworkTraffic{Protocols: []string{"tcp"}, DstRef: ref("ipv4-addr"), Start: now},
		&UserAccount{AccountLogin: "alice"}, &WindowsRegistryKey{Key: `HKEY_USERS\a`},
		&Process{SCOCommon: SCOCommon{ID: ref("process")}, CommandLine: "a"},
	} {
		o, err := Make(v)
		if err != nil {
			t.Errorf("%T: %v", v, err)
			continue
		}
		if ps := Lint(o); len(ps) > 0 {
			t.Errorf("%s: %v", o.Raw, ps)
		}
		if bytes.Contains(o.Raw, []byte(`\u0026`)) || *v.head().id != o.ID {
			t.Errorf("%s", o.Raw)
		}
	}
}

func TestMadeObservableHasTheDeterministicIdentifier(t *testing.T) {
	o, err := Make(&IPv4Addr{Value: "198.51.100.3"})
	if err != nil || o.ID != "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" {
		t.Errorf("got %+v, %v", o, err)
	}
	if _, err := Make(&Process{CommandLine: "x"}); err == nil {
		t.Error("a process has no deterministic identifier")
	}
	if _, err := Make(&Tool{Name: "x"}); err == nil {
		t.Error("a tool has no deterministic identifier")
	}
}

func TestPublishedDefinitionsSatisfyTheStandard(t *testing.T) {
	for _, o := range []*Object{AttackFlowDefinition(), AttackFlowAuthor()} {
		if o == nil {
			t.Fatal("no definition")
		}
		if ps := Lint(o); len(ps) > 0 {
			t.Errorf("%s: %v", o.Raw, ps)
		}
	}
}

func TestTimestampSpelling(t *testing.T) {
	at := func(ns int) string { return At(time.Date(2026, 1, 2, 3, 4, 5, ns, time.UTC)).String() }
	for ns, want := range map[int]string{0: ".000Z", 120_000_000: ".120Z", 123_456_000: ".123456Z", 1: ".000000001Z"} {
		if got := at(ns); got != "2026-01-02T03:04:05"+want {
			t.Errorf("%d: %s", ns, got)
		}
	}
	for _, s := range []string{"2026-01-02T03:04:05Z", "2026-01-02T03:04:60.1234567891Z", "2024-02-29T00:00:00.0Z"} {
		if ts, err := ParseTimestamp(s); err != nil || ts.String() != s {
			t.Errorf("%s: %v, %v", s, ts, err)
		}
	}
	for _, s := range []string{"", "2026-01-02T03:04:05", "2026-01-02t03:04:05Z", "2026-01-02T03:04:05z", "2026-01-02T03:04:05.Z",
		"2026-01-02T03:04:05+00:00", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:61Z", " 2026-01-02T03:04:05Z"} {
		if ts, err := ParseTimestamp(s); err == nil {
			t.Errorf("%q reads as %v", s, ts)
		}
	}
}

func TestViewKeepsWhatItCanRead(t *testing.T) {
	o := mustParse(t, `{"type":"indicator","spec_version":"2.1","id":"x","name":5,"NAME":"no","pattern":"[a:b = 1]","confidence":"high",
		"labels":["a",2,"c"],"valid_from":"yesterday","external_references":[{"source_name":"s","hashes":{"MD5":"x","Y":1}},7],"extensions":{"k":{"n":1}}}`)
	v, problems := View[Indicator](o)
	if v.Name != "" || v.Pattern != "[a:b = 1]" || v.Confidence != nil || !slices.Equal(v.Labels, []string{"a", "c"}) || !v.ValidFrom.IsZero() {
		t.Errorf("got %+v", v)
	}
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	slices.Sort(paths)
	want := []string{"confidence", "external_references.[0].hashes.Y", "external_references.[1]", "labels.[1]", "name", "valid_from"}
	if !slices.Equal(paths, want) {
		t.Errorf("problems at %v, want %v", paths, want)
	}
}

func TestViewOfVersion20(t *testing.T) {
	v, problems := View[Indicator](mustParse(t, `{"type":"indicator","id":"indicator--`+someUUID+`","labels":["malicious-activity"],"pattern":"[file:name = 'x']","valid_from":"2017-01-01T00:00:00Z"}`))
	if len(problems) > 0 || v.PatternType != "stix" || v.PatternVersion != "2.0" || !slices.Equal(v.IndicatorTypes, []string{"malicious-activity"}) || v.Labels != nil {
		t.Errorf("got %+v, %v", v, problems)
	}
	obs, err := Observations([]*Object{mustParse(t, `{"type":"observed-data","id":"x","first_observed":"2017-01-01T00:00:00Z","last_observed":"2017-01-01T00:00:00Z","number_observed":1,
		"objects":{"0":{"type":"file","name":"a","parent_directory_ref":"1"},"1":{"type":"directory","path":"/tmp"}}}`)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePattern("[file:parent_directory_ref.path = '/tmp']")
	if err != nil {
		t.Fatal(err)
	}
	if r := Match(p, slices.Values(obs), Limits{}); !r.Matched {
		t.Errorf("got %+v", r)
	}
}

func TestBundleIsWrittenWithObjectsUntouched(t *testing.T) {
	raws := []string{`{ "type":"tool" , "x":1.0e0}`, `{"type":"x-y"}`}
	var b strings.Builder
	err := WriteBundle(&b, "bundle--"+someUUID, func(yield func(*Object, error) bool) {
		for _, raw := range raws {
			if !yield(mustParse(t, raw), nil) {
				return
			}
		}
	})
	if err != nil || !strings.Contains(b.String(), raws[0]+",\n"+raws[1]) {
		t.Errorf("%q, %v", b.String(), err)
	}
	if got := summary(b.String(), ReadOptions{}); got != "tool x-y" {
		t.Errorf("reads back as %q", got)
	}
	b.Reset()
	if err := WriteBundle(&b, "bundle--1", func(func(*Object, error) bool) {}); err != nil || summary(b.String(), ReadOptions{}) != "" {
		t.Errorf("empty: %q, %v", b.String(), err)
	}
}

func TestCollectionSettlesVersionsAndCollisions(t *testing.T) {
	version := func(modified, more string) *Object {
		return mustParse(t, `{"type":"tool","id":"tool--1","modified":"`+modified+`","created_by_ref":"identity--1"`+more+`}`)
	}
	const t1, t2, t3 = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"
	c := NewCollection()
	for i, step := range []struct {
		o    *Object
		want Verdict
	}{
		{version(t2, ""), Added},
		{version(t2, ""), Same},
		{version(t2, `,"name":"x"`), Conflict},
		{version(t1, ""), Older},
		{version(t3, `,"revoked":true`), Newer},
		{version("2026-01-04T00:00:00.000Z", ""), Conflict},
		{mustParse(t, `{"type":"tool","id":"tool--1","modified":"2027-01-01T00:00:00.000Z","created_by_ref":"identity--2"}`), Conflict},
		{mustParse(t, `{"type":"malware","id":"tool--1","modified":"2027-01-01T00:00:00.000Z"}`), Conflict},
		{mustParse(t, `{"type":"url","id":"url--1","value":"http://a.example/"}`), Added},
		{mustParse(t, `{"id":"url--1","value":"http://a.example/","type":"url"}`), Same},
		{mustParse(t, `{"type":"url","id":"url--1","value":"http://a.example/","defanged":true}`), Variant},
		{mustParse(t, `{"type":"url","id":"url--1","value":"http://b.example/"}`), Conflict},
		{mustParse(t, `{"type":"url"}`), Unidentified},
	} {
		if got := c.Add(step.o); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
	if !c.Get("tool--1").Revoked() || c.Get("url--1").Text("value") != "http://a.example/" || len(c.Beside("url--1")) != 2 || c.Len() != 2 {
		t.Errorf("wrong objects are current: %+v", c)
	}
}

// remake reads an object into its structure and writes it again.
func remake[T any, P interface {
	*T
	Typed
}](o *Object) (*Object, []Problem, error) {
	v, problems := View[T](o)
	again, err := Make(P(v))
	return again, problems, err
}

func TestViewAndMakeLoseNothingThatTheStandardKnows(t *testing.T) {
	makers := map[string]func(*Object) (*Object, []Problem, error){
		"identity": remake[Identity], "marking-definition": remake[MarkingDefinition], "incident": remake[Incident],
		"indicator": remake[Indicator], "observed-data": remake[ObservedData], "sighting": remake[Sighting],
		"attack-pattern": remake[AttackPattern], "intrusion-set": remake[IntrusionSet], "relationship": remake[Relationship],
		"note": remake[Note], "attack-flow": remake[AttackFlow], "attack-action": remake[AttackAction], "grouping": remake[Grouping],
		"ipv4-addr": remake[IPv4Addr], "domain-name": remake[DomainName], "network-traffic": remake[NetworkTraffic], "file": remake[File],
		"process": remake[Process], "directory": remake[Directory], "user-account": remake[UserAccount], "software": remake[Software],
		"windows-registry-key": remake[WindowsRegistryKey], "url": remake[URL], "artifact": remake[Artifact], "mutex": remake[Mutex],
		"email-addr": remake[EmailAddr], "mac-addr": remake[MACAddr], "ipv6-addr": remake[IPv6Addr],
		"autonomous-system": remake[AutonomousSystem], "x509-certificate": remake[X509Certificate],
	}
	var all []*Object
	for o, err := range ReadBundle(bytes.NewReader(corpus(t, "example_export_bundle.json")), ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	all = append(all, scoCorpus(t)...)
	done := 0
	for _, o := range all {
		maker := makers[o.Type]
		if maker == nil {
			continue
		}
		again, problems, err := maker(o)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", o.ID, problems, err)
			continue
		}
		done++
		if _, has := o.tree["spec_version"]; !has {
			delete(again.tree, "spec_version")
		}
		if !sameValue(o.tree, again.tree) {
			t.Errorf("%s became %s", o.Raw, again.Raw)
		}
	}
	t.Logf("%d of %d objects", done, len(all))
}
