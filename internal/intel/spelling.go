package intel

import (
	"slices"
	"strings"
	"sync"
)

// compact reduces a name of a column or type to what spellings have in common:
// "SHA-256 Hash", "sha256_hash" and "Sha256Hash" are one.
func compact(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// compactTypes are the spellings of types in compact form.
var compactTypes = sync.OnceValue(func() map[string]Type {
	out := map[string]Type{}
	for name, t := range typeAliases() {
		if c := compact(name); c != "" {
			out[c] = t
		}
	}
	return out
})

// compactRoles are the names of columns in compact form.
var compactRoles = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for name, role := range columnRoles() {
		out[compact(name)] = role
	}
	return out
})

// spelledType finds a type by any spelling of its name, in the plural too.
func spelledType(name string) (Type, bool) {
	c := compact(name)
	for _, form := range []string{c, strings.TrimSuffix(c, "s"), strings.TrimSuffix(c, "es")} {
		if t, ok := compactTypes()[form]; ok && t != Other {
			return t, true
		}
	}
	return Other, false
}

// namesHash reports whether a name stands for hashes whose algorithm only
// their length tells.
func namesHash(name string) bool {
	switch compact(name) {
	case "hash", "hashes", "filehash", "filehashes", "hashvalue", "stixfile", "malwarehash", "samplehash", "intelfilehash":
		return true
	}
	return false
}

// namesFolder reports whether a type's name says that its paths are folders,
// however they are written.
func namesFolder(name string) bool {
	switch compact(name) {
	case "directory", "folder", "directorypath", "folderpath":
		return true
	}
	return false
}

// bystanders are words in names of columns whose values are not indicators:
// who reported, where it is written up, who was attacked.
var bystanders = []string{
	"reporter", "contact", "author", "submitter", "analyst", "reference", "ref", "report", "source", "link", "victim",
	"target", "internal", "creator", "owner", "size", "count", "id",
}

// prose are words of sentences; columns are not called so.
var prose = []string{"the", "following", "these", "and", "or", "of", "our", "all", "with", "were", "some"}

// isProse reports whether a cell is a piece of a sentence.
func isProse(name string) bool {
	return slices.ContainsFunc(strings.Fields(name), func(w string) bool { return slices.Contains(prose, w) })
}

// columnType finds the type of a column called "C2 domain" or "Malware SHA256":
// by its last words. Columns about bystanders have none.
func columnType(name string) (Type, bool) {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" _-./()[]:", r) })
	if len(words) > 3 {
		return Other, false
	}
	for _, w := range words[:max(0, len(words)-1)] {
		if slices.Contains(bystanders, w) {
			return Other, false
		}
	}
	for i := 1; i < len(words) && i < 4; i++ {
		rest := strings.Join(words[i:], " ")
		if namesHash(rest) {
			return Other, true
		}
		if t, ok := spelledType(rest); ok {
			return t, true
		}
	}
	return Other, false
}

// blankCell reports whether a cell says that there is nothing.
func blankCell(v string) bool {
	switch strings.ToLower(v) {
	case "", "-", "n/a", "none", "null", "nan", "unknown":
		return true
	}
	return false
}
