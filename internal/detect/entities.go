package detect

import (
	"slices"
	"strings"
)

// entityFields says which fields name a thing that a finding is about. The
// names are those of Windows and Sysmon events; where a field comes in two
// halves (domain and user) the half that leads is listed.
func entityFields() map[string]string {
	return map[string]string{
		"User": "account", "SourceUser": "account", "TargetUser": "account",
		"SubjectUserName": "account", "TargetUserName": "account", "AccountName": "account",
		"TargetOutboundUserName": "account",
		"Image":                  "process", "NewProcessName": "process", "ParentImage": "process",
		"ParentProcessName": "process", "SourceImage": "process", "TargetImage": "process",
		"ProcessName": "process", "Application": "process",
		"TargetFilename": "file", "ImageLoaded": "file", "RelativeTargetName": "file",
		"ServiceFileName": "file", "ImagePath": "file",
		"IpAddress": "ip", "SourceIp": "ip", "DestinationIp": "ip", "SourceAddress": "ip",
		"DestAddress": "ip", "ClientAddress": "ip",
		"QueryName": "domain", "DestinationHostname": "domain",
		"ServiceName": "service", "TaskName": "task", "PipeName": "pipe",
		"TargetObject": "registry", "ShareName": "share", "WorkstationName": "host",
	}
}

// entityDomains says which field holds the domain of an account's name.
func entityDomains() map[string]string {
	return map[string]string{
		"SubjectUserName": "SubjectDomainName",
		"TargetUserName":  "TargetDomainName",
	}
}

// entities lists the things that an event names, each once, sorted.
func (n *namer) entities(host string, fields []NamedValue) []Entity {
	var out []Entity
	if host != "" {
		out = append(out, Entity{"host", host})
	}
	for _, f := range fields {
		kind, ok := n.kinds[f.Name]
		if !ok || empty(f.Value) {
			continue
		}
		value := f.Value
		if domain := n.domains[f.Name]; domain != "" {
			value = qualified(lookup(fields, domain), value)
		}
		out = append(out, Entity{kind, value})
	}
	return sortEntities(out)
}

func sortEntities(list []Entity) []Entity {
	slices.SortFunc(list, func(a, b Entity) int {
		if c := strings.Compare(a.Type, b.Type); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	return slices.Compact(list)
}

// A namer finds entities.
type namer struct{ kinds, domains map[string]string }

func newNamer() *namer { return &namer{entityFields(), entityDomains()} }

// empty reports whether a value stands for nothing.
func empty(v string) bool { return v == "" || v == "-" }

func qualified(domain, name string) string {
	if empty(domain) {
		return name
	}
	return domain + `\` + name
}

func lookup(fields []NamedValue, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
