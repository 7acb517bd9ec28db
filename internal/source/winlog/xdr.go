package winlog

import (
	"bytes"
	"strings"

	"tyto/internal/event"
)

// Tables of Defender XDR (advanced hunting) tell of what Sysmon and the
// security log tell, in words of their own. Their fields keep their names; the
// names that rules use are added beside them as headers.

// xdrService is the service of events that are none of a Windows log.
const xdrService = "defender-xdr"

// xdrCategories are the categories of Sigma behind the types of action.
var xdrCategories = map[string]string{
	"ProcessCreated":   "process_creation",
	"DnsQueryResponse": "dns_query",
	"FileCreated":      "file_event", "FileModified": "file_event", "FileRenamed": "file_rename", "FileDeleted": "file_delete",
	"RegistryValueSet": "registry_set", "RegistryKeyCreated": "registry_add", "RegistryKeyDeleted": "registry_delete",
	"RegistryValueDeleted": "registry_delete", "RegistryKeyRenamed": "registry_rename",
	"ImageLoaded": "image_load", "DriverLoad": "driver_load",
	"CreateRemoteThreadApiCall": "create_remote_thread", "OpenProcessApiCall": "process_access", "NamedPipeEvent": "pipe_created",
	"LogonSuccess": "logon", "LogonFailed": "logon",
}

func xdrCategory(actionType []byte) string {
	if c, ok := xdrCategories[string(actionType)]; ok {
		return c
	}
	for _, prefix := range []string{"Connection", "InboundConnection"} {
		if bytes.HasPrefix(actionType, []byte(prefix)) {
			return "network_connection"
		}
	}
	return ""
}

// xdr makes the event of a row.
func (r *Rows) xdr(t *Table, row []Leaf, e *event.Event) bool {
	actionType := r.value(t, "ActionType")
	if actionType == nil {
		return false
	}
	category := xdrCategory(actionType)
	logon := category == "logon"
	r.again = strings.HasPrefix(category, "registry_")
	for i := range row {
		if l := &row[i]; logon && string(t.names[l.Column]) == "LogonType" && t.does[l.Column] == keep {
			if n := logonTypes[string(l.Text)]; n != "" {
				r.b.Head("LogonTypeName", l.Text)
				l.Text = []byte(n)
			}
		}
	}
	r.plain(t, row)
	x := &xdr{r, t}
	x.aliases(category)
	r.b.Fill(e)
	e.RecordID, e.Origin.Record = Whole(r.value(t, "ReportId")), Whole(r.value(t, "ReportId"))
	e.Source = event.Source{Product: "windows", Category: category, Service: xdrService}
	if logon {
		e.Source = event.Source{Product: "windows", Channel: "Security", Provider: "Microsoft-Windows-Security-Auditing", EventID: 4624}
		if string(actionType) == "LogonFailed" {
			e.Source.EventID = 4625
		}
	}
	return true
}

// Again makes the next event of the row that Event had last, in the same place,
// and reports whether there is one. Changes of the registry are told twice:
// under the category of their kind, and as registry_event, which means any.
func (r *Rows) Again(e *event.Event) bool {
	if !r.again {
		return false
	}
	r.again = false
	e.Source.Category = "registry_event"
	return true
}

var logonTypes = map[string]string{
	"Interactive": "2", "Network": "3", "Batch": "4", "Service": "5", "Unlock": "7", "NetworkCleartext": "8",
	"NewCredentials": "9", "RemoteInteractive": "10", "Remote interactive (RDP) logons": "10", "RemoteInteractive (RDP)": "10",
	"CachedInteractive": "11", "CachedRemoteInteractive": "12", "Local": "2",
}

// An xdr adds the names that rules use.
type xdr struct {
	r *Rows
	t *Table
}

func (x *xdr) get(column string) []byte { return x.r.value(x.t, column) }

// set adds a field when there is a value for it.
func (x *xdr) set(name string, text []byte) {
	if len(text) > 0 {
		x.r.b.Head(name, text)
	}
}

