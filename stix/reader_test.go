package stix

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const strangeBundle = "\xEF\xBB\xBF \n{ \"id\" : \"bundle--1\",\t\"x_first\": [1, {\"a\":\r\n2}], \"type\":\"bundle\",\n" +
	`"objects" : [ {"x_num": 1.50e+1, "type" : "tool", "id":"tool--1", "name":"\u0041\/\"é"} ,` + "\r\n\r\n" +
	`   {"type":"x-new","x_deep":{"b":[[]],"a":null},"id":"x-new--2"}` + "\n ] ,\t" + `"x_last": "}]" }` + "\n\n"

func identity(o *Object) ([]byte, error) { return o.Raw, nil }

func TestRewriteWithoutChangeIsByteIdentical(t *testing.T) {
	inputs := map[string]string{
		"strange":       strangeBundle,
		"single object": " \n {\"type\":\"tool\", \"name\" : \"x\"}\n",
		"list":          "[ {\"type\":\"a\"} ,\n{\"type\":\"b\"}]",
		"lines":         "{\"type\":\"a\"}\n{\"type\":\"b\"}\n",
		"empty bundle":  `{"type":"bundle","id":"bundle--1"}`,
		"empty list":    `{"type":"bundle","objects":[ ]}`,
		"envelope":      `{"more":true,"next":"abc","objects":[{"type":"a"}]}`,
		"nothing":       " ",
	}
	for name, in := range inputs {
		var out bytes.Buffer
		if err := Rewrite(&out, iotest.OneByteReader(strings.NewReader(in)), ReadOptions{}, identity); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if out.String() != in {
			t.Errorf("%s: got %q, want %q", name, out.String(), in)
		}
	}
}

func TestRoundTripOfTheCorpusIsByteIdentical(t *testing.T) {
	for _, name := range []string{"example_export_bundle.json", "sco_ids_python_stix2.json"} {
		in := corpus(t, name)
		var out bytes.Buffer
		if err := Rewrite(&out, bytes.NewReader(in), ReadOptions{}, identity); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(in, out.Bytes()) {
			t.Errorf("%s changed", name)
		}
	}
}

func TestRewriteReplacesOneObject(t *testing.T) {
	var out bytes.Buffer
	err := Rewrite(&out, strings.NewReader(strangeBundle), ReadOptions{}, func(o *Object) ([]byte, error) {
		if o.Type == "tool" {
			return []byte("{}"), nil
		}
		return o.Raw, nil
	})
	start, end := strings.Index(strangeBundle, `{"x_num"`), strings.Index(strangeBundle, " ,\r\n")
	if want := strangeBundle[:start] + "{}" + strangeBundle[end:]; out.String() != want || err != nil {
		t.Errorf("got %q (%v)", out.String(), err)
	}
}

// summary reads everything and tells types and errors in order.
func summary(in string, opt ReadOptions) string {
	var out []string
	for o, err := range ReadBundle(strings.NewReader(in), opt) {
		var bad *ObjectError
		var fatal *ReadError
		switch {
		case errors.As(err, &bad):
			out = append(out, "bad")
		case errors.As(err, &fatal):
			out = append(out, "fatal")
		case err != nil:
			out = append(out, "?")
		default:
			out = append(out, o.Type)
		}
	}
	return strings.Join(out, " ")
}

