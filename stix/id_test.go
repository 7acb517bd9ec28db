package stix

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func scoCorpus(t *testing.T) []*Object {
	var plain []json.RawMessage
	var named []struct {
		Object json.RawMessage
		Name   string
	}
	corpusJSON(t, "sco_ids_python_stix2.json", &plain)
	corpusJSON(t, "sco_ids_spec_errata01.json", &named)
	for _, n := range named {
		plain = append(plain, n.Object)
	}
	var out []*Object
	for _, raw := range plain {
		o, err := ParseObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

func TestIdentifiersOfTheCorpus(t *testing.T) {
	agree, random := 0, 0
	for _, o := range scoCorpus(t) {
		id, ok := SCOID(o.Type, o)
		switch {
		case !ok && o.Type == "process":
			random++
		case id != o.ID:
			t.Errorf("%s: got %s from %s", o.ID, id, SCOName(o.Type, o))
		default:
			agree++
		}
	}
	t.Logf("%d deterministic identifiers agree, %d random", agree, random)
}

func TestNamesOfTheSpecification(t *testing.T) {
	var named []struct {
		Object json.RawMessage
		Name   string
	}
	corpusJSON(t, "sco_ids_spec_errata01.json", &named)
	for _, n := range named {
		o, err := ParseObject(n.Object)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(SCOName(o.Type, o)); got != n.Name {
			t.Errorf("name of %s: %s, want %s", o.ID, got, n.Name)
		}
	}
}

func TestCanonicalNumbersAndText(t *testing.T) {
	for in, want := range map[string]string{
		"1e21": "1e+21", "1e20": "100000000000000000000", "1.50": "1.5", "-0": "0", "1e-7": "1e-7",
		"0.000001": "0.000001", "5e-324": "5e-324", "333333333.33333329": "333333333.3333333",
		`"\u20ac$\u000F\nA'B\"\\\/"`: `"€$\u000f\nA'B\"\\/"`, `{"b":1,"a":[null,true]}`: `{"a":[null,true],"b":1}`,
		`{"\ufb33":1,"\ud83d\ude00":2}`: "{\"\U0001F600\":2,\"\ufb33\":1}",
	} {
		v, err := parseTree([]byte(in), 10)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Canonical(v); string(got) != want || err != nil {
			t.Errorf("%s: %s (%v), want %s", in, got, err, want)
		}
	}
}

func TestRandomIdentifierHasItsVersion(t *testing.T) {
	id, err := NewID("indicator", bytes.NewReader(bytes.Repeat([]byte{0xFF}, 16)))
	if err != nil || id != "indicator--ffffffff-ffff-4fff-bfff-ffffffffffff" || !ValidID(id) {
		t.Errorf("got %q, %v", id, err)
	}
	if _, err := NewID("indicator", strings.NewReader("short")); err == nil {
		t.Error("a short random source made an identifier")
	}
}

func TestIdentifierForm(t *testing.T) {
	const uuid = "5c1f0a52-7e32-4bd0-9a3e-000000000003"
	for id, want := range map[string]bool{
		"tool--" + uuid: true, "x-my-type--" + uuid: true, "a1b--" + uuid: true,
		uuid: false, "--" + uuid: false, "ab--" + uuid: false, "Tool--" + uuid: false, "tool-" + uuid: false, "1ool--" + uuid: false,
		"tool--" + strings.ToUpper(uuid): false, "tool---" + uuid: false, "to_l--" + uuid: false, "tool--" + uuid + "\n": false,
		"tool--5c1f0a52-7e32-0bd0-9a3e-000000000003": false, "tool--5c1f0a52-7e32-4bd0-ca3e-000000000003": false,
		"tool--5c1f0a52-7e32-4bd0-9a3e000-000000003": false, "": false, strings.Repeat("a", 251) + "--" + uuid: false,
	} {
		if ValidID(id) != want {
			t.Errorf("%.60q: %v, want %v", id, !want, want)
		}
	}
}
