package syslog

import (
	"tyto/internal/source"
	"tyto/internal/source/cef"
	"tyto/internal/source/dnslog"
	"tyto/internal/source/fortinet"
	"tyto/internal/source/leef"
	"tyto/internal/source/paloalto"
	"tyto/internal/source/postfix"
	"tyto/internal/source/squid"
	"tyto/internal/source/sysmonlinux"
	"tyto/internal/source/textlog"
	"tyto/internal/source/weblog"
)

// A carried format is one whose lines come in syslog too.
type carried struct {
	format source.Format
	parser func(*textlog.Shapes) textlog.Parser
}

// allCarried lists those formats in the order in which they are asked.
func allCarried() []carried {
	return []carried{
		{sysmonlinux.New(), sysmonlinux.NewParser},
		{cef.New(), func(s *textlog.Shapes) textlog.Parser { return cef.NewParser(s) }},
		{leef.New(), func(s *textlog.Shapes) textlog.Parser { return leef.NewParser(s) }},
		{paloalto.New(), func(s *textlog.Shapes) textlog.Parser { return paloalto.NewParser(s) }},
		{fortinet.New(), func(s *textlog.Shapes) textlog.Parser { return fortinet.NewParser(s) }},
		{dnslog.New(), func(s *textlog.Shapes) textlog.Parser { return dnslog.NewParser(s) }},
		{postfix.New(), func(s *textlog.Shapes) textlog.Parser { return postfix.NewParser(s) }},
		{squid.New(), func(s *textlog.Shapes) textlog.Parser { return squid.NewParser(s) }},
		{weblog.New(), func(s *textlog.Shapes) textlog.Parser { return weblog.NewParser(s) }},
	}
}
