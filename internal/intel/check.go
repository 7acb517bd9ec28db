package intel

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tyto/internal/intel/warninglist"
)

// A Checked is a set of indicators with a decision each.
type Checked struct {
	Indicators []Indicator // each value of a type once, in the order of import
	Duplicates int         // rows that repeated a value
}

// Count returns how many indicators got a decision.
func (c *Checked) Count(d Decision) int {
	n := 0
	for i := range c.Indicators {
		if c.Indicators[i].Decision == d {
			n++
		}
	}
	return n
}

// Expired counts the indicators whose validity has ended by now; what is found
// of them is historic. With tell, each also gets that as a reason. It decides
// nothing, so that the same evidence gives the same answer on every day.
func (c *Checked) Expired(now time.Time, tell bool) int {
	n, words := 0, map[int64]string{}
	for i := range c.Indicators {
		in := &c.Indicators[i]
		if in.Until == 0 || in.Until >= now.Unix() || in.Decision <= Rejected {
			continue
		}
		n++
		if !tell {
			continue
		}
		if words[in.Until] == "" {
			words[in.Until] = "expired at " + stamp(in.Until) + ": later hits are historic"
		}
		in.because(words[in.Until])
	}
	return n
}

// Check decides about every imported indicator. The slice is taken over: rows
// with the same value are merged and decisions are written into it.
//
// The decisions follow these rules, in this order: a value must be one of its
// type; what the warninglists refuse is refused; values that contradict each
// other (one value under two types, twins that differ in hyphens or in a cut
// last digit) are decided for the better source; what its source asks for is
// the most it gets; kinds of value that prove little are for hunting only.
func Check(list []Indicator, lists *warninglist.Table) *Checked {
	c := &checker{lists: lists, words: map[warninglist.Match]string{}}
	c.merge(list)
	for i := range c.list {
		c.decide(&c.list[i])
	}
	c.sameValueTwoTypes()
	c.hyphenTwins()
	c.addressTwins()
	return &Checked{c.list, c.duplicates}
}

type checker struct {
	lists      *warninglist.Table
	words      map[warninglist.Match]string // reasons that many share
	list       []Indicator
	duplicates int
}

// merge joins rows with the same type and value. Every source is kept. What
// the best source asks for counts, and of equals the more careful.
func (c *checker) merge(list []Indicator) {
	seen := make(map[Type]map[string]int32)
	for t, n := range count(list) {
		seen[t] = make(map[string]int32, n)
	}
	out := list[:0]
	for i := range list {
		of, k := seen[list[i].Type], foldKey(list[i].Type, list[i].Value)
		at, dup := of[k]
		if !dup {
			of[k] = int32(len(out))
			out = append(out, list[i])
			continue
		}
		c.duplicates++
		join(&out[at], &list[i])
	}
	clear(list[len(out):])
	c.list = out
}

// count counts the indicators by type. Maps of known size are filled in half
// the time.
func count(list []Indicator) map[Type]int {
	out := make(map[Type]int)
	last, run := Type(0), 0
	for i := range list {
		if list[i].Type != last {
			out[last] += run
			last, run = list[i].Type, 0
		}
		run++
	}
	out[last] += run
	return out
}

// foldKey is the form in which values of a type are the same.
func foldKey(t Type, v string) string {
	switch t {
	case URL, CommandLine, CryptoKey, ArchivePassword, UserAgent, URIPath, Cookie, Other, PDB:
		return v
	case IP, Domain, MD5, SHA1, SHA256:
		return v // canonical already
	}
	return strings.ToLower(v) // no allocation where nothing changes
}

// maxOthers bounds the further sources that are kept for one value.
const maxOthers = 16

func join(to, from *Indicator) {
	if from.Claim != nil && from.Claim != to.Claim && len(to.Others) < maxOthers && !slices.Contains(to.Others, from.Claim) {
		to.Others = append(to.Others, from.Claim)
	}
	joinAsk(to, from)
	if last := len(to.Others) - 1; last >= 0 && to.Others[last] == from.Claim && from.Claim.Grade.better(gradeFor(to)) {
		to.Claim, to.Others[last] = to.Others[last], to.Claim
	}
	if from.Decision == Rejected {
		to.Decision = Rejected
	}
	for _, r := range from.Reasons {
		if len(to.Reasons) < maxOthers && r != bareReason && !slices.Contains(to.Reasons, r) {
			to.because(r)
		}
	}
	if to.From == 0 || from.From == 0 {
		to.From = 0
	} else {
		to.From = min(to.From, from.From)
	}
	if to.Until == 0 || from.Until == 0 {
		to.Until = 0
	} else {
		to.Until = max(to.Until, from.Until)
	}
}

