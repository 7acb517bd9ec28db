package intel

import (
	"strings"
	"sync"

	"tyto/internal/event"
	"tyto/internal/event/meaning"
)

// A role is a set of meanings that the values of a field can have. An
// indicator is looked for only in fields with a role of its type.
type role uint32

const (
	roleAddr role = 1 << iota
	roleHost
	roleURL      // whole URL, or a path that is joined with the event's host
	roleURLHost  // the host that such paths are joined with
	roleURLQuery // joined behind the path
	roleHash
	roleImphash
	rolePath
	roleExe // the loading program of a side-load pair
	roleDLL // the loaded library
	roleService
	roleRegistry
	rolePipe
	roleMutex
	roleCert
	roleJA3
	roleJA3S
	roleJA4
	roleAgent
	roleMail
	roleCommand // command lines and scripts: fragments, and values inside
	roleTask
	roleAccount
	roleCookie
	roleList // several values in one, such as DNS answers
	roleSigned
	roleSignature
	roleDest    // the far end of a connection: without it, addresses are not covered
	roleLookup  // a name that was looked up or asked for: without it, domains are not covered
	roleMessage // free text
)

// rolesOf says in which roles the fields of a meaning are looked at.
var rolesOf = [meaning.Count]role{
	meaning.SubjectName: roleAccount, meaning.SubjectPrincipal: roleAccount,
	meaning.TargetName: roleAccount, meaning.TargetID: roleAccount, meaning.OutboundName: roleAccount,
	meaning.ServiceAccount: roleAccount,

	meaning.Image: rolePath | roleExe, meaning.SomeImage: rolePath | roleExe,
	meaning.ParentImage: rolePath, meaning.TargetImage: rolePath, meaning.WorkingFolder: rolePath,
	meaning.CommandLine: roleCommand, meaning.ParentCommandLine: roleCommand, meaning.Text: roleCommand,

	meaning.SrcAddr: roleAddr, meaning.ServerAddr: roleAddr, meaning.Address: roleAddr,
	meaning.DstAddr: roleAddr | roleDest, meaning.FarAddr: roleAddr | roleDest,

	meaning.Query: roleHost | roleLookup, meaning.ServerName: roleHost | roleLookup,
	meaning.Answer:  roleAddr | roleHost | roleDest,
	meaning.Answers: roleAddr | roleHost | roleDest | roleList,
	meaning.WebHost: roleAddr | roleHost | roleLookup | roleURLHost,
	meaning.Machine: roleAddr | roleHost, meaning.PeerName: roleAddr | roleHost | roleLookup,
	meaning.CertificateName: roleHost | roleList, meaning.CertSubject: roleHost | roleList,
	meaning.URL: roleURL, meaning.WebPath: roleURL, meaning.Referrer: roleURL, meaning.WebQuery: roleURLQuery,
	meaning.UserAgent: roleAgent, meaning.Cookie: roleCookie, meaning.Mail: roleMail,
	meaning.MailSender: roleMail, meaning.MailFrom: roleMail, meaning.MailTo: roleMail,

	meaning.HashList: roleHash | roleImphash, meaning.ImpHash: roleImphash,
	meaning.MD5: roleHash, meaning.SHA1: roleHash, meaning.SHA256: roleHash, meaning.SHA512: roleHash,
	meaning.JA3: roleJA3, meaning.JA3S: roleJA3S, meaning.JA4: roleJA4, meaning.Thumbprint: roleCert,

	meaning.TouchedFile: rolePath, meaning.CarriedFile: rolePath, meaning.FormerFile: rolePath, meaning.SomePath: rolePath,
	meaning.LoadedFile: rolePath | roleDLL,
	meaning.ShareFile:  rolePath | rolePipe,
	meaning.Object:     rolePath | roleRegistry | rolePipe | roleMutex,
	meaning.Pipe:       rolePipe, meaning.Mutex: roleMutex,
	meaning.RegistryKey: roleRegistry, meaning.RegistryValue: roleCommand, meaning.RegistryData: roleCommand,

	meaning.Service: roleService, meaning.ServiceDisplay: roleService, meaning.Task: roleTask,
	meaning.ServiceStarts: rolePath | roleCommand, meaning.TaskStarts: rolePath | roleCommand,

	meaning.Signed: roleSigned, meaning.SignatureStatus: roleSignature,
}

