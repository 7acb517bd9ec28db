package sigma_test

import (
	"fmt"
	"strings"
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

func TestKeysThatOccurTwiceAreFoundInLargeMapsToo(t *testing.T) {
	for _, n := range []int{3, 100, 20_000} {
		var b strings.Builder
		b.WriteString("title: t\nlogsource: {product: windows}\ndetection:\n  s:\n")
		for i := range n {
			fmt.Fprintf(&b, "    f%d: x\n", i)
		}
		if docs, diags := sigma.Parse("x.yml", []byte(b.String()+"  condition: s\n")); len(docs) != 1 {
			t.Errorf("%d keys: %v", n, diags)
		}
		twice := b.String() + fmt.Sprintf("    f%d: y\n  condition: s\n", n-1)
		if docs, diags := sigma.Parse("x.yml", []byte(twice)); len(docs) != 0 || !strings.Contains(fmt.Sprint(diags), "occurs twice") {
			t.Errorf("%d keys, one of them twice: %v", n, diags)
		}
	}
}
