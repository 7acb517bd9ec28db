// Package stix reads, checks, makes and matches STIX 2.1, the language in which
// threat intelligence is shared.
//
// # Objects
//
// [ReadBundle] gives the objects of a bundle of any size one by one, with
// bounded memory. An [Object] keeps the bytes that it came as, because every
// copy of a version must have the same properties: what a program does not understand, it
// passes on untouched. [View] gives typed access to what is known of an object:
//
//	for o, err := range stix.ReadBundle(file, stix.ReadOptions{}) {
//		if err != nil {
//			log.Print(err) // one damaged object; reading goes on
//			continue
//		}
//		if o.Type == "indicator" {
//			indicator, problems := stix.View[stix.Indicator](o)
//			...
//		}
//	}
//
// [Lint] compares an object with the tables of the standard and says what is
// wrong, where, and what to do about it. Nothing is refused for being unknown.
//
// # Making objects
//
// Fill one of the typed structures and call [Make]. Cyber-observables get their
// deterministic identifier from [SCOID]; everything else a random one from [NewID],
// which the caller must remember if the same thing is to be exported again.
//
// # Patterns
//
// [ParsePattern] parses the whole pattern language. Most indicators ask for
// one value; [Pattern.Simple] recognises them, so that they can go into a hash table.
// A [Matcher] decides the others over a stream of [Observation] values, with
// bounded memory and without listing combinations:
//
//	p, err := stix.ParsePattern("([file:name = 'a.exe'] FOLLOWEDBY [url:value LIKE '%.example/%']) WITHIN 300 SECONDS")
//	m := stix.NewMatcher(p, stix.Limits{})
//	m.Observe(&stix.Observation{First: t, Count: 1, Objects: []stix.SCO{
//		{Type: "file", Props: stix.Map{"name": "a.exe"}},
//	}})
//	result := m.Finish()
//
// A result has three values: matched, not matched, and not evaluated, which
// says that a limit was met and "not matched" would be a guess.
//
// # Markings
//
// [Markings] reads how far an object may travel out of every encoding of the
// Traffic Light Protocol that is in use, the wrong ones too.
//
// # Trust
//
// Objects are text from strangers. Names, identifiers and patterns in them may hold
// anything, "created_by_ref" proves nothing, and identifiers collide; a
// [Collection] notices that. Sizes, nesting and work are bounded everywhere.
package stix
