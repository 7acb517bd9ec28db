package intel

import (
	"net/netip"
	"strings"
	"sync"
)

var services = sync.OnceValue(newServiceIndex)

// settle decides between two indicators that cannot both be right: the one of
// the worse source is rejected; of equals both are left to hunting.
func settle(a, b *Indicator, why string) {
	switch {
	case a.Decision == Rejected || b.Decision == Rejected:
		mark(a, None, why+": "+b.Value+" ("+b.Type.String()+")")
		mark(b, None, why+": "+a.Value+" ("+a.Type.String()+")")
	case gradeFor(a).better(gradeFor(b)):
		mark(b, Rejected, why+": "+a.Value+" ("+a.Type.String()+") of a better source")
	case gradeFor(b).better(gradeFor(a)):
		mark(a, Rejected, why+": "+b.Value+" ("+b.Type.String()+") of a better source")
	default:
		mark(a, Hunt, why+": "+b.Value+" ("+b.Type.String()+")")
		mark(b, Hunt, why+": "+a.Value+" ("+a.Type.String()+")")
	}
}

// mark lowers an indicator, or only tells the reason to one that is rejected.
func mark(in *Indicator, d Decision, why string) {
	if d == None {
		if in.Decision == Rejected {
			in.because(why)
		}
		return
	}
	in.lower(d, why)
}

func gradeFor(in *Indicator) Grade {
	if in.Claim == nil {
		return Grade{}
	}
	return in.Claim.Grade
}

// sameValueTwoTypes finds names that were taken for hashes: well-formed, so
// that only the other row tells.
func (c *checker) sameValueTwoTypes() {
	names := map[string][]int32{}
	for i := range c.list {
		in := &c.list[i]
		if !in.Type.isFileHash() && len(in.Value) >= 32 && isHex(in.Value) {
			v := strings.ToLower(in.Value)
			names[v] = append(names[v], int32(i))
		}
	}
	if len(names) == 0 {
		return
	}
	for i := range c.list {
		in := &c.list[i]
		if !in.Type.isFileHash() {
			continue
		}
		for _, n := range names[in.Value] {
			settle(in, &c.list[n], "the same value is listed under another type")
		}
	}
}

// A spelling is a name with hyphens and the best indicator that has it.
type spelling struct {
	name string
	at   int32
}

// maxSpellings bounds the spellings of one bare name.
const maxSpellings = 8

// hyphenTwins finds host names that lost their hyphens on the way, by their
// own name and by that of their registered domain: a twin exists with hyphens.
func (c *checker) hyphenTwins() {
	real := map[string][]spelling{} // by the name without hyphens
	for i := range c.list {
		in := &c.list[i]
		if in.Type != Domain || in.Decision == Rejected || !strings.Contains(in.Value, "-") {
			continue
		}
		for _, name := range c.namesOf(in.Value) {
			if strings.Contains(name, "-") {
				bare := strings.ReplaceAll(name, "-", "")
				real[bare] = c.spelled(real[bare], name, int32(i))
			}
		}
	}
	if len(real) == 0 {
		return
	}
	for i := range c.list {
		if in := &c.list[i]; in.Type == Domain {
			c.twinOf(in, real)
		}
	}
}

// spelled adds a spelling; of indicators with the same one the best counts.
func (c *checker) spelled(list []spelling, name string, at int32) []spelling {
	for i := range list {
		if list[i].name != name {
			continue
		}
		if gradeFor(&c.list[at]).better(gradeFor(&c.list[list[i].at])) {
			list[i].at = at
		}
		return list
	}
	if len(list) >= maxSpellings {
		return list
	}
	return append(list, spelling{name, at})
}

func (c *checker) namesOf(host string) []string {
	if reg := c.lists.Registered(host); reg != "" && reg != host {
		return []string{host, reg}
	}
	return []string{host}
}

// twinOf flags in if one of its names is another's with fewer hyphens. Text
// extraction loses hyphens and never adds any, so of equal sources the barer
// name is the doubtful one.
func (c *checker) twinOf(in *Indicator, real map[string][]spelling) {
	for _, name := range c.namesOf(in.Value) {
		for _, other := range real[strings.ReplaceAll(name, "-", "")] {
			if strings.Count(name, "-") >= strings.Count(other.name, "-") {
				continue
			}
			twin := &c.list[other.at]
			why := "hyphens seem lost: " + twin.Value + " is listed too"
			switch {
			case in.Decision == Rejected, in.Claim != nil && twin.Claim != nil && in.Claim.Source == twin.Claim.Source:
				in.because(why) // one list with both spellings may well mean both
			case gradeFor(twin).better(gradeFor(in)):
				in.lower(Rejected, why+", by a better source")
			case !gradeFor(in).better(gradeFor(twin)):
				in.lower(Hunt, why)
			}
			return
		}
	}
}

// addressTwins finds addresses of one source of which one is the beginning of
// the other: a digit was cut off. In copied lists that are short enough for it
// to be no accident, neither is used for detection.
func (c *checker) addressTwins() {
	nets := map[netip.Prefix][]int32{}
	for i := range c.list {
		in := &c.list[i]
		if in.Type != IP || in.Claim == nil || gradeFor(in).Source < 3 {
			continue
		}
		if a, err := netip.ParseAddr(in.Value); err == nil && a.Is4() {
			if p, err := a.Prefix(24); err == nil && len(nets[p]) <= 2 {
				nets[p] = append(nets[p], int32(i))
			}
		}
	}
	for i := range c.list {
		a, err := netip.ParseAddr(c.list[i].Value)
		if err != nil || c.list[i].Type != IP || !a.Is4() {
			continue
		}
		p, _ := a.Prefix(24)
		if pair := nets[p]; len(pair) == 2 && pair[0] == int32(i) {
			c.cutOff(&c.list[pair[0]], &c.list[pair[1]])
		}
	}
}

func (c *checker) cutOff(a, b *Indicator) {
	if len(a.Value) > len(b.Value) {
		a, b = b, a
	}
	if len(a.Value) == len(b.Value) || !strings.HasPrefix(b.Value, a.Value) || a.Claim.Source != b.Claim.Source {
		return
	}
	a.lower(Hunt, "may be cut off: "+b.Value+" is in the same list")
	b.lower(Hunt, "may be the whole of "+a.Value+", which is in the same list")
}
