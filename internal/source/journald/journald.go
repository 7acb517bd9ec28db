// Package journald reads the export of the journal of systemd in JSON
// (journalctl -o json): an object in a line, recognised by
// __REALTIME_TIMESTAMP with a cursor, a boot or a message.
//
// Events are of product linux. The service is told by the program
// (SYSLOG_IDENTIFIER, else _COMM) and the facility, as in syslog: sshd, sudo,
// cron, clamav, vsftpd, guacamole, auth or syslog; records of the audit system
// (_TRANSPORT=audit) are of service auditd, with the fields of auditd beside
// the journal's, one event a record, and events of Sysmon for Linux are of
// service sysmon. Fields have the journal's names. A message that is a list of
// bytes is read as text.
//
// Limits: journalctl leaves out messages above 4096 bytes unless called with
// --all; such records have no message. The
// journal's own binary files are not read.
package journald

import (
	"bytes"
	"strconv"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/auditd"
	"tyto/internal/source/jsonmap"
	"tyto/internal/source/sysmonlinux"
	"tyto/internal/source/textlog"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:   "journald",
		Alien:  "no record of the journal",
		Is:     isRecord,
		Inner:  []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Also:   also,
		Times:  []string{"__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"},
		Hosts:  []string{"_HOSTNAME"},
		Source: sourceOf,
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("__REALTIME_TIMESTAMP") && (p.Has("__CURSOR") || p.Has("_BOOT_ID") || p.Has("MESSAGE"))
}

// also gives the fields of audit records the names that auditd gives them.
func also(path string) []string {
	if name, ok := strings.CutPrefix(path, "AUDIT_FIELD_"); ok {
		return []string{strings.ToLower(name)}
	}
	switch path {
	case "_AUDIT_TYPE_NAME":
		return []string{"type"}
	case "_EXE":
		return []string{"exe"}
	case "_COMM":
		return []string{"comm"}
	}
	return nil
}

func sourceOf(r *jsonmap.Record) event.Source {
	s := event.Source{Product: "linux"}
	message := text(r)
	switch {
	case r.Is("_TRANSPORT", "audit"):
		audit(r, message)
		s.Service = "auditd"
		return s
	case bytes.HasPrefix(message, []byte("<Event")):
		if category, ok := sysmonlinux.Fields(message, func(name, value []byte) { r.Own(string(name), value) }); ok {
			s.Category, s.Service = category, "sysmon"
			return s
		}
	}
	program := r.Get("SYSLOG_IDENTIFIER", "_COMM")
	s.Service = textlog.LinuxService(program, facility(r.Get("SYSLOG_FACILITY")))
	if s.Service == "sudo" {
		sudo(r, message)
	}
	return s
}

// audit adds the fields of an audit record, of which the journal gives only
// some names of their own. Its message is the record behind the name of its
// kind, for which older versions of systemd write a number.
func audit(r *jsonmap.Record, message []byte) {
	kind, record, _ := bytes.Cut(message, []byte(" "))
	if bytes.HasPrefix(kind, []byte("<")) {
		kind = []byte(auditd.Kind(string(r.Get("_AUDIT_TYPE"))))
	}
	if name := r.Get("type"); name != nil {
		kind = name
	} else if len(kind) > 0 {
		r.Alias("type", kind)
	}
	auditd.Fields(kind, record, func(name, value []byte) { r.Alias(string(name), value) })
}

// text returns the message, which is a list of numbers when it has bytes that
// are no text.
func text(r *jsonmap.Record) []byte {
	first := r.Get("MESSAGE")
	if len(first) == 0 || len(first) > 3 || first[0] < '0' || first[0] > '9' {
		return first
	}
	values := r.All("MESSAGE", nil)
	if len(values) < 2 {
		return first
	}
	out := make([]byte, 0, len(values))
	for _, v := range values {
		n, err := strconv.ParseUint(string(v), 10, 8)
		if err != nil {
			return first
		}
		out = append(out, byte(n))
	}
	out = bytes.ToValidUTF8(out, []byte("\uFFFD"))
	r.Own("MESSAGE", out)
	return out
}

// facility reads SYSLOG_FACILITY; -1 when there is none.
func facility(text []byte) int {
	if n, err := strconv.Atoi(string(text)); err == nil {
		return n
	}
	return -1
}

// sudo adds whom a command runs as, and the command.
func sudo(r *jsonmap.Record, message []byte) {
	for _, name := range [...]string{"USER", "COMMAND"} {
		_, value, ok := bytes.Cut(message, []byte(" ; "+name+"="))
		if !ok {
			continue
		}
		if name == "USER" {
			value, _, _ = bytes.Cut(value, []byte(" ; "))
		}
		r.Alias(name, value)
	}
}
