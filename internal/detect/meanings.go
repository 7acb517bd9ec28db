package detect

import (
	"tyto/internal/event"
	"tyto/internal/event/meaning"
)

// A meant value is one that a log gives a meaning.
type meant struct {
	meaning meaning.Meaning
	rank    uint16
	value   string
}

// A reader tells what the values of events mean, and remembers what it has
// looked up. It serves one goroutine.
type reader struct {
	logs  map[meaning.Log]lexicon
	count int // of names
	log   meaning.Log
	words lexicon // of log
	said  []meant
}

// A lexicon is what is known of the fields of one log, headers apart.
type lexicon [2]map[string][]meaning.Use

// maxWords bounds what a reader remembers; hostile logs can have many names.
const maxWords = 1 << 16

// read lists what an event's values mean, in the order of the evidence. The
// list is valid until the next call.
func (r *reader) read(src event.Source, fields []NamedValue) []meant {
	r.turn(meaning.Log{Product: src.Product, Service: src.Service, EventID: src.EventID})
	r.said = r.said[:0]
	for i := range fields {
		f := &fields[i]
		if empty(f.Value) {
			continue
		}
		for _, u := range r.look(f) {
			r.said = append(r.said, meant{u.Meaning, u.Rank, f.Value})
		}
	}
	return r.said
}

// turn takes up the lexicon of a log.
func (r *reader) turn(log meaning.Log) {
	if r.count >= maxWords || r.logs == nil {
		r.logs, r.count, r.words = map[meaning.Log]lexicon{}, 0, lexicon{}
	}
	if r.words[0] != nil && r.log == log {
		return
	}
	words, ok := r.logs[log]
	if !ok {
		words = lexicon{{}, {}}
		r.logs[log] = words
		r.count++
	}
	r.log, r.words = log, words
}

func (r *reader) look(f *NamedValue) []meaning.Use {
	words := r.words[0]
	if f.Header {
		words = r.words[1]
	}
	uses, ok := words[f.Name]
	if !ok {
		uses = r.log.Of(f.Name, f.Header)
		words[f.Name] = uses
		r.count++
	}
	return uses
}

// best is the value of a meaning from the best field that has it, or "".
func best(list []meant, m meaning.Meaning) string {
	var found *meant
	for i := range list {
		if v := &list[i]; v.meaning == m && (found == nil || v.rank < found.rank) {
			found = v
		}
	}
	if found == nil {
		return ""
	}
	return found.value
}

// empty reports whether a value stands for nothing.
func empty(v string) bool { return v == "" || v == "-" }
