package meaning

import "testing"

// The tables must not be ambiguous: of two bindings of a name for one thing the
// later is dead wherever the first has no condition.
func TestNoDeadRows(t *testing.T) {
	tab := all()
	for name, at := range tab.names {
		for i, j := range at {
			for _, k := range at[:i] {
				a, b := &tab.bindings[k], &tab.bindings[j]
				same := a.meaning.Thing() == b.meaning.Thing() && (b.meaning.Thing() != Others || a.meaning == b.meaning)
				if same && a.in&b.in == b.in && len(a.ids) == 0 && a.service == "" {
					t.Errorf("%s: binding %d hides %d", name, k, j)
				}
			}
		}
	}
}

func TestEachMeaningHasANameAndAThing(t *testing.T) {
	have := map[Meaning]bool{}
	for _, b := range all().bindings {
		have[b.meaning] = true
	}
	for m := SubjectName; m < Count; m++ {
		switch m {
		case lastOfAccounts, lastOfProcesses, lastOfFlows, lastOfNames, lastOfHashes, lastOfFiles, lastOfServices:
			continue
		}
		if !have[m] {
			t.Errorf("no field has meaning %d", m)
		}
	}
	for m, want := range map[Meaning]Thing{
		SubjectName: Accounts, LoginAny: Accounts, Image: Processes, TargetGUID: Processes, SrcAddr: Flows, CommunityID: Flows,
		Query: NetNames, PeerName: NetNames, HashList: Hashes, Thumbprint: Hashes, TouchedFile: Files, Object: Files,
		Service: Services, SubscriptionStarts: Services, Address: Others, SignatureStatus: Others,
	} {
		if got := m.Thing(); got != want {
			t.Errorf("meaning %d belongs to %d, want %d", m, got, want)
		}
	}
}

func TestHeadersOfWindowsTellOfTheWriter(t *testing.T) {
	windows, zeek := Log{Product: "windows"}, Log{Product: "zeek"}
	if got := windows.Of("ProcessId", true); got != nil {
		t.Errorf("the logging process is taken for the event's: %v", got)
	}
	if got := windows.Of("AccountName", true); len(got) != 1 || got[0].Meaning != WriterName {
		t.Errorf("the writer is %v", got)
	}
	if got := zeek.Of("src_ip", true); len(got) != 1 || got[0].Meaning != SrcAddr {
		t.Errorf("a further name is %v", got)
	}
}

func TestTheLogDecidesWhatANameMeans(t *testing.T) {
	windows := func(id int) Log { return Log{Product: "windows", EventID: id} }
	for _, c := range []struct {
		log   Log
		field string
		want  []Meaning
	}{
		{windows(4624), "TargetUserName", []Meaning{TargetName}},
		{windows(4769), "targetusername", []Meaning{SubjectName}},
		{windows(7045), "ServiceName", []Meaning{Service}},
		{windows(4769), "ServiceName", []Meaning{TargetName, NoService}},
		{Log{Product: "zeek", Service: "http"}, "host", []Meaning{WebHost}},
		{Log{Product: "zeek", Service: "software"}, "host", nil},
		{Log{Product: "zeek", Service: "http"}, "method", []Meaning{WebMethod}},
		{Log{Product: "zeek", Service: "sip"}, "method", nil},
		{Log{Product: "suricata", Service: "http"}, "http.url", []Meaning{URL, WebPath}},
		{Log{Product: "linux", Service: "postfix"}, "from", []Meaning{MailSender}},
		{Log{}, "from", nil},
		{Log{Product: "zeek"}, "Image", nil},
		{Log{}, "Image", []Meaning{Image}},
		{Log{}, "name", nil}, // of whom?
		{Log{Product: "m365"}, "UserId", []Meaning{SubjectAny, Mail}},
		{Log{Product: "linux"}, "SRC", []Meaning{SrcAddr}},
	} {
		var got []Meaning
		for _, u := range c.log.Of(c.field, false) {
			got = append(got, u.Meaning)
		}
		if len(got) != len(c.want) {
			t.Errorf("%v %s: %v, want %v", c.log, c.field, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v %s: %v, want %v", c.log, c.field, got, c.want)
			}
		}
	}
}