func TestReadingDamagedAndHostileInput(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for _, c := range []struct{ name, in, want string }{
		{"bundle", strangeBundle, "tool x-new"},
		{"no type", `{"objects":[{"id":"a"},{"type":"b"}]}`, "bad b"},
		{"not an object", `{"objects":[1,"x",null,{"type":"b"}]}`, "bad bad bad b"},
		{"property twice", `{"objects":[{"type":"a","type":"b"},{"type":"c"}]}`, "bad c"},
		{"property twice by escape", `{"objects":[{"type":"a","\u0074ype":"b"},{"type":"c"}]}`, "bad c"},
		{"property twice inside", `{"objects":[{"type":"a","x":{"y":1,"y":2}},{"type":"c"}]}`, "bad c"},
		{"names that differ in case", `{"objects":[{"type":"a","Type":"b"}]}`, "a"},
		{"too deep", `{"objects":[{"type":"a","x":` + deep + `},{"type":"b"}]}`, "bad b"},
		{"too large", `{"objects":[{"type":"a","x":"` + strings.Repeat("y", 5000) + `"},{"type":"b"}]}`, "bad b"},
		{"cut", `{"objects":[{"type":"a"},{"type":`, "a fatal"},
		{"cut in the list", `{"objects":[{"type":"a"},`, "a fatal"},
		{"two commas", `{"objects":[{"type":"a"},,{"type":"b"}]}`, "a fatal"},
		{"last comma", `{"objects":[{"type":"a"},]}`, "a fatal"},
		{"objects twice", `{"objects":[{"type":"a"}],"objects":[{"type":"b"}]}`, "a fatal"},
		{"objects is no list", `{"type":"bundle","objects":{"a":1}}`, "bad"},
		{"observed data of 2.0", `{"type":"observed-data","objects":{"0":{"type":"file"}}}`, "observed-data"},
		{"object without a type", `{"id":"x"} {"type":"b"}`, "bad b"},
		{"text", "hello", "fatal"},
		{"control character", "{\"objects\":[{\"type\":\"a\",\"x\":\"\n\"},{\"type\":\"b\"}]}", "bad b"},
		{"bad number", `{"objects":[{"type":"a","x":01},{"type":"b"}]}`, "bad b"},
		{"wrong bracket", `{"objects":[{"type":"a","x":[1}},{"type":"b"}]}`, "bad b"},
		{"half a surrogate", `{"objects":[{"type":"\ud800"}]}`, "\uFFFD"},
	} {
		if got := summary(c.in, ReadOptions{MaxObject: 4096}); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// endless is a bundle with n objects that is never in memory as a whole.
func endless(n int) io.Reader {
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprint(pw, `{"type":"bundle","objects":[`)
		for i := range n {
			if i > 0 {
				fmt.Fprint(pw, ",")
			}
			fmt.Fprintf(pw, `{"type":"domain-name","value":"host%d.example"}`, i)
		}
		fmt.Fprint(pw, "]}")
		pw.Close()
	}()
	return pr
}

func TestLargeBundleIsReadObjectByObject(t *testing.T) {
	r := NewReader(endless(50_000), ReadOptions{MaxObject: 1000})
	n := 0
	for _, err := range r.Objects() {
		if err != nil {
			t.Fatal(err)
		}
		if cap(r.buf) > 4000 {
			t.Fatalf("buffer grew to %d", cap(r.buf))
		}
		n++
	}
	if n != 50_000 {
		t.Errorf("%d objects", n)
	}
}

func TestStoppingEarlyGivesNothingMore(t *testing.T) {
	n := 0
	for range ReadBundle(strings.NewReader(strangeBundle), ReadOptions{}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d objects", n)
	}
}

func TestInputOverItsBoundIsTold(t *testing.T) {
	if got := summary(strangeBundle, ReadOptions{MaxBytes: 150}); !strings.HasSuffix(got, "fatal") {
		t.Errorf("got %q", got)
	}
	if got := summary(strangeBundle, ReadOptions{MaxBytes: int64(len(strangeBundle))}); got != "tool x-new" {
		t.Errorf("got %q", got)
	}
}

func TestEnvelopeKeepsWhatStoodAroundTheObjects(t *testing.T) {
	r := NewReader(strings.NewReader(strangeBundle), ReadOptions{})
	for _, err := range r.Objects() {
		if err != nil {
			t.Fatal(err)
		}
	}
	e := r.Envelope()
	if e.Type != "bundle" || e.ID != "bundle--1" || string(e.Fields["x_last"]) != `"}]"` {
		t.Errorf("got %+v", e)
	}
}
