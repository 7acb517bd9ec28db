// Package evtx reads Windows event log files, whole or damaged, at the speed of
// memory.
//
// # The format in brief
//
// A file is a header block of 4,096 bytes and then chunks of 65,536 bytes. A
// chunk stands alone: it has a header with two checksums, records one after the
// other, and free space in which older records may still be found. A record is
// a small header (size, number, time) around a document in binary XML.
//
// Binary XML keeps a document in two halves. The template definition is the
// document with holes, the elements and attributes that all events of one kind
// share. It stands in the chunk once, inside the first record that uses it. Each
// record then holds a reference to the definition and the values for the holes,
// each with its type. A typical event nests two such instances: the outer one
// gives the System part, and one of its values is a document that gives
// EventData or UserData. Events that a collector received as text have no
// templates at all; every element stands in the record.
//
// # How this package reads it
//
// A definition is compiled once per process into a tree whose leaves are slots.
// Later chunks prove byte by byte that theirs is the same one, which costs far
// less than compiling it. A record then is no more than a table of slots: the
// place, size and type of each value. The combination of templates selects a
// [Layout], which knows the field names, where each value sits, and how JSON is
// written. No tree is built per record, and text is converted only when asked
// for.
//
// # How to use it
//
// [Open] and [File.Records] are the simple way: one loop over all records. For
// speed give each goroutine a [Decoder], let all of them share a [Store], and
// hand them chunks in any order: see [Decoder.Chunk]. Set [Decoder.Carve] to
// also have what is left of deleted records.
//
// A [Record] answers for the System part with methods ([Record.EventID],
// [Record.Channel], …) and for all fields with [Record.Layout] and
// [Record.Values]:
//
//	layout := r.Layout()
//	for _, v := range r.Values() {
//		name := layout.Fields[v.Field].Path // "EventData.CommandLine"
//		text = r.AppendText(text[:0], v)
//	}
//
// # Damage
//
// Logs in evidence are cut, dirty, and sometimes written by an attacker. Nothing
// in a file makes this package fail, hang or take memory beyond fixed budgets. A
// bad record costs no neighbour, a bad chunk no file, checksums are reported and
// never a reason to reject. A [ChunkReport] accounts for every byte.
package evtx
