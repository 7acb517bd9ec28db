package intel

import "hash/maphash"

// Logs repeat their values: the same programs, accounts and addresses again
// and again. A matcher remembers those in which it found nothing.

const (
	quietSlots = 1 << 10
	quietText  = 122 // longer values rarely come again
)

// quietValues is a table with one place per hash; a hit compares the whole
// value and its roles.
type quietValues struct {
	seed  maphash.Seed
	slots [quietSlots]quietValue
}

type quietValue struct {
	roles role
	size  uint8
	text  [quietText]byte
}

// unrepeatable are the roles in which a value's answer depends on more than
// the value: a path of a URL is joined with its host.
const unrepeatable = roleURL | roleURLHost | roleURLQuery

// place returns where a value is remembered, nil for one that is not.
func (q *quietValues) place(v []byte, r role) *quietValue {
	if len(v) > quietText || r&unrepeatable != 0 {
		return nil
	}
	return &q.slots[maphash.Bytes(q.seed, v)%quietSlots]
}

func (p *quietValue) holds(v []byte, r role) bool {
	return p.roles == r && int(p.size) == len(v) && string(p.text[:p.size]) == string(v)
}

func (p *quietValue) keep(v []byte, r role) {
	p.roles, p.size = r, uint8(copy(p.text[:], v))
}
