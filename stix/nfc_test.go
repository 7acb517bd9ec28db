package stix

import (
	"testing"
	"unicode/utf8"
)

func TestNormalizationFormC(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"plain":                          "plain",
		"e\u0301":                        "\u00e9",
		"d\u0323\u0307":                  "\u1e0d\u0307", // marks in order
		"d\u0307\u0323":                  "\u1e0d\u0307", // and out of it
		"\u1e0b\u0323":                   "\u1e0d\u0307",
		"\u212b":                         "\u00c5",       // a singleton
		"\u0958":                         "\u0915\u093c", // excluded from composition
		"\u0344":                         "\u0308\u0301",
		"\u1100\u1161\u11a8":             "\uac01", // Hangul
		"\uac00\u11a8":                   "\uac01",
		"a\u0315\u0300\u05ae\u0300b":     "\u00e0\u05ae\u0300\u0315b",
		"\u0301e":                        "\u0301e", // a mark with nothing before it
		"e\u0301\u0301":                  "\u00e9\u0301",
		"\U0001d157\U0001d165":           "\U0001d157\U0001d165",
		"y\U00011357\u0307":              "y\U00011357\u0307", // blocked by a starter
		"\U00011347\U00011357":           "\U0001134c",
		"\U0001f600 \u00fc \u4e2d\u6587": "\U0001f600 \u00fc \u4e2d\u6587",
	} {
		if got := nfc(in); got != want {
			t.Errorf("%+q: got %+q, want %+q", in, got, want)
		}
	}
}

func FuzzNFC(f *testing.F) {
	f.Add("d\u0307\u0323\u1100\u1161")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		one := nfc(s)
		if nfc(one) != one {
			t.Fatalf("%+q: %+q is not stable", s, one)
		}
		table := loadNFC()
		if got, want := string(table.decompose(one)), string(table.decompose(s)); got != want {
			t.Fatalf("%+q: composing changed %+q to %+q", s, want, got)
		}
	})
}
