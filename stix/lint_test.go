package stix

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func mustParse(t testing.TB, raw string) *Object {
	t.Helper()
	o, err := ParseObject([]byte(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return o
}

const someUUID = "5c1f0a52-7e32-4bd0-9a3e-000000000003"

// sdoJSON writes a domain object of the type with more properties.
func sdoJSON(objectType, more string) string {
	return `{"type":"` + objectType + `","spec_version":"2.1","id":"` + objectType + "--" + someUUID +
		`","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",` + more + `}`
}

func scoJSON(objectType, more string) string {
	return `{"type":"` + objectType + `","id":"` + objectType + "--" + someUUID + `",` + more + `}`
}

func TestLintFindsEachBrokenRule(t *testing.T) {
	for _, c := range []struct{ raw, rule, path string }{
		{sdoJSON("tool", `"description":"x"`), "required", "name"},
		{sdoJSON("tool", `"name":5`), "kind", "name"},
		{sdoJSON("tool", `"name":"x","aliases":[]`), "empty", "aliases"},
		{sdoJSON("tool", `"name":"x","extensions":{}`), "empty", "extensions"},
		{sdoJSON("tool", `"name":null`), "null", "name"},
		{sdoJSON("tool", `"name":"x","aliases":"y"`), "kind", "aliases"},
		{sdoJSON("tool", `"name":"x","aliases":["y",1]`), "kind", "aliases.[1]"},
		{sdoJSON("tool", `"name":"x","action":"y"`), "property-reserved", "action"},
		{sdoJSON("tool", `"name":"x","Bad":"y"`), "property-name", "Bad"},
		{sdoJSON("tool", `"name":"x","y\u001b[2J":"y"`), "property-name", "y\x1b[2J"},
		{sdoJSON("tool", `"name":"x","confidence":101`), "range", "confidence"},
		{sdoJSON("tool", `"name":"x","defanged":true`), "not-allowed", "defanged"},
		{sdoJSON("tool", `"name":"x","external_references":[{"source_name":"y"}]`), "at-least-one", "external_references.[0]"},
		{sdoJSON("tool", `"name":"x","granular_markings":[{"marking_ref":"marking-definition--`+someUUID+`","selectors":["nothing"]}]`), "selector", "granular_markings.[0].selectors.[0]"},
		{sdoJSON("tool", `"name":"x","granular_markings":[{"selectors":["name"]}]`), "granular", "granular_markings.[0]"},
		{sdoJSON("tool", `"name":"x","created_by_ref":"tool--`+someUUID+`"`), "reference", "created_by_ref"},
		{sdoJSON("tool", `"name":"x","created_by_ref":"me"`), "reference", "created_by_ref"},
		{sdoJSON("tool", `"name":"x","extensions":{"extension-definition--`+someUUID+`":{"a_b":1}}`), "extension", "extensions.extension-definition--" + someUUID},
		{strings.Replace(sdoJSON("tool", `"name":"x"`), `"modified":"2026`, `"modified":"2025`, 1), "order", "modified"},
		{strings.Replace(sdoJSON("tool", `"name":"x"`), `00:00.000Z"`, `00:00Z"`, 1), "timestamp", "created"},
		{strings.Replace(sdoJSON("tool", `"name":"x"`), `"id":"tool`, `"id":"malware`, 1), "id-type", "id"},
		{strings.Replace(sdoJSON("tool", `"name":"x"`), `5c1f`, `5C1F`, 1), "id-form", "id"},
		{sdoJSON("indicator", `"pattern":"[a:b = ]","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"`), "pattern", "pattern"},
		{sdoJSON("indicator", `"pattern":"[file:hashes.MD5 = 'f00']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"`), "pattern-hash", "pattern (pattern:1:20)"},
		{sdoJSON("indicator", `"pattern":"x","pattern_type":"yara","valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-01-01T00:00:00.0Z"`), "order", "valid_until"},
		{sdoJSON("malware", `"is_family":true`), "needs", "is_family"},
		{sdoJSON("location", `"latitude":91,"longitude":1`), "range", "latitude"},
		{sdoJSON("location", `"latitude":9`), "needs", "latitude"},
		{sdoJSON("location", `"name":"x"`), "at-least-one", ""},
		{sdoJSON("opinion", `"opinion":"maybe","object_refs":["tool--`+someUUID+`"]`), "enumeration", "opinion"},
		{sdoJSON("observed-data", `"first_observed":"2026-01-01T00:00:00Z","last_observed":"2026-01-01T00:00:00Z","number_observed":0,"object_refs":["file--`+someUUID+`"]`), "range", "number_observed"},
		{sdoJSON("observed-data", `"first_observed":"2026-01-01T00:00:00Z","last_observed":"2026-01-01T00:00:00Z","number_observed":1`), "at-least-one", ""},
		{sdoJSON("sighting", `"sighting_of_ref":"file--`+someUUID+`"`), "reference", "sighting_of_ref"},
		{sdoJSON("sighting", `"sighting_of_ref":"indicator--`+someUUID+`","count":-1`), "range", "count"},
		{sdoJSON("relationship", `"relationship_type":"Uses it","source_ref":"tool--`+someUUID+`","target_ref":"tool--`+someUUID+`"`), "relationship-type", "relationship_type"},
		{sdoJSON("relationship", `"relationship_type":"related-to","source_ref":"sighting--`+someUUID+`","target_ref":"tool--`+someUUID+`"`), "reference", "source_ref"},
		{sdoJSON("attack-flow", `"name":"x","scope":"incident","start_refs":["attack-action--`+someUUID+`"]`), "required", "extensions"},
		{scoJSON("file", `"size":1`), "at-least-one", ""},
		{scoJSON("file", `"name":"x","size":-1`), "range", "size"},
		{scoJSON("file", `"name":"x","created":"2026-01-01T00:00:00.000Z"`), "not-allowed", "created"},
		{scoJSON("file", `"name":"x","magic_number_hex":"ABC"`), "hex", "magic_number_hex"},
		{scoJSON("file", `"hashes":{"MD5":"x"}`), "hash", "hashes.MD5"},
		{scoJSON("file", `"name_enc":"x","hashes":{"X-1":"y"}`), "needs", "name_enc"},
		{scoJSON("file", `"name":"x","extensions":{"windows-pebinary-ext":{"pe_type":"exe"}}`), "at-least-one", "extensions.windows-pebinary-ext"},
		{scoJSON("artifact", `"url":"http://a.example/"`), "needs", "url"},
		{scoJSON("artifact", `"payload_bin":"%%"`), "binary", "payload_bin"},
		{scoJSON("network-traffic", `"protocols":["tcp"]`), "at-least-one", ""},
		{scoJSON("network-traffic", `"protocols":["tcp"],"src_ref":"ipv4-addr--`+someUUID+`","dst_port":65536`), "range", "dst_port"},
		{scoJSON("process", `"defanged":false`), "at-least-one", ""},
		{scoJSON("ipv4-addr", `"value":"2001:db8::1"`), "address", "value"},
		{scoJSON("mac-addr", `"value":"00-0C-29-AB-CD-EF"`), "mac", "value"},
		{scoJSON("windows-registry-key", `"key":"x","values":[{"name":"a","data_type":"REG_STRING"}]`), "enumeration", "values.[0].data_type"},
		{scoJSON("email-message", `"is_multipart":true,"body":"x"`), "exclusive", "body"},
	} {
		o := mustParse(t, c.raw)
		found := slices.ContainsFunc(Lint(o), func(p Problem) bool {
			return p.Rule == c.rule && p.Path == c.path && p.Severity == Error
		})
		if !found {
			t.Errorf("%s: want %s at %q, got %v", c.raw, c.rule, c.path, Lint(o))
		}
	}
}

func TestLintAcceptsGoodObjects(t *testing.T) {
	for _, raw := range []string{
		sdoJSON("indicator", `"indicator_types":["benign"],"pattern":"[file:size = 1]","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"`),
		sdoJSON("sighting", `"sighting_of_ref":"indicator--`+someUUID+`","count":0,"where_sighted_refs":["identity--`+someUUID+`"]`),
		sdoJSON("relationship", `"relationship_type":"indicates","source_ref":"indicator--`+someUUID+`","target_ref":"malware--`+someUUID+`"`),
		sdoJSON("location", `"country":"DE"`),
		sdoJSON("x-own", `"value":1,"extensions":{"extension-definition--`+someUUID+`":{"extension_type":"new-sdo"}}`),
	} {
		if ps := Lint(mustParse(t, raw)); len(ps) > 0 {
			t.Errorf("%s: %v", raw, ps)
		}
	}
}

func TestGoldenExportHasNoErrors(t *testing.T) {
	n := 0
	for o, err := range ReadBundle(bytes.NewReader(corpus(t, "example_export_bundle.json")), ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if ps := errorsOf(Lint(o)); len(ps) > 0 {
			t.Errorf("%s: %v", o.ID, ps)
		}
	}
	if n != 23 {
		t.Errorf("%d objects, want 23", n)
	}
}

func TestDefaultDataOfTheServerReads(t *testing.T) {
	var data map[string]json.RawMessage
	corpusJSON(t, "taxii_medallion_default_data.json", &data)
	n := 0
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, e := range x {
				walk(e)
			}
		case map[string]any:
			raw, err := Canonical(x)
			if err != nil {
				t.Fatal(err)
			}
			if s, _ := x["type"].(string); s != "" && x["id"] != nil {
				o := mustParse(t, string(raw))
				n++
				t.Logf("%s: %d errors", o.ID, len(errorsOf(Lint(o))))
			}
			for _, name := range sortedKeys(x) {
				walk(x[name])
			}
		}
	}
	for _, name := range sortedKeys(data) {
		v, err := parseTree(data[name], 100)
		if err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
	if n == 0 {
		t.Error("no objects found")
	}
}

func TestEveryTypeHasATable(t *testing.T) {
	s := loadSchema()
	for _, name := range strings.Fields("attack-pattern campaign course-of-action grouping identity incident indicator infrastructure intrusion-set location malware malware-analysis note observed-data opinion report threat-actor tool vulnerability relationship sighting marking-definition extension-definition language-content") {
		if len(s.domain[name]) == 0 || !sdoType(name) {
			t.Errorf("no table for %s", name)
		}
	}
	for _, name := range strings.Fields("artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex network-traffic process software url user-account windows-registry-key x509-certificate") {
		if len(s.observable[name]) == 0 || !observableType(name) {
			t.Errorf("no table for %s", name)
		}
		if (contributing(name) == nil) != (name == "process") {
			t.Errorf("%s: which properties make the identifier?", name)
		}
	}
	for _, tables := range []map[string][]field{s.domain, s.observable, s.extension, s.part, s.common} {
		for name, fields := range tables {
			for _, f := range fields {
				checkKind(t, s, name, f)
			}
		}
	}
}

// checkKind demands that a table refers only to what exists.
func checkKind(t *testing.T, s *schema, where string, f field) {
	t.Helper()
	kind, detail, _ := strings.Cut(f.kind, ":")
	ok := slices.Contains(strings.Fields("s ts i f b bin hex dict strings lists hashes er kc gm"), kind)
	switch {
	case kind == "ov":
		ok = detail == "" || len(Vocabulary(detail)) > 0
	case kind == "en":
		ok = len(enumeration(detail)) > 0
	case strings.HasPrefix(kind, "{"):
		_, ok = s.shapeOf(strings.Trim(kind, "{}"))
	case strings.HasPrefix(kind, "->"):
		ok = true
		for target := range strings.SplitSeq(kind[2:], "/") {
			_, table := s.domain[target]
			ok = ok && (slices.Contains([]string{"*", "SDO", "SCO"}, target) || table || observableType(target))
		}
	}
	if !ok {
		t.Errorf("%s.%s: unknown kind %q", where, f.name, f.kind)
	}
}
