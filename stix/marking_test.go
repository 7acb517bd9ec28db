package stix

import (
	"bytes"
	"testing"
)

func TestLevelInEveryEncoding(t *testing.T) {
	own := `"id":"marking-definition--` + someUUID + `"`
	for _, c := range []struct {
		name, definition string
		want             TLP
	}{
		{"extension", `{"type":"marking-definition",` + own + `,"extensions":{"` + TLP2Extension + `":{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}`, TLPAmberStrict},
		{"TLP 1 definition", `{"type":"marking-definition",` + own + `,"definition_type":"tlp","definition":{"tlp":"white"}}`, TLPClear},
		{"OpenCTI statement", `{"type":"marking-definition",` + own + `,"definition_type":"statement","definition":{"statement":"custom"},"x_opencti_definition":"TLP:AMBER+STRICT"}`, TLPAmberStrict},
		{"name", `{"type":"marking-definition",` + own + `,"name":"TLP:RED"}`, TLPRed},
		{"statement that is no level", `{"type":"marking-definition",` + own + `,"definition_type":"statement","definition":{"statement":"Copyright"}}`, TLPNone},
		{"unknown level", `{"type":"marking-definition",` + own + `,"name":"TLP:PURPLE"}`, TLPNone},
	} {
		m := NewMarkings()
		m.Add(mustParse(t, c.definition))
		got := m.Of(mustParse(t, `{"type":"tool","object_marking_refs":["marking-definition--`+someUUID+`"]}`))
		if got.TLP != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.TLP, c.want)
		}
		if want := max(c.want, TLPAmberStrict); c.want == TLPNone && got.Effective(TLPAmberStrict) != want {
			t.Errorf("%s: effective %v", c.name, got.Effective(TLPAmberStrict))
		}
	}
}

func TestWellKnownIdentifiersNeedNoDefinition(t *testing.T) {
	m := NewMarkings()
	for level := TLPClear; level <= TLPRed; level++ {
		for _, ref := range []string{level.Ref(), level.Ref1()} {
			if ref == "" {
				continue
			}
			if got, known := m.TLPOf(ref); got != level || !known {
				t.Errorf("%s: %v, want %v", ref, got, level)
			}
		}
		if ParseTLP(level.String()) != level {
			t.Errorf("%v does not read back", level)
		}
	}
	if got, _ := m.TLPOf(openCTIStrict); got != TLPAmberStrict {
		t.Errorf("OpenCTI's own identifier: %v", got)
	}
	if TLPAmberStrict.Ref1() != "" {
		t.Error("AMBER+STRICT must have no TLP 1 form")
	}
}

func TestDefinitionsAreThePublishedOnes(t *testing.T) {
	for level := TLPClear; level <= TLPRed; level++ {
		for _, o := range []*Object{level.Definition(), level.Definition1()} {
			if o == nil && level == TLPAmberStrict {
				continue
			}
			if o == nil {
				t.Fatalf("%v has no definition", level)
			}
			if ps := Lint(o); len(ps) > 0 {
				t.Errorf("%s: %v", o.Raw, ps)
			}
		}
	}
	for o, err := range ReadBundle(bytes.NewReader(corpus(t, "example_export_bundle.json")), ReadOptions{}) {
		if err == nil && o.Type == "marking-definition" && !sameValue(o.tree, TLPAmberStrict.Definition().tree) {
			t.Errorf("definition differs: %s", o.Raw)
		}
	}
}