// joinAsk settles what two sources of one value ask for.
func joinAsk(to, from *Indicator) {
	switch {
	case from.bare:
	case to.bare:
		to.Asked, to.bare = from.Asked, false
		to.Reasons = slices.DeleteFunc(to.Reasons, func(r string) bool { return r == bareReason })
	case gradeFor(from).better(gradeFor(to)):
		to.Asked = from.Asked
	case gradeFor(to).better(gradeFor(from)) || from.Asked == None:
	case to.Asked == None || from.Asked < to.Asked:
		to.Asked = from.Asked
	}
}

// decide applies all rules that look at one indicator alone.
func (c *checker) decide(in *Indicator) {
	if in.Decision == Rejected {
		return
	}
	c.start(in)
	switch in.Type {
	case IP:
		c.address(in)
	case Domain:
		c.host(in, in.Value)
	case URL:
		c.url(in)
	case Email:
		c.email(in)
	}
	if in.Type.isFileHash() {
		c.warned(in, c.lists.Hash(in.Value))
	}
	c.claims(in)
	weakKind(in)
	expire(in)
	if in.From != 0 && in.Until != 0 && in.From > in.Until {
		in.lower(Hunt, "its validity ends before it begins")
	}
}

// start takes what the source asks for as the most there is.
func (c *checker) start(in *Indicator) {
	in.Decision = Detect
	switch in.Asked {
	case Rejected:
		in.lower(Rejected, "its source says not to use it")
	case Context:
		in.lower(Context, "its source gives it as context")
	case Hunt:
		in.lower(Hunt, "its source does not give it for detection")
	}
}

// warned applies what the warninglists say about the value itself.
func (c *checker) warned(in *Indicator, matches []warninglist.Match) {
	for _, m := range matches {
		switch {
		case m.Parent || m.List.Effect == warninglist.Raise:
			in.because(c.tell(m))
		case m.List.Effect == warninglist.Refuse:
			in.lower(Rejected, "refused: "+m.String())
			return
		case m.List.Effect == warninglist.DownRank:
			in.lower(downRanked(in), "popular or harmless: "+m.String())
		case m.List.Effect == warninglist.ReScope:
			c.narrow(in, m.String())
		}
	}
}

// downRanked is what is left of a value that half the world uses: context, for
// it would be found on every machine, unless its source insists.
func downRanked(in *Indicator) Decision {
	if in.Asked == Detect {
		return Hunt
	}
	return Context
}

// maxWords bounds the remembered reasons.
const maxWords = 100_000

// tell returns a match in words, the same string for the same list where the
// entry is not part of it.
func (c *checker) tell(m warninglist.Match) string {
	key := m
	if !m.Parent {
		key.Entry = ""
	}
	s, ok := c.words[key]
	if !ok {
		s = m.String()
		if len(c.words) < maxWords {
			c.words[key] = s
		}
	}
	return s
}

// narrow marks an address that many share: alone it proves nothing, unless its
// source asks for detection knowing what it is.
func (c *checker) narrow(in *Indicator, why string) {
	in.Narrow = true
	if in.Asked == Detect {
		in.because("shared address, weak alone: " + why)
		return
	}
	in.lower(Hunt, "shared address, needs a name or a certificate beside it: "+why)
}

func (c *checker) address(in *Indicator) {
	if p, err := netip.ParsePrefix(in.Value); err == nil {
		c.network(in, p)
		return
	}
	a, err := netip.ParseAddr(in.Value)
	if err != nil {
		return
	}
	if a.IsUnspecified() || a.IsLoopback() || a.IsMulticast() || a.IsLinkLocalUnicast() || a.IsPrivate() {
		in.lower(Rejected, "refused: an address of no single machine on the internet")
		return
	}
	c.warned(in, c.lists.Addr(a))
}

// Ranges wider than these are many networks of many owners.
const (
	wide4 = 16
	wide6 = 32
)

// network checks a range: what lies around it, and what it takes in.
func (c *checker) network(in *Indicator, p netip.Prefix) {
	c.warned(in, c.lists.Prefix(p))
	if in.Asked != Detect && (p.Addr().Is4() && p.Bits() < wide4 || p.Addr().Is6() && p.Bits() < wide6) {
		in.lower(Hunt, "a wide range: many networks of many owners")
	}
	for _, private := range privateRanges {
		if p.Overlaps(private) {
			in.lower(Rejected, "refused: takes in "+private.String()+", addresses of no single machine on the internet")
			return
		}
	}
	for _, m := range c.lists.Inside(p) {
		if m.List.Effect == warninglist.ReScope {
			c.narrow(in, "takes in "+m.Entry+" "+m.String())
		}
	}
}

