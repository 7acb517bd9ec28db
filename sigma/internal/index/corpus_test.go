package index

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tyto/sigma/internal/logic"
)

// corpus returns the folder of test corpora, or skips the test.
func corpus(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("TYTO_CORPORA")
	for up := "."; dir == "" && len(up) < 40; up = filepath.Join(up, "..") {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			dir = filepath.Join(up, "..", "shared", "corpora")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "sigma-trees.ndjson")); err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			tb.Fatalf("corpora are required: %v", err)
		}
		tb.Skipf("no corpora: %v", err)
	}
	return dir
}

// A tree is one node of the reference compiler's output.
type tree struct {
	And, Or []tree
	Not     *tree
	F, K, V string
	P       []string
	Fl      string
	SW, EW  bool
}

func (t *tree) expr() *logic.Expr {
	list := func(op logic.Op, args []tree) *logic.Expr {
		x := &logic.Expr{Op: op}
		for i := range args {
			x.Args = append(x.Args, args[i].expr())
		}
		return x
	}
	switch {
	case t.And != nil:
		return list(logic.And, t.And)
	case t.Or != nil:
		return list(logic.Or, t.Or)
	case t.Not != nil:
		return &logic.Expr{Op: logic.Not, Args: []*logic.Expr{t.Not.expr()}}
	}
	return &logic.Expr{Op: logic.Atom, Leaf: t.leaf()}
}

var treeKinds = map[string]logic.Kind{
	"contains": logic.Contains, "startswith": logic.StartsWith, "endswith": logic.EndsWith,
	"exact": logic.Exact, "number": logic.Number, "cidr": logic.CIDR, "glob": logic.Glob,
	"regex": logic.Regex, "null": logic.Null, "empty": logic.Empty, "star": logic.Present,
	"fieldref": logic.FieldRef, "bool": logic.BoolIs, "placeholder": logic.Never,
}

func (t *tree) leaf() *logic.Leaf {
	l := &logic.Leaf{Field: t.F, Kind: treeKinds[t.K], Text: t.V, Flags: strings.ToLower(t.Fl)}
	switch l.Kind {
	case logic.BoolIs:
		l.Text = strings.ToLower(t.V)
	case logic.FieldRef:
		l.Other = t.V
		if t.SW {
			l.Rel = logic.RelStartsWith
		} else if t.EW {
			l.Rel = logic.RelEndsWith
		}
	case logic.Glob:
		for _, p := range t.P {
			if p == "\x00*" || p == "\x00?" {
				l.Parts = append(l.Parts, logic.Part{Wild: p[1]})
			} else {
				l.Parts = append(l.Parts, logic.Part{Lit: p})
			}
		}
	}
	return l
}

// A ruleSet is all rules of the corpus as one program with scopes.
type ruleSet struct {
	paths []string
	exprs []*logic.Expr
	prog  *Program
	mu    sync.Mutex
	sc    map[string]*Scope
}

func readRules(tb testing.TB) *ruleSet {
	tb.Helper()
	f, err := os.Open(filepath.Join(corpus(tb), "sigma-trees.ndjson"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rs := &ruleSet{sc: map[string]*Scope{}}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var rec struct {
			Path string
			Tree tree
		}
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			tb.Fatal(err)
		}
		rs.paths = append(rs.paths, rec.Path)
		rs.exprs = append(rs.exprs, rec.Tree.expr())
	}
	if len(rs.exprs) < 3000 {
		tb.Fatalf("only %d rules", len(rs.exprs))
	}
	rs.prog = Compile(rs.exprs)
	return rs
}

// sysmonCategory names the folder or file-name part of the rules that a Sysmon
// event belongs to.
var sysmonCategory = map[int][]string{
	1: {"process_creation", "proc_creation"}, 2: {"file_change"},
	3: {"network_connection", "net_connection"}, 6: {"driver_load"}, 7: {"image_load"},
	8: {"create_remote_thread"}, 9: {"raw_access_thread"}, 10: {"process_access", "proc_access"},
	11: {"file_event"}, 12: {"registry_event", "registry_add", "registry_delete"},
	13: {"registry_event", "registry_set"}, 14: {"registry_event", "registry_rename"},
	15: {"create_stream_hash"}, 17: {"pipe_created"}, 18: {"pipe_created"}, 22: {"dns_query"},
	23: {"file_delete"}, 25: {"process_tampering"},
}

var channelRules = map[string][]string{
	"security":           {"builtin/security/", "win_security"},
	"system":             {"builtin/system/", "win_system"},
	"application":        {"builtin/application/"},
	"windows powershell": {"powershell_classic", "posh_pc"},
	"microsoft-windows-powershell/operational":       {"powershell_module", "powershell_script", "posh_ps", "posh_pm"},
	"microsoft-windows-taskscheduler/operational":    {"taskscheduler"},
	"microsoft-windows-wmi-activity/operational":     {"builtin/wmi"},
	"microsoft-windows-bits-client/operational":      {"bits_client"},
	"microsoft-windows-windows defender/operational": {"windefend", "/av_"},
}

