package winjson

import (
	"time"

	"tyto/internal/source"
	"tyto/internal/source/objects"
)

// time finds out when an event happened: by its own time if that has a zone;
// else by its local time with the zone that the collector's two times of
// reception tell; else by Sysmon's UtcTime; else it is read as UTC.
func (m *maker) time(p *plan, o *objects.Object) time.Time {
	at, zoned, ok := source.ParseTime(o.First(p.time))
	if ok && zoned {
		return at
	}
	utc, _, hasUTC := source.ParseTime(o.First(p.utc))
	stamp, stampZoned, hasStamp := source.ParseTime(o.First(p.stamp))
	if !ok {
		at, zoned, ok = source.ParseTime(o.First(p.local))
		received, _, both := source.ParseTime(o.First(p.received))
		if shift, told := zone(stamp, received); ok && !zoned && both && stampZoned && told {
			m.seen.derived = true
			return finer(at.Add(shift), utc)
		}
	}
	switch {
	case ok && zoned:
		return at
	case hasUTC:
		return utc
	case ok:
		m.seen.zoneless = true
		return at
	case hasStamp:
		return stamp
	}
	m.seen.undated = true
	return time.Time{}
}

// zone tells how far UTC is ahead of a local clock, from one moment written in
// both. Zones are multiples of a quarter of an hour; what lies further from
// one is no zone.
func zone(utc, local time.Time) (time.Duration, bool) {
	const quarter = 15 * time.Minute
	d := utc.Sub(local)
	shift := d.Round(quarter)
	return shift, (d-shift).Abs() < 5*time.Minute && shift.Abs() <= 15*time.Hour
}

// finer takes the fraction of a second from UtcTime where both agree on the
// second.
func finer(at, utc time.Time) time.Time {
	if utc.Truncate(time.Second).Equal(at) {
		return utc
	}
	return at
}