func (x *xdr) aliases(category string) {
	switch category {
	case "process_creation":
		x.process()
		return
	case "logon":
		x.logon()
		return
	case "create_remote_thread", "process_access":
		x.set("SourceImage", x.path("InitiatingProcessFolderPath", "InitiatingProcessFileName"))
		x.set("TargetImage", x.path("FolderPath", "FileName"))
		x.set("SourceProcessId", x.get("InitiatingProcessId"))
		x.set("TargetProcessId", x.get("ProcessId"))
		return
	}
	x.set("Image", x.path("InitiatingProcessFolderPath", "InitiatingProcessFileName"))
	x.set("ProcessId", x.get("InitiatingProcessId"))
	x.set("User", x.account("InitiatingProcessAccountDomain", "InitiatingProcessAccountName"))
	switch category {
	case "network_connection":
		x.connection()
	case "dns_query":
		x.set("QueryName", x.additional("DnsQueryString"))
	case "pipe_created":
		x.set("PipeName", x.additional("PipeName"))
	case "file_event", "file_rename", "file_delete":
		x.set("TargetFilename", x.path("FolderPath", "FileName"))
		x.set("SourceFilename", x.path("PreviousFolderPath", "PreviousFileName"))
		x.set("Hashes", x.hashes(""))
	case "image_load", "driver_load":
		x.set("ImageLoaded", x.path("FolderPath", "FileName"))
		x.set("Hashes", x.hashes(""))
	case "registry_set", "registry_add", "registry_delete", "registry_rename":
		x.registry()
	}
}

func (x *xdr) process() {
	x.set("Image", x.path("FolderPath", "FileName"))
	x.set("CommandLine", x.get("ProcessCommandLine"))
	x.set("OriginalFileName", x.get("ProcessVersionInfoOriginalFileName"))
	x.set("Company", x.get("ProcessVersionInfoCompanyName"))
	x.set("Product", x.get("ProcessVersionInfoProductName"))
	x.set("Description", x.get("ProcessVersionInfoFileDescription"))
	x.set("FileVersion", x.get("ProcessVersionInfoProductVersion"))
	x.set("IntegrityLevel", x.get("ProcessIntegrityLevel"))
	x.set("User", x.account("AccountDomain", "AccountName"))
	x.set("Hashes", x.hashes(""))
	x.set("ParentImage", x.path("InitiatingProcessFolderPath", "InitiatingProcessFileName"))
	x.set("ParentCommandLine", x.get("InitiatingProcessCommandLine"))
	x.set("ParentProcessId", x.get("InitiatingProcessId"))
	x.set("ParentUser", x.account("InitiatingProcessAccountDomain", "InitiatingProcessAccountName"))
}

func (x *xdr) logon() {
	x.set("TargetUserName", x.get("AccountName"))
	x.set("TargetDomainName", x.get("AccountDomain"))
	x.set("TargetUserSid", x.get("AccountSid"))
	x.set("IpAddress", x.get("RemoteIP"))
	x.set("IpPort", x.get("RemotePort"))
	x.set("WorkstationName", x.get("RemoteDeviceName"))
	x.set("AuthenticationPackageName", x.get("Protocol"))
	if id := x.get("LogonId"); id != nil {
		x.set("TargetLogonId", x.r.b.Text(func(dst []byte) []byte { return AppendHex(dst, id) }))
	}
}

// connection follows Sysmon: the source is who opened the connection.
func (x *xdr) connection() {
	near, far := "Source", "Destination"
	opened := []byte("true")
	if bytes.HasPrefix(x.get("ActionType"), []byte("Inbound")) {
		near, far, opened = far, near, []byte("false")
	}
	x.set("Initiated", opened)
	x.set(near+"Ip", x.get("LocalIP"))
	x.set(near+"Port", x.get("LocalPort"))
	x.set(near+"Hostname", x.get("DeviceName"))
	x.set(far+"Ip", x.get("RemoteIP"))
	x.set(far+"Port", x.get("RemotePort"))
	x.set(far+"Hostname", x.get("RemoteUrl"))
}

