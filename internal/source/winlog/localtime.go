package winlog

import "time"

// localLayouts are ways in which Windows tools write times for people, in the
// order tried. All but the last but one have the month first, as the tools do
// in their most common setting.
var localLayouts = []string{
	"1/2/2006 3:04:05 PM", "1/2/2006 3:04:05.999999999 PM", "1/2/2006, 3:04:05.999 PM", "Jan 2, 2006 3:04:05 PM",
	"1/2/2006 15:04:05", "1/2/2006 15:04:05.999999999", "2.1.2006 15:04:05", "2006/01/02 15:04:05",
}

// ParseLocal reads a time that a Windows tool wrote for people, such as
// 3/1/2024 10:00:00 AM. It never has a zone. Where day and month could be
// changed over, the month is taken to stand first, or last between dots.
func ParseLocal(b []byte) (t time.Time, zoned, ok bool) {
	if len(b) < 13 || len(b) > 40 {
		return time.Time{}, false, false
	}
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, string(b)); err == nil && t.Year() > 0 {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}
