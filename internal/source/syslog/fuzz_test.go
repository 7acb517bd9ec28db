package syslog_test

import (
	"testing"

	"tyto/internal/source/sourcetest"
	"tyto/internal/source/syslog"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"Jun 15 10:00:00 web1 sudo:  mia : TTY=x ; PWD=/ ; USER=#-1 ; COMMAND=/bin/id ; x\n<86>1 2025-06-15T10:00:00.5+02:00 h p 1 - [a b=\"c\\\"]\"] text\n",
		"<189>88: 000123: *Jun 15 2025 10:00:00.123 CET: %PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:x\n%ASA-6-302013: Built inbound TCP connection 9 for a:192.0.2.1/1 (x) to b:192.0.2.2/2\nx CmdSet=[ CmdAV=a CmdArgAV=<cr> ]\n",
		"Jun 15 10:00:00 fw kernel: DROP IN=a SRC=192.0.2.1 DST=192.0.2.2\nJun 15 10:00:00 fw filterlog[1]: 1,2,,3,igb0,match,pass,in,4,0,,64,1,0,DF,6,tcp,60,192.0.2.1,192.0.2.2,1,2\nSun Jun 15 10:00:00 2025 -> /a: X FOUND\n15-Jun-2025 10:00:00.459 INFO [main] x\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, syslog.New(), text) })
}
