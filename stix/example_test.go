package stix_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"tyto/stix"
)

const bundle = `{"type": "bundle", "id": "bundle--5c1f0a52-7e32-4bd0-9a3e-000000000018", "objects": [
 {"type": "indicator", "spec_version": "2.1", "id": "indicator--5c1f0a52-7e32-4bd0-9a3e-000000000003",
  "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
  "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"],
  "indicator_types": ["malicious-activity"], "pattern": "[domain-name:value = 'update.example.net']",
  "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", "x_score": 7.50},
 {"type": "domain-name", "id": "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7", "value": "example.com"}
]}`

func ExampleReadBundle() {
	markings := stix.NewMarkings()
	for o, err := range stix.ReadBundle(strings.NewReader(bundle), stix.ReadOptions{}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(o.Type, markings.Of(o).Effective(stix.TLPAmberStrict))
		if o.Type == "indicator" {
			indicator, _ := stix.View[stix.Indicator](o)
			fmt.Println(indicator.Pattern)
		}
	}
	// Output:
	// indicator TLP:GREEN
	// [domain-name:value = 'update.example.net']
	// domain-name TLP:AMBER+STRICT
}

func ExampleRewrite() {
	var out strings.Builder
	err := stix.Rewrite(&out, strings.NewReader(bundle), stix.ReadOptions{}, func(o *stix.Object) ([]byte, error) {
		return o.Raw, nil
	})
	fmt.Println(out.String() == bundle, err)
	// Output: true <nil>
}

func ExampleMake() {
	o, err := stix.Make(&stix.IPv4Addr{Value: "198.51.100.3"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", o.Raw)
	// Output: {"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3"}
}

func ExampleMakeFrom() {
	flow, err := stix.MakeFrom(
		stix.Prop{Name: "type", Value: "attack-action"},
		stix.Prop{Name: "id", Value: "attack-action--5c1f0a52-7e32-4bd0-9a3e-000000000009"},
		stix.Prop{Name: "name", Value: "Side-loading"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	stix.WriteBundle(os.Stdout, "bundle--5c1f0a52-7e32-4bd0-9a3e-000000000001", func(yield func(*stix.Object, error) bool) {
		yield(flow, nil)
	})
	// Output:
	// {"type":"bundle","id":"bundle--5c1f0a52-7e32-4bd0-9a3e-000000000001","objects":[
	// {"type":"attack-action","id":"attack-action--5c1f0a52-7e32-4bd0-9a3e-000000000009","name":"Side-loading"}
	// ]}
}

func ExampleLint() {
	o, err := stix.ParseObject([]byte(`{"type": "file", "id": "file--5c1f0a52-7e32-4bd0-9a3e-000000000009", "hashes": {"MD5": "f00"}, "size": "12"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range stix.Lint(o) {
		if p.Severity == stix.Error {
			fmt.Println(p)
		}
	}
	// Output:
	// error: "hashes.MD5": the value cannot be a MD5 hash [hash]: check that the value is whole
	// error: "size": the value is not an integer [kind]: write a whole number without quotes
}

func ExampleParsePattern() {
	_, err := stix.ParsePattern("[file:name = 'a.exe' and file:size > 10]")
	fmt.Println(err)
	p, err := stix.ParsePattern("[ (file:name == 'a.exe') ] // a comment")
	fmt.Println(p, err)
	// Output:
	// pattern:1:22: unexpected "and", want "]" (keywords are upper case)
	// [file:name = 'a.exe'] <nil>
}

func ExamplePattern_Simple() {
	p, err := stix.ParsePattern("[url:value = 'http://a.example/' OR ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]")
	if err != nil {
		fmt.Println(err)
		return
	}
	atoms, simple := p.Simple()
	fmt.Println(simple)
	for _, a := range atoms {
		fmt.Println(a.Group, a.Type, a.Path, a.Op, a.Value.Value())
	}
	// Output:
	// true
	// 0 url value = http://a.example/
	// 1 ipv4-addr value = 192.0.2.1
	// 2 ipv4-addr value = 192.0.2.2
}

func ExampleMatcher() {
	p, err := stix.ParsePattern("([file:name = 'loader.dll'] FOLLOWEDBY [network-traffic:dst_ref.value = '203.0.113.10']) WITHIN 300 SECONDS")
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	m := stix.NewMatcher(p, stix.Limits{})
	m.Observe(&stix.Observation{ID: "record 17", First: start, Count: 1, Objects: []stix.SCO{
		{Type: "file", Props: stix.Map{"name": "loader.dll"}},
	}})
	m.Observe(&stix.Observation{ID: "record 21", First: start.Add(time.Minute), Count: 1, Objects: []stix.SCO{
		{Type: "network-traffic", Props: stix.Map{"dst_ref": "0", "dst_port": 443}},
		{Type: "ipv4-addr", ID: "0", Props: stix.Map{"value": "203.0.113.10"}},
	}})
	r := m.Finish()
	fmt.Println(r.Matched, r.Unevaluated)
	for _, o := range r.Observations {
		fmt.Println(o.ID)
	}
	// Output:
	// true <nil>
	// record 17
	// record 21
}
