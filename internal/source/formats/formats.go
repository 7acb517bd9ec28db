// Package formats is the ordered list of all formats that Tyto reads. It
// stands apart from package source only because formats import that.
package formats

import (
	"tyto/evtx"
	"tyto/internal/source"
	"tyto/internal/source/auditd"
	"tyto/internal/source/azure"
	"tyto/internal/source/bitbucket"
	"tyto/internal/source/cef"
	"tyto/internal/source/cloudtrail"
	"tyto/internal/source/dnslog"
	"tyto/internal/source/duo"
	"tyto/internal/source/elff"
	"tyto/internal/source/eslogger"
	"tyto/internal/source/eve"
	"tyto/internal/source/evtold"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/flowcsv"
	"tyto/internal/source/fortinet"
	"tyto/internal/source/gcp"
	"tyto/internal/source/github"
	"tyto/internal/source/journald"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/kubernetes"
	"tyto/internal/source/leef"
	"tyto/internal/source/m365"
	"tyto/internal/source/mixed"
	"tyto/internal/source/okta"
	"tyto/internal/source/onelogin"
	"tyto/internal/source/opencanary"
	"tyto/internal/source/paloalto"
	"tyto/internal/source/pcap"
	"tyto/internal/source/plain"
	"tyto/internal/source/postfix"
	"tyto/internal/source/santa"
	"tyto/internal/source/squid"
	"tyto/internal/source/syslog"
	"tyto/internal/source/sysmonlinux"
	"tyto/internal/source/weblog"
	"tyto/internal/source/wincsv"
	"tyto/internal/source/winjson"
	"tyto/internal/source/wintext"
	"tyto/internal/source/winxml"
	"tyto/internal/source/zeek"
	"tyto/internal/source/zscaler"
)

// Options are choices of the user that concern single formats.
type Options struct {
	Carve     bool        // also recover records from the slack of event logs
	Templates *evtx.Store // for those whose own templates are overwritten; may be nil
	// Headers chooses the fields that describe a record (Level, Keywords, ...)
	// which events get, where leaving them out saves time; nil means all.
	Headers func(name string) bool
	// Unknown says what logs are that no format knows by their content: JSON
	// lines, and, with a Source, any text.
	Unknown jsonlog.Options
}

// All returns the formats in the order in which they are asked. One set serves
// a whole hunt: formats keep what they learn across files.
func All(opt Options) []source.Format {
	return []source.Format{
		evtxlog.New(evtxlog.Options{Carve: opt.Carve, Foreign: opt.Templates, Headers: opt.Headers}),
		evtold.New(evtold.Options{Carve: opt.Carve}),
		pcap.New(),
		mixed.New(opt.Unknown), // before those that claim a file for one of its lines
		zeek.New(),
		eve.New(),
		flowcsv.New(),
		winjson.New(),
		sysmonlinux.New(), // before winxml: both know lines of events
		winxml.New(),
		wincsv.New(),
		wintext.New(),
		cloudtrail.New(),
		kubernetes.New(), // before azure, whose records may carry its
		azure.New(),
		azure.NewTable(),
		azure.NewPortal(),
		m365.New(),
		m365.NewTable(),
		gcp.New(),
		okta.New(),
		github.New(),
		bitbucket.New(),
		onelogin.New(),
		duo.New(),
		opencanary.New(),
		auditd.New(),
		auditd.NewLaurel(),
		journald.New(),
		eslogger.New(),
		santa.New(),
		cef.New(),
		leef.New(),
		paloalto.New(),
		fortinet.New(),
		zscaler.New(),
		elff.New(),
		squid.New(),
		weblog.New(),
		dnslog.New(),
		postfix.New(),
		syslog.New(),
		jsonlog.New(opt.Unknown), // claims what the others do not know
		plain.New(opt.Unknown.Source),
	}
}