// looseNames are fields that are searched in roles which [meaning.Anywhere]
// does not know of: their names say too little to believe in, but an indicator
// that is met in them is met.
func looseNames() map[role]string {
	return map[role]string{
		roleAddr | roleHost | roleURLHost: `host hostname`,
		roleAddr | roleHost:               `domain rdata addl`,
		roleHost:                          `record domainname s-dns`,
		roleHost | roleList:               `subject`,
		roleLookup:                        `c-uri cs-uri url.full`,
		rolePath:                          `Device file executable`,
		rolePath | rolePipe:               `name path filename`,
		rolePath | roleCommand:            `Command TaskContent TaskContentNew param2`,
		roleCommand:                       `Payload Details args Destination Consumer Filter Query Contents data`,
		roleService:                       `param1 service.name service_name`,
		roleRegistry:                      `key`,
		rolePipe:                          `pipe`,
		roleCert:                          `sha1 sha256 fingerprint`,
		roleJA4:                           `ja4s ja4h`,
		roleMail:                          `from to cc sender recipient`,
		roleAccount:                       `UserId auid`,
		roleCookie:                        `cookie`,
		roleMessage:                       `message msg log _raw raw_message event.original`,
	}
}

// roles are the roles of all known names, in lower case.
var roles = sync.OnceValue(func() map[string]role {
	out := map[string]role{}
	for r, names := range looseNames() {
		for name := range strings.FieldsSeq(names) {
			out[strings.ToLower(name)] |= r
		}
	}
	for _, name := range meaning.Names() {
		for _, m := range meaning.Anywhere(name) {
			out[name] |= rolesOf[m]
		}
	}
	return out
})

// fieldRoles returns the roles of a field by its name, without case. What is
// not vague keeps its meaning below any prefix.
func fieldRoles(name string) role {
	low := strings.ToLower(name)
	r := roles()[low]
	if i := strings.LastIndexByte(low, '.'); r == 0 && i >= 0 && !meaning.Vague(low[i+1:]) {
		r = roles()[low[i+1:]]
	}
	return r
}

// searchedBy is the roles in which a type can be found; a value of 0 means
// nowhere.
func searchedBy(t Type) role {
	switch {
	case t.isFileHash():
		return roleHash | roleMessage
	}
	switch t {
	case IP:
		return roleAddr | roleURL | roleCommand | roleMessage
	case Domain:
		return roleHost | roleURL | roleCommand | roleURLHost | roleMessage
	case URL:
		return roleURL | roleURLHost | roleCommand | roleHost | roleAddr | roleMessage
	case Imphash:
		return roleImphash
	case Filename:
		return rolePath | roleCommand
	case Path, PathPattern:
		return rolePath | roleCommand
	case ServiceName, ServiceDisplay:
		return roleService | roleRegistry
	case RegistryKey, RunValue:
		return roleRegistry
	case Task:
		return roleTask
	case Pipe:
		return rolePipe
	case Mutex:
		return roleMutex
	case CommandLine, ArchivePassword, CryptoKey:
		return roleCommand
	case SideloadPair:
		return roleDLL
	case Account:
		return roleAccount
	case Email:
		return roleMail | roleMessage
	case UserAgent:
		return roleAgent
	case JA3:
		return roleJA3
	case JA3S:
		return roleJA3S
	case JA4:
		return roleJA4
	case CertSHA1, CertSHA256:
		return roleCert | roleMessage
	case URIPath:
		return roleURL
	case Cookie:
		return roleCookie
	}
	return 0
}

// A plan is what is known of a shape: the roles of its fields.
type plan struct {
	roles     []role
	all       role
	exe, dll  int // fields of a side-load pair, or -1
	signed    int
	signature int
	urlHost   int
	query     int
	message   bool // free text is worth a look
}

// plan computes a shape's plan for the roles that the set looks into.
func (s *Set) plan(shape *event.Shape) *plan {
	p := &plan{exe: -1, dll: -1, signed: -1, signature: -1, urlHost: -1, query: -1}
	if shape == nil {
		return p
	}
	p.roles = make([]role, len(shape.Fields))
	for i, f := range shape.Fields {
		r := fieldRoles(f.Name)
		if f.Header {
			r = headerRole(f.Name)
		}
		p.all |= r
		for _, c := range []struct {
			r  role
			at *int
		}{
			{roleExe, &p.exe}, {roleDLL, &p.dll}, {roleSigned, &p.signed}, {roleSignature, &p.signature},
			{roleURLHost, &p.urlHost}, {roleURLQuery, &p.query},
		} { // the first field of each
			if r&c.r != 0 && *c.at < 0 {
				*c.at = i
			}
		}
		if r&s.want != 0 {
			p.roles[i] = r & (s.want | roleList)
		}
	}
	if p.all&roleURL != 0 && p.all&roleURLHost != 0 {
		p.all |= roleLookup
	}
	// Records whose fields tell where something went have their whole text in
	// fields: the line beside them holds the same again.
	p.message = p.all&s.want&roleMessage != 0 && p.all&(roleURL|roleDest|roleLookup) == 0
	return p
}

// headerRole is the role of what describes a record. Readers of syslog tell so
// whom a known sentence names; all else describes the record itself.
func headerRole(name string) role {
	switch name {
	case "user", "sudo_user":
		return roleAccount
	}
	return 0
}
