package index

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

func TestAddressesAreThoseThatNetipReads(t *testing.T) {
	texts := []string{
		"", ":", "::", ":::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
		"1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
		"::1.2.3", "::1.2.3.4.5", "1.2.3.4", "1.2.3.256", "01.2.3.4", "0.0.0.0", "1.2.3.", ".1.2.3", "1.2.3.4:", "fe80::1g", "1:2",
	}
	r := rand.New(rand.NewPCG(5, 8))
	pieces := []string{":", "::", ".", "0", "1", "25", "255", "256", "fe80", "A", "12345", ":1", ".4", "1.2.3.4", "x"}
	for range 300_000 {
		s := ""
		for range 1 + r.IntN(16) {
			s += pieces[r.IntN(len(pieces))]
		}
		texts = append(texts, s)
	}
	valid := 0
	for _, s := range texts {
		_, err := netip.ParseAddr(s)
		if got := isAddress([]byte(s)); got != (err == nil) {
			t.Fatalf("%q: %v, netip says %v", s, got, err)
		}
		if err == nil {
			valid++
		}
	}
	if valid < 1000 {
		t.Errorf("only %d of the texts are addresses", valid)
	}
}
