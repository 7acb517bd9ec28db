package evtx

import "strings"

// A Class names a kind of damage. Classes are stable words, fit for counting.
type Class uint8

// The classes of damage.
const (
	NoDamage      Class = iota
	BadMagic            // a chunk without its signature
	HeaderCRC           // chunk header checksum
	DataCRC             // checksum over the records
	RecordSize          // a record's size is impossible, or its signature is missing
	SizeCopy            // the copy of the size at the record's end differs
	NoTemplate          // the template definition is missing
	TemplateParse       // the template definition does not parse
	BadName             // a name reference points nowhere
	ValueSpec           // the list of values does not fit the record
	ValueWidth          // a value's size does not fit its type
	TooDeep             // nesting beyond the limits
	BadToken            // an impossible binary XML token
	Truncated           // the file ends within a chunk
	IDGap               // record ids are missing between two neighbours
	DuplicateID         // two live records with one id
	OverBudget          // a crafted chunk that would cost too much
	Panicked            // a bug of this package, contained
	classCount
)

var classNames = [classCount]string{
	"none", "bad-magic", "hdr-crc", "data-crc", "rec-size", "size-copy", "no-template",
	"template-parse", "name", "value-spec", "value-width", "depth", "token", "truncated",
	"id-gap", "duplicate-id", "budget", "internal",
}

// String returns the short, stable word for the class.
func (c Class) String() string {
	if c < classCount {
		return classNames[c]
	}
	return "unknown"
}

// MarshalText makes classes readable in JSON.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// A Damage is one stretch of a file that is not as it should be.
type Damage struct {
	Offset int64  `json:"offset"` // in the file
	Length int64  `json:"length"`
	Class  Class  `json:"class"`
	Record uint64 `json:"record,omitempty"` // the record id where one could be read
}

// Warnings is a set of remarks on one record that was read all the same.
type Warnings uint16

// The warnings.
const (
	WarnSizeCopy   Warnings = 1 << iota // the copy of the record's size is wrong
	WarnTrailer                         // something else than EOF follows the document
	WarnValueWidth                      // a value of wrong width, shown in hexadecimal
	WarnFewValues                       // fewer values than the template asks for
	WarnHiddenText                      // text behind a NUL
	WarnCut                             // output or values cut at a limit
	WarnWeak                            // carved, and its EventRecordID disagrees or is absent
	WarnForeign                         // carved with a template from elsewhere
	WarnNames                           // carved, and names are overwritten: they read "unknown", or values are unnamed Data
)

var warningNames = []string{"size-copy", "trailer", "value-width", "few-values", "hidden-text",
	"cut", "weak", "foreign-template", "unknown-names"}

// String lists the warnings, comma separated.
func (w Warnings) String() string {
	var out []string
	for i, name := range warningNames {
		if w&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}
