package demo

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// The invented organisation: one domain, five machines, a handful of accounts.
const (
	domain    = "CORP"
	dnsDomain = "corp.example"
	domainSID = "S-1-5-21-2846135790-1184426537-3329014826"
)

// An account is someone or something that logs on.
type account struct {
	name, domain, sid string
	admin             bool
}

func user(name string, rid int, admin bool) *account {
	return &account{name, domain, fmt.Sprintf("%s-%d", domainSID, rid), admin}
}

// full is the account as Sysmon writes it.
func (a *account) full() string { return a.domain + `\` + a.name }

// Accounts that exist on every machine.
var (
	system         = &account{"SYSTEM", "NT AUTHORITY", "S-1-5-18", true}
	networkService = &account{"NETWORK SERVICE", "NT AUTHORITY", "S-1-5-20", false}
	nobody         = &account{"-", "-", "S-1-0-0", false}
)

// A session is one logon: the key that ties records of one host together.
type session struct {
	who  *account
	id   uint64
	guid string
	tsid uint32 // terminal session number
}

// A process is one start of a program on a host.
type process struct {
	guid    string
	pid     uint32
	image   string
	command string
	session *session
	parent  *process
}

// A world holds everything that records refer to.
type world struct {
	ws041, ws058, fs01, dc01, ex01        *host
	user041, user058, adminInfra, backups *account
	seed                                  uint64
}

// random returns a generator of its own for one purpose, so that a change in
// one part of the story does not shift the others.
func (w *world) random(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, purpose))
}

func newWorld(seed uint64) *world {
	w := &world{
		seed:       seed,
		user041:    user("user041", 1141, false),
		user058:    user("user058", 1158, false),
		adminInfra: user("adm-infra", 1603, true),
		backups:    user("svc-backup", 1607, true),
	}
	w.dc01 = w.host("DC01", "10.20.10.10", 1, "10.0.17763.1", false)
	w.fs01 = w.host("FS01", "10.20.10.21", 2, "10.0.17763.1", true)
	w.ex01 = w.host("EX01", "10.20.10.30", 3, "10.0.17763.1", true)
	w.ws041 = w.host("WS-041", "10.20.30.41", 4, "10.0.19041.1", true)
	w.ws058 = w.host("WS-058", "10.20.30.58", 5, "10.0.19041.1", true)
	return w
}

// hosts lists the machines in the order in which their logs are written.
func (w *world) hosts() []*host {
	return []*host{w.dc01, w.ex01, w.fs01, w.ws041, w.ws058}
}

// at is a time of day on the given day of March 2026, UTC.
func at(day int, clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		return time.Time{}
	}
	return time.Date(2026, 3, day, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// guid formats sixteen random bytes.
func guid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("{%08x-%04x-4%03x-a%03x-%012x}", uint32(a), uint16(a>>32), uint16(a>>52), uint16(b)&0xfff, b>>16)
}

// number draws a value from lo to hi, both included.
func number(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// pick draws one of the choices.
func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

// machineID is the part of Sysmon's GUIDs that tells machines apart.
func machineID(n uint64) uint32 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n*0x9e3779b97f4a7c15)
	return binary.LittleEndian.Uint32(b[4:])
}
