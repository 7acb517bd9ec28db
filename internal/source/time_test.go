package source

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	const noon = "2024-03-01T12:00:00"
	for text, want := range map[string]string{
		noon + "Z":                     noon + "Z",
		noon + ".1234567Z":             noon + ".1234567Z",
		noon + ".12345678901Z":         noon + ".123456789Z",
		"2024-03-01 12:00:00,5":        noon + ".5Z local",
		noon:                           noon + "Z local",
		noon + "+01:00":                "2024-03-01T11:00:00Z",
		noon + "-0530":                 "2024-03-01T17:30:00Z",
		noon + "+01":                   "2024-03-01T11:00:00Z",
		"1709294400":                   noon + "Z",
		"1709294400.25":                noon + ".25Z",
		"1709294400250":                noon + ".25Z",
		"1709294400250000":             noon + ".25Z",
		"500000000000":                 "1985-11-05T00:53:20Z",
		"1709294400123456789":          noon + ".123456789Z",
		"9223372036854775807":          "2262-04-11T23:47:16.854775807Z",
		"9999999999999999999":          "2286-11-20T17:46:40Z",
		"0":                            "no",
		"/Date(1709294400250)/":        noon + ".25Z",
		"":                             "no",
		"yesterday":                    "no",
		"2024-13-01T12:00:00Z":         "no",
		"2024-03-01T12:00:00 somehow":  "no",
		"2024-03-01T12:00:00+1":        "no",
		"2024x03x01x12x00x00":          "no",
		"-5":                           "no",
		"1e300":                        "no",
		"NaN":                          "no",
		"99999999999999999999999999":   "no",
		"2024-03-01T12:00:00.Z":        noon + "Z",
		"9999-12-31T23:59:59-01:00":    "no",
		"0000-01-01T00:00:00Z":         "no",
		"2024-02-31T12:00:00Z":         "2024-03-02T12:00:00Z",
		"9999-12-31T23:59:59.9999999Z": "9999-12-31T23:59:59.9999999Z",
	} {
		at, zoned, ok := ParseTime([]byte(text))
		got := at.Format(time.RFC3339Nano)
		if !zoned {
			got += " local"
		}
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("ParseTime(%q) = %s, want %s", text, got, want)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add([]byte("2024-03-01T12:00:00.123+01:00"))
	f.Add([]byte("1709294400.5"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if at, _, ok := ParseTime(b); ok {
			if _, err := at.MarshalJSON(); err != nil || at.Location() != time.UTC {
				t.Errorf("%q is %v: %v", b, at, err)
			}
		}
	})
}

func TestTimesBeyondTheWindowOfLogsAreImplausible(t *testing.T) {
	for text, want := range map[string]bool{
		"1980-01-01T00:00:00Z": true, "1979-12-31T23:59:59Z": false, "1601-01-01T00:00:00Z": false,
		"2035-12-31T23:59:59Z": true, "2036-01-01T00:00:00Z": false, "5000-01-01T00:00:00Z": false,
	} {
		at, _, ok := ParseTime([]byte(text))
		if !ok || Plausible(at) != want {
			t.Errorf("%s is plausible: %t", text, !want)
		}
	}
}
