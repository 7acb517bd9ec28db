package sigma_test

import (
	"testing"

	"tyto/sigma"
)

func TestCheckYAMLTellsOnlyWhatCannotBeRead(t *testing.T) {
	for _, readable := range []string{"", "a: 1\n", "name: Build\non: push\n---\n- x\n", "{\"a\": [1]}"} {
		if got := sigma.CheckYAML("x.yml", []byte(readable)); len(got) != 0 {
			t.Errorf("%q: %v", readable, got)
		}
	}
	for broken, line := range map[string]int{"a: [1\nb: 2\n": 2, "a: b\nc: d\xff\n": 2, "a: b: c\n": 1} {
		got := sigma.CheckYAML("x.yml", []byte(broken))
		if len(got) != 1 || got[0].Severity != sigma.Error || got[0].Line != line {
			t.Errorf("%q: %+v, want one error in line %d", broken, got, line)
		}
	}
}
