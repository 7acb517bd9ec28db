package syslog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A service is a line of a log file that a service writes without syslog.
type service struct {
	date   textlog.Date
	dated  bool
	source event.Source
	text   []byte
}

// parse recognises the log files of vsftpd, ClamAV and Tomcat.
func (s *service) parse(line []byte) bool {
	*s = service{}
	if len(line) < 8 {
		return false
	}
	if d, rest, ok := textlog.CDate(line); ok {
		s.date, s.dated = d, true
		return s.dateFirst(rest)
	}
	if line[0] >= '0' && line[0] <= '9' {
		return s.tomcat(line)
	}
	if line[0] == '/' && bytes.HasSuffix(line, []byte(" FOUND")) && bytes.Contains(line, []byte(": ")) {
		s.source, s.text = event.Source{Product: "linux", Service: "clamav"}, line
		return true
	}
	return false
}

func (s *service) dateFirst(rest []byte) bool {
	if text, ok := bytes.CutPrefix(rest, []byte(" -> ")); ok {
		s.source, s.text = event.Source{Product: "linux", Service: "clamav"}, text
		return true
	}
	s.source, s.text = event.Source{Product: "linux", Service: "vsftpd"}, rest
	return bytes.HasPrefix(rest, []byte(" [pid ")) || transfer(rest)
}

// transfer recognises xferlog: seconds, client, bytes, path and the letters of
// the transfer.
func transfer(rest []byte) bool {
	fields := bytes.Fields(rest)
	return len(fields) >= 12 && len(fields[4]) == 1 && len(fields[6]) == 1 && (fields[6][0] == 'i' || fields[6][0] == 'o' || fields[6][0] == 'd')
}

// tomcat reads 15-Jun-2025 10:00:00.459 INFO [main] text, and the form with an
// ISO date and the thread first.
func (s *service) tomcat(line []byte) bool {
	d, rest, ok := textlog.DayDate(line)
	if !ok {
		d, rest, ok = textlog.ISODate(line)
	}
	if !ok || len(rest) < 2 || rest[0] != ' ' {
		return false
	}
	first, tail := word(rest[1:])
	second, _ := word(tail)
	if isLevel(second) && len(first) > 0 && first[0] == '[' || isLevel(first) && len(second) > 0 && second[0] == '[' {
		s.date, s.dated, s.text = d, true, tail
		s.source = event.Source{Product: "jvm", Category: "application"}
		if bytes.Contains(tail, []byte("guac")) || bytes.Contains(tail, []byte("users now present")) {
			s.source = event.Source{Product: "linux", Service: "guacamole"}
		}
		return true
	}
	return false
}

func isLevel(b []byte) bool {
	switch string(b) {
	case "INFO", "WARN", "WARNING", "ERROR", "DEBUG", "TRACE", "SEVERE", "FINE", "FATAL", "CONFIG":
		return true
	}
	return false
}

// service fills in a line without header. Lines that are unknown are searched
// as well, but count as damage.
func (p *parser) service(l *textlog.Line) bool {
	var s service
	if !s.parse(l.Raw) {
		p.event.Source = event.Source{Product: "linux", Service: "syslog"}
		return false
	}
	p.event.Source = s.source
	p.clock.Set(&p.event, &s.date, s.dated)
	if s.source.Service == "clamav" {
		p.virus(s.text)
	}
	return true
}