func TestMarkingIsTheMostRestrictive(t *testing.T) {
	refs := func(rs ...string) string {
		b, _ := Canonical(rs)
		return `"object_marking_refs":` + string(b)
	}
	clear, green, red := TLPClear.Ref(), TLPGreen.Ref1(), TLPRed.Ref()
	part := func(ref, selector string) string {
		return `"granular_markings":[{"marking_ref":"` + ref + `","selectors":["` + selector + `"]}]`
	}
	for _, c := range []struct {
		name, more string
		want       TLP
	}{
		{"nothing stated", `"name":"x"`, TLPAmberStrict},
		{"clear", refs(clear), TLPClear},
		{"several", refs(clear, green), TLPGreen},
		{"one unknown", refs(clear, "marking-definition--"+someUUID), TLPAmberStrict},
		{"unknown beside red", refs(red, "marking-definition--"+someUUID), TLPRed},
		{"label stricter than reference", refs(clear) + `,"labels":["tlp:red"]`, TLPRed},
		{"label alone", `"labels":["tlp:clear"]`, TLPClear},
		{"label of no level", refs(clear) + `,"labels":["tlp:ex:chr"]`, TLPAmberStrict},
		{"part stricter than whole", refs(clear) + `,"name":"x",` + part(red, "name"), TLPRed},
		{"part of unknown marking", refs(clear) + `,"name":"x",` + part("marking-definition--"+someUUID, "name"), TLPAmberStrict},
		{"part that selects nothing", refs(clear) + `,"name":"x",` + part(red, "gone"), TLPRed},
		{"references of the wrong kind", `"object_marking_refs":"` + clear + `"`, TLPAmberStrict},
		{"references partly of the wrong kind", `"object_marking_refs":["` + clear + `",5]`, TLPAmberStrict},
		{"parts of the wrong kind", refs(clear) + `,"granular_markings":{"a":1}`, TLPAmberStrict},
		{"language only", refs(clear) + `,"name":"x","granular_markings":[{"lang":"de","selectors":["name"]}]`, TLPClear},
	} {
		got := NewMarkings().Of(mustParse(t, `{"type":"tool",`+c.more+`}`))
		if got.Effective(TLPAmberStrict) != c.want {
			t.Errorf("%s: %v, want %v (%+v)", c.name, got.Effective(TLPAmberStrict), c.want, got)
		}
	}
}

func TestDefinitionCannotLowerAWellKnownLevel(t *testing.T) {
	m := NewMarkings()
	m.Add(mustParse(t, `{"type":"marking-definition","id":"`+TLPRed.Ref()+`","name":"TLP:CLEAR"}`))
	if got, _ := m.TLPOf(TLPRed.Ref()); got != TLPRed {
		t.Errorf("red became %v", got)
	}
	m.Add(mustParse(t, `{"type":"marking-definition","id":"`+TLPClear.Ref1()+`","name":"TLP:RED"}`))
	if got, _ := m.TLPOf(TLPClear.Ref1()); got != TLPRed {
		t.Errorf("white said to be red became %v", got)
	}
}

func TestPermissibleActions(t *testing.T) {
	m := NewMarkings()
	m.Add(mustParse(t, `{"type":"marking-definition","id":"marking-definition--`+someUUID+`","definition_type":"statement","definition":{"statement":"PAP:AMBER"}}`))
	o := mustParse(t, `{"type":"tool","labels":["PAP:GREEN"],"object_marking_refs":["`+TLPGreen.Ref()+`","marking-definition--`+someUUID+`"]}`)
	if got := m.Of(o); got.PAP != PAPAmber || got.Effective(TLPRed) != TLPGreen {
		t.Errorf("got %+v", got)
	}
}

func TestSelectors(t *testing.T) {
	o := mustParse(t, `{"type":"tool","external_references":[{"source_name":"a","url":"u"}],"hashes":{"SHA-256":"f"}}`)
	for selector, want := range map[string]any{
		"type": "tool", "external_references.[0].url": "u", "hashes.SHA-256": "f",
		"external_references.[1]": nil, "external_references.0": nil, "type.x": nil, "external_references.[x]": nil, "": nil,
	} {
		if got, ok := o.Select(selector); ok != (want != nil) || got != want {
			t.Errorf("%q: %v", selector, got)
		}
	}
	if !Covers("a.[1]", "a.[1].b") || Covers("a.[1]", "a.[10]") || Covers("ab", "a") {
		t.Error("a selector covers what is below it, nothing else")
	}
}
