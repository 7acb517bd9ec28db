package objects

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestQuotesThatAreNearAreFoundLikeOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const letters = "ab\x00\x01\x21\x23\x5b\x5d\x0b\x09\xa2\xdc\x8a\xff\"\\\n"
	for range 200_000 {
		text := make([]byte, r.IntN(44))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
			if r.IntN(3) > 0 {
				text[i] = letters[r.IntN(len(letters)-3)]
			}
		}
		got := quoteSoon(text)
		first := bytes.IndexAny(text, "\"\\\n")
		sure := first >= 0 && text[first] == '"' && first < len(text)&^7 && first < 32
		switch {
		case sure && got != first, !sure && got >= 0:
			t.Fatalf("%q: %d, the first of the three stands at %d", text, got, first)
		}
	}
}
