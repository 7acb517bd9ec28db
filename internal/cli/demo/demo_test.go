package demo

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tyto/evtx"
)

// evidence writes the demonstration and returns its files by path inside the
// folder, members of the zip file included.
func evidence(t *testing.T, seed uint64) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	paths, err := Write(dir, seed)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.ToSlash(name)] = data
	}
	return files
}

// generated is the evidence of the default seed, written once for all tests
// that only read it.
var generated struct {
	sync.Once
	files map[string][]byte
}

func standard(t *testing.T) map[string][]byte {
	t.Helper()
	generated.Do(func() { generated.files = evidence(t, DefaultSeed) })
	if generated.files == nil {
		t.Fatal("the evidence could not be written")
	}
	return generated.files
}

// members unpacks the zip file with the shadow copy.
func members(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[filepath.Base(f.Name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// A record is one event read back: its identity and the text of all values.
type record struct {
	id   int
	num  uint64
	text string // path=value lines
}

func records(t *testing.T, log []byte) []record {
	t.Helper()
	f, err := evtx.Open(bytes.NewReader(log), int64(len(log)))
	if err != nil {
		t.Fatal(err)
	}
	var out []record
	rep, err := f.Read(evtx.NewDecoder(evtx.NewStore()), func(r *evtx.Record) bool {
		var b strings.Builder
		for _, v := range r.Values() {
			path := r.Layout().Fields[v.Field].Path
			b.WriteString(path[strings.LastIndexByte(path, '.')+1:] + "=" + string(r.AppendText(nil, v)) + "\n")
		}
		out = append(out, record{r.EventID(), r.EventRecordID(), b.String()})
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Counts) > 0 {
		t.Errorf("damage in a log just written: %v", rep.Counts)
	}
	return out
}

func TestEqualSeedsGiveEqualBytes(t *testing.T) {
	a, b, c := evidence(t, 1), evidence(t, 1), evidence(t, 2)
	same := 0
	for name, data := range a {
		if !bytes.Equal(data, b[name]) {
			t.Errorf("%s differs between two runs", name)
		}
		if sha256.Sum256(data) == sha256.Sum256(c[name]) {
			same++
		}
	}
	if len(a) != 19 || len(a) != len(c) {
		t.Errorf("%d and %d files, want 19", len(a), len(c))
	}
	if same == len(a) {
		t.Error("the seed changes nothing")
	}
}

// story is what README.md promises: a record with these texts in that log.
var story = []struct {
	step, file string
	id         int
	texts      []string
}{
	{"guessed passwords", "DC01/Security.evtx", 4776, []string{"TargetUserName=adm-infra\n", "Status=0xc000006a\n"}},
	{"beacon start", "EX01/Sysmon", 1, []string{"nlog.dll,Start", "User=CORP\\adm-infra\n"}},
	{"beacon look-up", "EX01/Sysmon", 22, []string{"cloudlibraries.global.ssl.fastly.net"}},
	{"group question", "EX01/Sysmon", 1, []string{`net  group "domain admins" /domain`}},
	{"copy over a share", "EX01/Sysmon", 1, []string{`/C copy C:\users\public\music\go4.cab \\FS01\c$`}},
	{"share opened", "FS01/Security.evtx", 5140, []string{`ShareName=\\*\C$`, "IpAddress=10.20.10.30\n"}},
	{"cabinet arrives", "FS01/Security.evtx", 5145, []string{`DRM\go4.cab`, "AccessMask=0x12019f\n"}},
	{"cabinet seen by Sysmon", "FS01/Sysmon", 11, []string{`TargetFilename=C:\ProgramData\Microsoft\DRM\go4.cab`, "Image=System\n"}},
	{"expand", "EX01/Sysmon", 1, []string{`\expand.exe`, "-f:*"}},
	{"PsExec service", "FS01/System.evtx", 7045, []string{"ServiceName=PSEXESVC\n", "StartType=demand start\n"}},
	{"PsExec pipe names its source", "FS01/Security.evtx", 5145, []string{"RelativeTargetName=PSEXESVC-EX01-", "-stdin\n"}},
	{"batch file", "FS01/Sysmon", 1, []string{`g2.bat`, `ParentImage=C:\Windows\PSEXESVC.exe`}},
	{"side-load", "FS01/Sysmon", 7, []string{`WinDrive\K7AVWScn.dll`, "Signed=false\n", "IMPHASH=C619772C353F1B1A5915BAB7545E93AF"}},
	{"Run value", "FS01/Sysmon", 13, []string{`CurrentVersion\Run\Windrive`}},
	{"service", "FS01/System.evtx", 7045, []string{"ServiceName=Windows Drive Security\n", `WinDrive\K7AVMScn.exe`}},
	{"service by its short name", "FS01/Security.evtx", 4697, []string{"ServiceName=Windrive\n"}},
	{"second rung", "FS01/Sysmon", 1, []string{`K7AVMScn.exe" /a`}},
	{"third rung", "FS01/Sysmon", 1, []string{`K7AVMScn.exe" /u `}},
	{"pipe", "FS01/Sysmon", 17, []string{`PipeName=\Key500`}},
	{"tunnel name", "FS01/Sysmon", 22, []string{"QueryName=cdn728a66b0.smartlinkcorp.net\n"}},
	{"downgraded engine", "FS01/Windows PowerShell.evtx", 400, []string{"HostVersion=2.0", "EngineVersion=2.0"}},
	{"present engine", "FS01/Windows PowerShell.evtx", 400, []string{"EngineVersion=5.1.17763.1", "HostApplication="}},
	{"WMI at the source", "EX01/Sysmon", 1, []string{"wmic  /node:10.20.30.41 process call create"}},
	{"WMI at the target", "WS-041/Sysmon", 1, []string{"182.bat", `\wbem\WmiPrvSE.exe`}},
	{"second pair", "WS-041/Sysmon", 7, []string{`brlogapi64.dll`, "Signed=false\n", `Image=C:\ProgramData\Microsoft\DRM\brdifxapi.exe`}},
	{"stealer's service", "WS-041/System.evtx", 7045, []string{"ServiceName=Net Connection\n"}},
	{"victim list", "WS-041/Sysmon", 11, []string{"7C809B4866086EF7FB1AB722F94DF5AF493B80DB"}},
	{"orders", "WS-041/Sysmon", 22, []string{"raw.githubusercontent.com"}},
	{"passwords read", "WS-041/Security.evtx", 4663, []string{`Default\Login Data`}},
	{"stores packed", "WS-041/Sysmon", 1, []string{"tar.exe -cf", "browser_temp_data"}},
	{"mailed away", "WS-041/Sysmon", 3, []string{"DestinationPort=587\n"}},
	{"controller asked", "DC01/Security.evtx", 4688, []string{"net localgroup administrators", `\wbem\WmiPrvSE.exe`}},
	{"archive", "EX01/Sysmon", 1, []string{"-hpforeverthegod", "-ta20260201", `ime\out1.tmp \\10.20.10.21\projects`}},
	{"documents read", "FS01/Security.evtx", 5145, []string{`ministry\plan.pdf`, "IpAddress=10.20.10.30\n"}},
	{"first upload", "EX01/Sysmon", 1, []string{`ParentCommandLine=C:\Windows\system32\cmd.exe /C curl`, "https://file.io"}},
	{"second upload", "EX01/Sysmon", 22, []string{"api.anonfiles.com"}},
	{"service deleted", "FS01/Sysmon", 12, []string{"EventType=DeleteKey\n", `Services\Windrive`}},
	{"files deleted", "FS01/Sysmon", 26, []string{`WinDrive\K7AVWScn.dll`}},
	{"Security log cleared", "EX01/Security.evtx", 1102, []string{"SubjectUserName=adm-infra\n"}},
	{"System log cleared", "EX01/System.evtx", 104, []string{"Channel=System\n"}},
	{"second round", "FS01/System.evtx", 7045, []string{"ServiceName=MsSecEsSvc\n"}},
	{"second loader", "FS01/Sysmon", 7, []string{`Network\mpclient.dll`, "Signed=false\n"}},
}

func TestEveryStepOfTheStoryIsInTheLogs(t *testing.T) {
	tell(t, standard(t))
	tell(t, evidence(t, 77)) // the seed never changes the story
}

func tell(t *testing.T, files map[string][]byte) {
	t.Helper()
	read := map[string][]record{}
	for _, s := range story {
		name := s.file
		if strings.HasSuffix(name, "/Sysmon") {
			name = strings.TrimSuffix(name, "Sysmon") + logName(channelSysmon)
		}
		if read[name] == nil {
			read[name] = records(t, files[name])
		}
		if !find(read[name], s.id, s.texts) {
			t.Errorf("%s: no event %d with %q in %s", s.step, s.id, s.texts, name)
		}
	}
}

func find(rs []record, id int, texts []string) bool {
	for _, r := range rs {
		all := r.id == id
		for _, s := range texts {
			all = all && strings.Contains(r.text, s)
		}
		if all {
			return true
		}
	}
	return false
}

func TestDowngradedRecordsLackTheApplication(t *testing.T) {
	log := standard(t)["FS01/Windows PowerShell.evtx"]
	seen := 0
	for _, r := range records(t, log) {
		if strings.Contains(r.text, "HostVersion=2.0\r\n") {
			seen++
			if strings.Contains(r.text, "HostApplication") {
				t.Errorf("event %d of version 2 names the application", r.id)
			}
		}
	}
	if seen != 8 { // six providers, started, stopped
		t.Errorf("%d records of version 2, want 8", seen)
	}
}

func TestClearedLogSurvivesInTheShadowCopy(t *testing.T) {
	files := standard(t)
	copies := members(t, files["EX01-shadow-copy.zip"])
	guess := []string{"TargetUserName=adm-infra\n", "IpAddress=" + remoteIP + "\n"}
	live, shadow := records(t, files["EX01/Security.evtx"]), records(t, copies["Security.evtx"])
	if live[0].id != 1102 {
		t.Errorf("the cleared log starts with event %d, want 1102", live[0].id)
	}
	if find(live, 4625, guess) || !find(shadow, 4625, guess) {
		t.Error("the failed logons must be in the shadow copy only")
	}
	if live[0].num <= shadow[len(shadow)-1].num {
		t.Error("record numbers must go on after the log was cleared")
	}
	sysmon := logName(channelSysmon)
	now, then := records(t, files["EX01/"+sysmon]), records(t, copies[sysmon])
	for i, r := range then {
		if r != now[i] {
			t.Fatalf("record %d of the shadow copy differs from the live log", i)
		}
	}
}

func TestLogsHoldThousandsOfRecordsWithoutGaps(t *testing.T) {
	total := 0
	for name, data := range standard(t) {
		if !strings.HasSuffix(name, ".evtx") {
			continue
		}
		rs := records(t, data)
		total += len(rs)
		for i := 1; i < len(rs); i++ {
			if rs[i].num != rs[i-1].num+1 {
				t.Fatalf("%s: gap after record %d", name, rs[i-1].num)
			}
		}
	}
	if total < 5000 || total > 12000 {
		t.Errorf("%d records, want some thousands", total)
	}
	t.Logf("%d records", total)
}
