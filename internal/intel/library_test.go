package intel

import (
	"testing"
)

func TestTheLibraryIsUsableAsItIs(t *testing.T) {
	im, err := Library()
	if err != nil || len(im.Problems) > 0 {
		t.Fatal(err, im.Problems)
	}
	c := Check(im.Indicators, lists())
	if c.Count(Detect) != 416 || c.Count(Hunt) != 36 || c.Count(Context) != 28 || c.Count(Rejected) != 0 {
		t.Errorf("detect %d, hunt %d, context %d, rejected %d", c.Count(Detect), c.Count(Hunt), c.Count(Context), c.Count(Rejected))
	}
	for i := range c.Indicators {
		in := &c.Indicators[i]
		if in.Claim.Source == "" || in.Claim.Date == "" || in.Claim.Grade == (Grade{}) {
			t.Errorf("%s %s: without provenance: %+v", in.Type, in.Value, in.Claim)
		}
		if in.Type == Other {
			t.Errorf("%s: of no known type", in.Value)
		}
		if in.Asked != in.Decision {
			t.Errorf("%s %s: %s instead of %s: %v", in.Type, in.Value, in.Decision, in.Asked, in.Reasons)
		}
		if in.From != 0 && in.Until != 0 && in.From >= in.Until {
			t.Errorf("%s: window is turned around", in.Value)
		}
	}
}

func TestTheLibraryFindsAKnownTrace(t *testing.T) {
	im, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	s := Compile(Check(im.Indicators, lists()))
	for _, c := range []struct {
		event []string
		want  int
	}{
		{[]string{"ServiceName", "Windrive", "ImagePath", `C:\ProgramData\WinDrive\taskhask.exe`}, 2},
		{[]string{"Image", `C:\Program Files\VideoLAN\VLC\vlc.exe`, "ImageLoaded", `C:\Program Files\VideoLAN\VLC\libvlc.dll`, "Signed", "true", "SignatureStatus", "Valid"}, 0},
		{[]string{"QueryName", "www.smartlinkcorp.com"}, 0},
		{[]string{"QueryName", "cdn-1.smartlinkcorp.net"}, 1},
	} {
		if got := hits(s, fields(c.event...)); len(got) != c.want {
			t.Errorf("%q: %q", c.event, got)
		}
	}
}