var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
}

// host checks a host name: it must lie below a public suffix, and what anybody
// can rent a part of is never extended to the parts.
func (c *checker) host(in *Indicator, host string) {
	if c.lists.Registered(host) == "" && !c.lists.IsSuffix(host) {
		in.lower(Rejected, "not a valid domain: its top-level domain does not exist")
		return
	}
	c.warned(in, c.lists.Host(host))
	if sharedService(host) || c.lists.IsSuffix(host) {
		in.Exact = true
		in.lower(Hunt, "a service that many share: only this very name is matched, nothing below it")
	} else if parent := sharedParent(host); parent != "" {
		in.because("a tenant of " + parent + ": the parent is never matched")
	}
}

// url checks the host of a URL. A popular host says nothing against a path on
// it; without a path the URL is its host.
func (c *checker) url(in *Indicator) {
	host, _, rest := splitURL(in.Value)
	if a, ok := parseAddr([]byte(host)); ok {
		for _, m := range c.lists.Addr(a) {
			if m.List.Effect == warninglist.Refuse {
				in.lower(Rejected, "refused: host "+m.String())
				return
			}
		}
		return
	}
	if rest == "" || rest == "/" || genericPath(rest) && publicUpload(host) {
		if publicUpload(host) {
			in.lower(Context, "a public service: its use is worth noting, its address proves nothing")
			return
		}
		c.host(in, host)
		return
	}
	for _, m := range c.lists.Host(host) {
		if m.List.Effect == warninglist.Refuse && !m.Parent {
			in.lower(Rejected, "refused: host "+m.String())
			return
		}
		in.because("host: " + m.String())
	}
}

func (c *checker) email(in *Indicator) {
	for _, m := range c.lists.Host(in.Value[strings.LastIndexByte(in.Value, '@')+1:]) {
		if m.List.Effect == warninglist.Refuse && !m.Parent {
			in.lower(Rejected, "refused: domain "+m.String())
			return
		}
	}
}

// claims looks at what the sources say: carriers that are legitimate, labels
// that their own source disputes, how many sources there really are.
func (c *checker) claims(in *Indicator) {
	if in.Claim == nil {
		return
	}
	tool := strings.ToLower(in.Claim.Tool)
	actors := strings.ToLower(in.Claim.Actors)
	switch {
	case strings.Contains(tool, "legit"):
		in.lower(Context, "a legitimate program that was abused: never fires alone")
	case strings.Contains(tool, "cheat engine"):
		in.lower(Hunt, "a legitimate driver or tool that was abused")
	case strings.Contains(tool, "connectivity test"):
		in.lower(Hunt, "only a target of connectivity tests")
	case strings.Contains(actors, "(not "):
		in.lower(Context, "filed under an actor that the original author does not name: "+in.Claim.Actors)
	}
	if len(in.Others) > 0 {
		in.because(fmt.Sprintf("%d independent of %d sources", independent(in), 1+len(in.Others)))
	}
	if g := in.Claim.Grade; g.Source >= 4 && in.Asked != Detect {
		in.because("source graded " + g.String())
	}
}

// independent counts the sources that are not copies of each other: those
// whose publications, the words before "via" or a bracket, differ.
func independent(in *Indicator) int {
	seen := map[string]bool{}
	for _, c := range append([]*Claim{in.Claim}, in.Others...) {
		for part := range strings.SplitSeq(c.Source, " ; ") {
			seen[publication(part)] = true
		}
	}
	return len(seen)
}

func publication(source string) string {
	for _, mark := range []string{" (", " via ", " quoted "} {
		source, _, _ = strings.Cut(source, mark)
	}
	return strings.ToLower(strings.TrimSpace(source))
}

// life is how long values of a type stay with one owner, when nobody says.
func life(t Type) time.Duration {
	const day = 24 * time.Hour
	switch t {
	case IP, URL, URIPath:
		return 30 * day
	case Domain:
		return 90 * day
	}
	return 0
}

// expire gives values that change hands an end, counted from their date.
func expire(in *Indicator) {
	if in.Until != 0 || in.Claim == nil || life(in.Type) == 0 {
		return
	}
	if day, ok := parseDay(in.Claim.Date); ok {
		in.Until = max(day, in.From) + int64(life(in.Type)/time.Second) + 86399
	}
}
