package cli

import (
	"bytes"
	"testing"
)

func TestRecordsOnATerminalObeyNobody(t *testing.T) {
	hostile := "{\"a\":\"\u009b31m \u202egpj \ufeffé 😀\U000e0041\"}\n\x1b[2J\ttab\r\nlone\r\xff\n"
	want := "{\"a\":\"\\u009b31m \\u202egpj \\ufeffé 😀\\udb40\\udc41\"}\n\\u001b[2J\ttab\r\nlone\\u000d\ufffd\n"
	for size := 1; size < 9; size++ {
		var out bytes.Buffer
		w := (&session{env: &Env{OutWidth: 80}, out: &out}).raw()
		for rest := []byte(hostile); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if out.String() != want {
			t.Errorf("written %d bytes at a time: %q, want %q", size, out.String(), want)
		}
	}
	var out bytes.Buffer
	(&session{env: &Env{}, out: &out}).raw().Write([]byte(hostile))
	if out.String() != hostile {
		t.Error("what goes to a file was changed")
	}
}
