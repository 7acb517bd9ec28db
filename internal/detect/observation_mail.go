package detect

import (
	"strings"

	"tyto/internal/event/meaning"
	"tyto/stix"
)

// mail adds a message and the addresses in it. Who handed it over need not be
// who it says to be from.
func (o *observer) mail() {
	sender, from := o.addresses(meaning.MailSender), o.addresses(meaning.MailFrom)
	to := o.addresses(meaning.MailTo)
	if len(from) == 0 {
		from = sender
	}
	if len(sender) == 0 {
		sender = from
	}
	if len(from) == 0 && len(to) == 0 {
		return
	}
	m := stix.Map{"is_multipart": false}
	if len(from) > 0 {
		m["from_ref"], m["sender_ref"] = from[0], sender[0]
	}
	if len(to) > 0 {
		m["to_refs"] = to
	}
	put(m, "subject", o.first(meaning.MailSubject))
	put(m, "message_id", o.first(meaning.MessageID))
	o.add("email-message", m)
}

// addresses adds those that stand in the values of a meaning, with or without
// the names of people.
func (o *observer) addresses(m meaning.Meaning) []any {
	var refs []any
	for _, v := range o.all(m) {
		for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune(" <>,;\"", r) }) {
			if len(refs) == maxListed {
				return refs
			}
			if strings.Contains(part, "@") {
				refs = append(refs, o.add("email-addr", stix.Map{"value": strings.ToLower(part)}))
			}
		}
	}
	return refs
}

// certificates adds those of a handshake by their hashes.
func (o *observer) certificates() {
	for _, v := range o.all(meaning.Thumbprint) {
		if name, hex := hashOf(strings.ReplaceAll(v, ":", "")); name != "" {
			o.add("x509-certificate", stix.Map{"hashes": map[string]any{name: hex}})
		}
	}
}
