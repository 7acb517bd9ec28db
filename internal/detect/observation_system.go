package detect

import (
	"maps"
	"strings"

	"tyto/internal/event/meaning"
	"tyto/stix"
)

// registry adds a key under the full name of its hive, as patterns write it; a
// key of a user also as that user's own.
func (o *observer) registry() {
	key := hive(o.first(meaning.RegistryKey, meaning.Object))
	if key == "" {
		return
	}
	m := stix.Map{"key": key}
	name, data := o.first(meaning.RegistryValue), o.first(meaning.RegistryData)
	if i := strings.LastIndexByte(key, '\\'); name == "" && data != "" {
		m["key"], name = key[:i], key[i+1:] // the log has key and value in one
	}
	if name != "" || data != "" {
		v := map[string]any{"name": name}
		put(v, "data", data)
		m["values"] = []any{v}
	}
	path := m["key"].(string)
	o.add("windows-registry-key", m)
	if rest, ok := strings.CutPrefix(path, `HKEY_USERS\S-1-`); ok {
		if _, below, ok := strings.Cut(rest, `\`); ok {
			own := maps.Clone(m)
			own["key"] = `HKEY_CURRENT_USER\` + below
			o.add("windows-registry-key", own)
		}
	}
}

// hives are their names in logs and in patterns.
var hives = [...][2]string{
	{"HKLM", "HKEY_LOCAL_MACHINE"}, {"HKU", "HKEY_USERS"}, {"HKCU", "HKEY_CURRENT_USER"}, {"HKCR", "HKEY_CLASSES_ROOT"},
	{"HKCC", "HKEY_CURRENT_CONFIG"}, {`\REGISTRY\MACHINE`, "HKEY_LOCAL_MACHINE"}, {`\REGISTRY\USER`, "HKEY_USERS"},
}

// hive writes a key with the full name of its hive; "" when it is no key.
func hive(key string) string {
	for _, h := range hives {
		if n := len(h[0]); len(key) > n && strings.EqualFold(key[:n], h[0]) && key[n] == '\\' {
			return h[1] + key[n:]
		}
	}
	if strings.Contains(key, `\`) && (strings.HasPrefix(key, "HK") || strings.HasPrefix(key, `\REGISTRY\`)) {
		return key // of an application's own hive, for instance
	}
	return ""
}

// service adds a service as the process that it is. Units of other systems are
// none: logs do not say what they start.
func (o *observer) service() {
	name, path := o.first(meaning.Service), o.first(meaning.ServiceStarts)
	if name == "" || path == "" {
		return
	}
	ext := map[string]any{"service_name": name}
	put(ext, "display_name", o.first(meaning.ServiceDisplay))
	o.add("process", stix.Map{
		"command_line": path, "image_ref": o.file(path, o.hashes()),
		"extensions": map[string]any{"windows-service-ext": ext},
	})
}

// mutex adds one by its name without the folder of the session that it is in.
func (o *observer) mutex() {
	name := o.first(meaning.Mutex)
	if strings.EqualFold(o.first(meaning.ObjectKind), "mutant") {
		name = o.first(meaning.Object)
	}
	const objects = `\BaseNamedObjects\`
	if i := strings.Index(name, objects); i >= 0 {
		name = name[i+len(objects):]
	}
	if name != "" {
		o.add("mutex", stix.Map{"name": name})
	}
}
