package dnslog_test

import (
	"testing"

	"tyto/internal/source/dnslog"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"15-Jun-2025 10:00:00.425 client @0x7f 192.0.2.9#5353 (n): query: n IN A +\n[1750000000] unbound[77:1] info: 192.0.2.9 n. A IN\n[INFO] 192.0.2.9:4 - 33 \"A IN n. udp 40 false 512\" NOERROR\n",
		"6/15/2025 10:00:00 AM 0E5C PACKET  0000 UDP Rcv 192.0.2.9  0001   Q [0001   D   NOERROR] A      (3)www(7)example(3)com(0)\n15.06.2025 10:00:00 0E5C PACKET 0 UDP Snd 192.0.2.9 1 R Q [1 NOERROR] A (1",
		"Jun 15 10:00:00 gw dnsmasq[1]: 12 192.0.2.9/4711 reply x is \"a b\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, dnslog.New(), text) })
}
