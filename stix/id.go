package stix

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
)

// UUID is a universally unique identifier (RFC 9562).
type UUID [16]byte

// SCONamespace is the namespace of cyber-observable identifiers
// (section 2.9): 00abedb4-aa42-466c-9c01-fed23315a9b7.
func SCONamespace() UUID {
	return UUID{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}
}

// String is the usual form, in lower case.
func (u UUID) String() string {
	s := hex.EncodeToString(u[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// UUIDv5 derives a UUID from a name. It is SHA-1 underneath: whoever chooses
// names can make two that collide.
func UUIDv5(namespace UUID, name []byte) UUID {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write(name)
	var u UUID
	copy(u[:], h.Sum(nil))
	return u.stamp(5)
}

func (u UUID) stamp(version byte) UUID {
	u[6] = u[6]&0x0F | version<<4
	u[8] = u[8]&0x3F | 0x80
	return u
}

// NewID makes a random identifier for an object of the type. random is
// crypto/rand.Reader outside of tests.
func NewID(objectType string, random io.Reader) (string, error) {
	var u UUID
	if _, err := io.ReadFull(random, u[:]); err != nil {
		return "", fmt.Errorf("making an identifier: %w", err)
	}
	return objectType + "--" + u.stamp(4).String(), nil
}

// contributing lists the properties that a cyber-observable's identifier is
// made of (section 6, "ID Contributing Properties").
func contributing(objectType string) []string {
	switch objectType {
	case "artifact":
		return []string{"hashes", "payload_bin"}
	case "autonomous-system":
		return []string{"number"}
	case "directory":
		return []string{"path"}
	case "domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url":
		return []string{"value"}
	case "email-message":
		return []string{"from_ref", "subject", "body"}
	case "file":
		return []string{"hashes", "name", "extensions", "parent_directory_ref"}
	case "mutex":
		return []string{"name"}
	case "network-traffic":
		return []string{"start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"}
	case "software":
		return []string{"name", "cpe", "swid", "vendor", "version"}
	case "user-account":
		return []string{"account_type", "user_id", "account_login"}
	case "windows-registry-key":
		return []string{"key", "values"}
	case "x509-certificate":
		return []string{"hashes", "serial_number"}
	}
	return nil
}

// SCOID computes the deterministic identifier of a cyber-observable. Values
// are taken as they are written, so bring them into one form first (lower-case
// domains, short IPv6). The second result is false when no property contributes, as
// for every process: such an object gets an identifier from NewID.
//
// Equal identifiers do not mean equal things, nor the other way round: a file known
// by SHA-256 gets another identifier once its MD5 is added.
func SCOID(objectType string, props Properties) (string, bool) {
	name := SCOName(objectType, props)
	if name == nil {
		return "", false
	}
	return objectType + "--" + UUIDv5(SCONamespace(), name).String(), true
}

// SCOName is the text that SCOID hashes: the canonical JSON of the
// contributing properties, or nil when there are none.
func SCOName(objectType string, props Properties) []byte {
	parts := map[string]any{}
	for _, p := range contributing(objectType) {
		if v, ok := props.Property(p); ok {
			if p == "hashes" {
				v = preferredHash(v)
			}
			parts[p] = v
		}
	}
	if len(parts) == 0 {
		return nil
	}
	name, err := Canonical(parts)
	if err != nil {
		return nil
	}
	return name
}

// preferredHash keeps the one hash that contributes.
func preferredHash(v any) any {
	hashes, ok := v.(map[string]any)
	if !ok || len(hashes) == 0 {
		return v
	}
	for _, name := range []string{"MD5", "SHA-1", "SHA-256", "SHA-512"} {
		if h, ok := hashes[name]; ok {
			return map[string]any{name: h}
		}
	}
	first := sortedKeys(hashes)[0]
	return map[string]any{first: hashes[first]}
}