// scope returns the rules for a channel and event id: a rough form of what the
// log source mapping does, by the names of the rule files.
func (rs *ruleSet) scope(channel string, id int) *Scope {
	channel = strings.ToLower(channel)
	key := channel + "\x00" + strconv.Itoa(id)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if sc := rs.sc[key]; sc != nil {
		return sc
	}
	parts := channelRules[channel]
	switch {
	case channel == "microsoft-windows-sysmon/operational":
		parts = sysmonCategory[id]
	case channel == "security" && id == 4688:
		parts = append(append([]string{}, parts...), sysmonCategory[1]...)
	case channel == "security" && id == 5156:
		parts = append(append([]string{}, parts...), sysmonCategory[3]...)
	}
	var members []int32
	for i, path := range rs.paths {
		if strings.Contains(path, "win_alert_mimikatz_keywords") {
			members = append(members, int32(i))
		}
		for _, part := range parts {
			if strings.Contains(path, "windows") || strings.Contains(path, "emerging") {
				if strings.Contains(path, part) {
					members = append(members, int32(i))
					break
				}
			}
		}
	}
	sc := rs.prog.Scope(members)
	rs.sc[key] = sc
	return sc
}

// A sample is one event, decoded.
type sample struct {
	kind   string // for benchmarks by type
	scope  *Scope
	values []Value
}

// headers are fields that keywords do not look into.
var headers = map[string]bool{
	"@timestamp": true, "@version": true, "Channel": true, "Hostname": true, "EventTime": true, "EventID": true,
	"EventReceivedTime": true, "RecordNumber": true, "ProviderGuid": true, "SourceName": true, "SourceModuleName": true,
	"SourceModuleType": true, "Severity": true, "SeverityValue": true, "Keywords": true, "Version": true, "Task": true,
	"ThreadID": true, "ExecutionProcessID": true, "Opcode": true, "OpcodeValue": true, "port": true, "host": true, "tags": true,
	"EventTypeOrignal": true, "Category": true, "UserID": true, "Domain": true, "AccountName": true, "AccountType": true,
}

// decode turns one NXLog-shaped JSON line into a sample.
func (rs *ruleSet) decode(line []byte) (sample, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return sample{}, err
	}
	channel, _ := m["Channel"].(string)
	id, _ := strconv.Atoi(fmt.Sprint(m["EventID"]))
	s := sample{kind: kindOf(channel, id), scope: rs.scope(channel, id)}
	names := make([]string, 0, len(m))
	for name := range m {
		if name != "Message" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		s.values = rs.values(s.values, name, m[name])
	}
	if id == 4688 {
		for _, alias := range [][2]string{{"Image", "NewProcessName"}, {"ParentImage", "ParentProcessName"}} {
			s.values = rs.values(s.values, alias[0], m[alias[1]])
		}
	}
	pack(s.values)
	return s, nil
}

// pack lays all texts of an event side by side, as a decoder would.
func pack(values []Value) {
	size := 0
	for _, v := range values {
		size += len(v.Text)
	}
	block := make([]byte, 0, size)
	for i, v := range values {
		start := len(block)
		block = append(block, v.Text...)
		values[i].Text = block[start:len(block):len(block)]
	}
}

func (rs *ruleSet) values(out []Value, name string, v any) []Value {
	val := Value{Field: rs.prog.FieldID(name), Search: !headers[name]}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = rs.values(out, name, x)
		}
		return out
	case nil:
		val.Kind = Null
	case string:
		val.Text = []byte(v)
	case json.Number:
		val.Kind, val.Text = Number, []byte(v)
	case bool:
		val.Kind, val.Text = Bool, []byte(strconv.FormatBool(v))
	default:
		return out
	}
	return append(out, val)
}

func kindOf(channel string, id int) string {
	switch c := strings.ToLower(channel); {
	case c == "microsoft-windows-sysmon/operational":
		return fmt.Sprintf("sysmon%02d", id)
	case c == "security" && id == 4688:
		return "security4688"
	case c == "security":
		return "security"
	case strings.Contains(c, "powershell") && id == 4104:
		return "posh4104"
	case strings.Contains(c, "powershell"):
		return "posh"
	}
	return "other"
}

// eachEvent calls yield for up to limit host events of the captures, taking
// every step-th.
func (rs *ruleSet) eachEvent(tb testing.TB, limit, step int, yield func(sample)) {
	tb.Helper()
	zips, err := filepath.Glob(filepath.Join(corpus(tb), "otrf", "*", "*.zip"))
	more, _ := filepath.Glob(filepath.Join(corpus(tb), "otrf", "*", "*", "*.zip"))
	zips = append(zips, more...)
	if err != nil || len(zips) == 0 {
		tb.Fatalf("no captures: %v", err)
	}
	n, seen := 0, 0
	for _, name := range zips {
		if strings.Contains(name, "zeek") {
			continue
		}
		err := eachLine(name, func(line []byte) bool {
			if seen++; seen%step != 0 {
				return true
			}
			s, err := rs.decode(line)
			if err != nil {
				return true // captures hold a few broken lines
			}
			yield(s)
			n++
			return n < limit
		})
		if err != nil {
			tb.Fatal(err)
		}
		if n >= limit {
			return
		}
	}
}

func eachLine(name string, yield func([]byte) bool) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".json") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		if err := linesOf(r, yield); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func linesOf(r io.ReadCloser, yield func([]byte) bool) error {
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if !yield(lines.Bytes()) {
			return nil
		}
	}
	return lines.Err()
}