var xdrRegistry = map[string]string{
	"RegistryValueSet": "SetValue", "RegistryKeyCreated": "CreateKey", "RegistryKeyDeleted": "DeleteKey",
	"RegistryValueDeleted": "DeleteValue", "RegistryKeyRenamed": "RenameKey",
}

// registry writes keys and values the way Sysmon does.
func (x *xdr) registry() {
	x.set("EventType", []byte(xdrRegistry[string(x.get("ActionType"))]))
	key := x.get("RegistryKey")
	if key == nil {
		key = x.get("PreviousRegistryKey")
	}
	if key != nil {
		value := x.get("RegistryValueName")
		x.set("TargetObject", x.r.b.Text(func(dst []byte) []byte {
			dst = append(dst, shortKey(string(key))...)
			if value != nil {
				dst = append(append(dst, '\\'), value...)
			}
			return dst
		}))
	}
	x.set("Details", x.details())
}

// shortKey shortens the name of a hive.
func shortKey(key string) string {
	hive, rest, _ := strings.Cut(key, `\`)
	switch strings.ToUpper(hive) {
	case "HKEY_LOCAL_MACHINE":
		hive = "HKLM"
	case "HKEY_USERS", "HKEY_CURRENT_USER":
		hive = "HKU"
	case "HKEY_CLASSES_ROOT":
		hive = "HKCR"
	}
	return hive + `\` + rest
}

func (x *xdr) details() []byte {
	data := x.get("RegistryValueData")
	switch string(x.get("RegistryValueType")) {
	case "Dword":
		return x.wide("DWORD (0x", data, 8)
	case "Qword":
		return x.wide("QWORD (0x", data, 16)
	case "Binary":
		return []byte("Binary Data")
	}
	return data
}

// wide writes a decimal number as Sysmon writes those of the registry.
func (x *xdr) wide(head string, data []byte, digits int) []byte {
	if len(data) == 0 || strings.Trim(string(data), "0123456789") != "" {
		return data
	}
	return x.r.b.Text(func(dst []byte) []byte {
		const hex = "0123456789abcdef"
		dst = append(dst, head...)
		n := Whole(data)
		for i := digits - 1; i >= 0; i-- {
			dst = append(dst, hex[n>>(4*i)&15])
			if i == 8 && digits == 16 {
				dst = append(dst, "-0x"...)
			}
		}
		return append(dst, ')')
	})
}

// path returns a file's whole path: the folder's mostly has the name already.
func (x *xdr) path(folder, file string) []byte {
	dir, name := x.get(folder), x.get(file)
	if dir == nil || name == nil || len(dir) >= len(name) && bytes.EqualFold(dir[len(dir)-len(name):], name) {
		if dir == nil {
			return name
		}
		return dir
	}
	return x.r.b.Text(func(dst []byte) []byte {
		dst = append(dst, bytes.TrimRight(dir, `\`)...)
		return append(append(dst, '\\'), name...)
	})
}

func (x *xdr) account(domain, name string) []byte {
	d, n := x.get(domain), x.get(name)
	if d == nil || n == nil {
		return n
	}
	return x.r.b.Text(func(dst []byte) []byte { return append(append(append(dst, d...), '\\'), n...) })
}

// hashes joins a file's hashes as Sysmon does, in upper case.
func (x *xdr) hashes(prefix string) []byte {
	return x.r.b.Text(func(dst []byte) []byte {
		mark := len(dst)
		for _, kind := range []string{"SHA1", "MD5", "SHA256"} {
			h := x.get(prefix + kind)
			if h == nil {
				continue
			}
			if len(dst) > mark {
				dst = append(dst, ',')
			}
			dst = append(append(dst, kind...), '=')
			dst = append(dst, bytes.ToUpper(h)...)
		}
		return dst
	})
}

// additional returns a member of the column with further fields, which is JSON
// in a text.
func (x *xdr) additional(name string) []byte {
	if text := x.get("AdditionalFields." + name); text != nil {
		return text
	}
	text := x.get("AdditionalFields")
	j := &scanner{src: text, b: x.r.b}
	if j.next() != '{' {
		return nil
	}
	return j.peek(name)
}
