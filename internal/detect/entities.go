package detect

import (
	"net/netip"
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/internal/event/meaning"
)

// entityTypes says what a field of a meaning names, where a finding can be
// about it. Values are told as the log writes them, to be found again in it.
var entityTypes = [meaning.Count]string{
	meaning.SubjectName: "account", meaning.SubjectARN: "account", meaning.SubjectPrincipal: "account", meaning.SubjectAny: "account",
	meaning.TargetName: "account", meaning.OutboundName: "account", meaning.ServiceAccount: "account", meaning.WriterName: "account",
	meaning.Image: "process", meaning.ParentImage: "process", meaning.TargetImage: "process", meaning.SomeImage: "process",
	meaning.TouchedFile: "file", meaning.LoadedFile: "file", meaning.CarriedFile: "file", meaning.FormerFile: "file",
	meaning.ShareFile: "file", meaning.ServiceStarts: "file", meaning.Object: "file",
	meaning.SrcAddr: "ip", meaning.DstAddr: "ip", meaning.ServerAddr: "ip", meaning.FarAddr: "ip", meaning.Address: "ip",
	meaning.Query: "domain", meaning.ServerName: "domain", meaning.WebHost: "domain", meaning.PeerName: "domain",
	meaning.Machine: "host", meaning.Service: "service", meaning.Task: "task",
	meaning.Pipe: "pipe", meaning.RegistryKey: "registry", meaning.Share: "share",
}

// accountDomains says which meaning completes the name of an account.
var accountDomains = map[meaning.Meaning]meaning.Meaning{
	meaning.SubjectName:  meaning.SubjectDomain,
	meaning.TargetName:   meaning.TargetDomain,
	meaning.OutboundName: meaning.OutboundDomain,
	meaning.WriterName:   meaning.WriterDomain,
}

// entities lists the things that an event names, each once, sorted.
func (r *reader) entities(src event.Source, host string, fields []NamedValue) []Entity {
	var out []Entity
	if host != "" {
		out = append(out, Entity{"host", host})
	}
	list := r.read(src, fields)
	for _, v := range list {
		if e := v.entity(list); e.Type != "" {
			out = append(out, e)
		}
	}
	return sortEntities(out)
}

// entity is the thing that one of an event's values names, if it names one.
func (v *meant) entity(all []meant) Entity {
	switch kind := entityTypes[v.meaning]; kind {
	case "account":
		return v.account(all)
	case "ip", "domain", "host":
		return machine(kind, v.value)
	default:
		switch {
		case v.meaning == meaning.ShareFile && strings.HasSuffix(strings.ToLower(best(all, meaning.Share)), `ipc$`):
			kind = "pipe"
		case v.meaning == meaning.Object && strings.HasPrefix(v.value, `\REGISTRY\`):
			kind = "registry"
		case v.meaning == meaning.Object && !meaning.IsFile(v.value):
			return Entity{}
		}
		return Entity{kind, v.value}
	}
}

func (v *meant) account(all []meant) Entity {
	whole := strings.ContainsAny(v.value, `\@`)
	switch domain, ok := accountDomains[v.meaning]; {
	case v.meaning == meaning.SubjectAny && !whole:
		return Entity{} // a number or GUID
	case v.meaning == meaning.WriterName && best(all, meaning.SubjectName) != "":
		return Entity{} // the event itself says who did it
	case v.meaning == meaning.SubjectPrincipal:
		name, realm, _ := strings.Cut(v.value, "/")
		return Entity{"account", qualified(realm, name)}
	case ok && !whole:
		return Entity{"account", qualified(best(all, domain), v.value)}
	}
	return Entity{"account", v.value}
}

// machine tells addresses from names: logs write one in place of the other.
func machine(kind, value string) Entity {
	if _, err := netip.ParseAddr(value); err == nil {
		return Entity{"ip", value}
	}
	if a, err := netip.ParseAddrPort(value); err == nil {
		return Entity{"ip", a.Addr().String()}
	}
	if kind == "ip" {
		return Entity{}
	}
	name, port, ok := strings.Cut(value, ":")
	if ok && strings.Trim(port, "0123456789") == "" {
		value = name
	}
	return Entity{kind, strings.TrimPrefix(value, `\\`)}
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

func qualified(domain, name string) string {
	if domain == "" {
		return name
	}
	return domain + `\` + name
}
