package stix

import "strings"

// TLP is a level of the Traffic Light Protocol 2.0, ordered from open to
// closed. The zero value says that nothing was stated.
type TLP int

// The levels. TLP 1's WHITE is CLEAR.
const (
	TLPNone TLP = iota
	TLPClear
	TLPGreen
	TLPAmber
	TLPAmberStrict
	TLPRed
)

// String is the level as the TLP 2.0 standard writes it, "TLP:AMBER+STRICT", or ""
// for TLPNone.
func (t TLP) String() string {
	if t <= TLPNone || t > TLPRed {
		return ""
	}
	return "TLP:" + strings.ToUpper(t.word())
}

// word is the value of tlp_2_0.
func (t TLP) word() string {
	return [...]string{"", "clear", "green", "amber", "amber+strict", "red"}[t]
}

// ParseTLP reads a level in any spelling that is in use: "TLP:AMBER+STRICT",
// "tlp:amber-strict", "Amber", "white". Anything else is TLPNone.
func ParseTLP(s string) TLP {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimLeft(strings.TrimPrefix(s, "tlp"), ": -_")
	s = strings.NewReplacer("-", "+", "_", "+", " ", "+").Replace(s)
	switch s {
	case "clear", "white":
		return TLPClear
	case "green":
		return TLPGreen
	case "amber":
		return TLPAmber
	case "amber+strict", "amberstrict":
		return TLPAmberStrict
	case "red":
		return TLPRed
	}
	return TLPNone
}

const (
	// TLP2Extension is the extension that TLP 2.0 definitions carry.
	TLP2Extension = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

	tlp1Created = "2017-01-20T00:00:00.000Z"
	tlp2Created = "2022-10-01T00:00:00.000Z"
)

// Ref is the identifier of the level's TLP 2.0 marking definition, or "".
func (t TLP) Ref() string {
	switch t {
	case TLPClear:
		return "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
	case TLPGreen:
		return "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
	case TLPAmber:
		return "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
	case TLPAmberStrict:
		return "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
	case TLPRed:
		return "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
	}
	return ""
}

// Ref1 is the identifier of the TLP 1 marking definition of the same meaning
// (section 7.2.1.4). AMBER+STRICT has none: amber would be too open.
func (t TLP) Ref1() string {
	switch t {
	case TLPClear:
		return "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
	case TLPGreen:
		return "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
	case TLPAmber:
		return "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
	case TLPRed:
		return "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
	}
	return ""
}

// openCTIStrict is OpenCTI's own definition of AMBER+STRICT.
const openCTIStrict = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"

// tlpOfRef knows the well-known definitions by their identifiers.
func tlpOfRef(id string) TLP {
	if id == openCTIStrict {
		return TLPAmberStrict
	}
	for t := TLPClear; t <= TLPRed; t++ {
		if id == t.Ref() || id != "" && id == t.Ref1() {
			return t
		}
	}
	return TLPNone
}

// Definition is the level's TLP 2.0 marking definition, word for word as the
// standard has it, or nil for TLPNone.
func (t TLP) Definition() *Object {
	if t.Ref() == "" {
		return nil
	}
	return mustObject(Prop{"type", "marking-definition"}, Prop{"spec_version", "2.1"}, Prop{"id", t.Ref()},
		Prop{"created", tlp2Created}, Prop{"name", t.String()},
		Prop{"extensions", map[string]any{TLP2Extension: map[string]any{
			"extension_type": "property-extension", "tlp_2_0": t.word()}}})
}

// Definition1 is the TLP 1 marking definition of the same meaning, or nil.
func (t TLP) Definition1() *Object {
	if t.Ref1() == "" {
		return nil
	}
	word := strings.Replace(t.word(), "clear", "white", 1)
	return mustObject(Prop{"type", "marking-definition"}, Prop{"spec_version", "2.1"}, Prop{"id", t.Ref1()},
		Prop{"created", tlp1Created}, Prop{"definition_type", "tlp"}, Prop{"name", "TLP:" + strings.ToUpper(word)},
		Prop{"definition", map[string]any{"tlp": word}})
}

// mustObject makes an object out of constants. It gives nil if that fails, which a
// test rules out.
func mustObject(props ...Prop) *Object {
	o, err := MakeFrom(props...)
	if err != nil {
		return nil
	}
	return o
}

// PAP is a level of the Permissible Actions Protocol: what may be done with a
// value, from everything to nothing that could be noticed. The zero value says
// that nothing was stated.
type PAP int

// The levels. PAPRed forbids every active query about the value.
const (
	PAPNone PAP = iota
	PAPClear
	PAPGreen
	PAPAmber
	PAPRed
)

// String is the level as "PAP:RED", or "" for PAPNone.
func (p PAP) String() string {
	if p <= PAPNone || p > PAPRed {
		return ""
	}
	return "PAP:" + [...]string{"", "CLEAR", "GREEN", "AMBER", "RED"}[p]
}

// ParsePAP reads "PAP:RED", "pap:white" and the like. Without the prefix it is
// no PAP.
func ParsePAP(s string) PAP {
	word, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "pap:")
	if !ok {
		return PAPNone
	}
	switch strings.TrimSpace(word) {
	case "clear", "white":
		return PAPClear
	case "green":
		return PAPGreen
	case "amber":
		return PAPAmber
	case "red":
		return PAPRed
	}
	return PAPNone
}
