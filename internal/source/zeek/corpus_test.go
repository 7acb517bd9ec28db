package zeek

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// count counts the records of a log by other means than the reader: lines
// without #, or lines that the standard library takes for JSON.
func count(t *testing.T, in *source.Input) (records, damaged int64) {
	t.Helper()
	lines := bufio.NewReader(io.NewSectionReader(in, 0, in.Size))
	columns := 0
	for {
		line, err := lines.ReadBytes('\n')
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("#fields")):
			columns = bytes.Count(line, []byte("\t"))
		case len(line) == 0 || line[0] == '#':
		case line[0] == '{' && json.Valid(line), line[0] != '{' && fits(bytes.Count(line, []byte("\t"))+1, columns, err == nil):
			records++
		default:
			damaged++
		}
		if err == io.EOF {
			return records, damaged
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fits reports whether a row has its columns; one may be missing in a whole
// line.
func fits(have, want int, ended bool) bool { return have == want || ended && have == want-1 }

// readAll reads all logs below a folder and holds each to its own count. It
// returns the records by log, and the names of the files that are none.
func readAll(t *testing.T, root string) (byLog map[string]int64, damaged int64, others []string) {
	t.Helper()
	f := New()
	byLog = make(map[string]int64)
	for in, skip := range source.Walk(t.Context(), []string{root}, source.Options{}) {
		if skip != nil {
			t.Fatalf("skipped %+v", skip)
		}
		if !f.Claims(in.Name(), in.Head) {
			others = append(others, in.Name())
			in.Close()
			continue
		}
		var dates int64
		rep := sourcetest.Each(t, f, in, func(e *event.Event) bool {
			if e.Source.Product != product || e.Source.Service == "" {
				t.Fatalf("%s: event %+v", in.Path, e)
			}
			if !e.Time.IsZero() {
				dates++
			}
			byLog[e.Source.Service]++
			return true
		})
		records, bad := count(t, in)
		if rep.Records != records || rep.Damaged != bad || dates != records || rep.Bytes != in.Size {
			t.Errorf("%s %s: report %+v, want %d records, %d damaged; %d have a time", in.Path, in.Member, rep, records, bad, dates)
		}
		damaged += rep.Damaged
		in.Close()
	}
	return byLog, damaged, others
}

func check(t *testing.T, root string, want map[string]int64, wantDamaged int64, wantOthers string) {
	t.Helper()
	got, damaged, others := readAll(t, root)
	if !maps.Equal(got, want) || damaged != wantDamaged || strings.Join(others, " ") != wantOthers {
		t.Errorf("%s: %v, %d damaged, others %v; want %v, %d damaged, others %s", root, got, damaged, others, want, wantDamaged, wantOthers)
	}
}

func TestCorpusRotatedLogs(t *testing.T) {
	check(t, sourcetest.Corpus(t, "zeek", "beacon-missing-host"),
		map[string]int64{"conn": 105918, "http": 18829, "dns": 5432, "ssl": 139}, 0, "README")
}

func TestCorpusProxy(t *testing.T) {
	check(t, sourcetest.Corpus(t, "zeek", "proxy"), map[string]int64{
		"conn": 463, "http": 407, "ssl": 407, "dns": 942, "dhcp": 57, "files": 194, "x509": 173, "weird": 131}, 0, "")
}

func TestCorpusJSON(t *testing.T) {
	check(t, sourcetest.Corpus(t, "zeek", "json"), map[string]int64{
		"conn": 29 + 59, "dns": 34, "http": 10 + 20, "ssl": 10 + 20}, 0, "")
}

func TestCorpusOddLogs(t *testing.T) {
	root := sourcetest.Corpus(t, "zeek", "odd")
	for folder, want := range map[string]struct {
		logs    map[string]int64
		damaged int64
		others  string
	}{
		"truncated":         {map[string]int64{"conn": 58 + 3}, 2, "conn_top.log"},
		"has_unknown_field": {map[string]int64{"http": 5}, 0, ""},
		"text_file":         {map[string]int64{}, 0, "conn.log"},
		"open_sni":          {map[string]int64{"conn": 24, "http": 2, "ssl": 4}, 0, ""},
	} {
		check(t, filepath.Join(root, folder), want.logs, want.damaged, want.others)
	}
}

func TestCorpusAllLogsInOneFile(t *testing.T) {
	check(t, sourcetest.Corpus(t, "apt29", "zeek_day1", "combined_zeek.log"), map[string]int64{
		"conn": 613, "files": 448, "ssl": 378, "x509": 378, "dce_rpc": 123, "http": 62, "dns": 53, "kerberos": 35,
		"smb_files": 12, "dpd": 12, "weird": 12, "smb_mapping": 11, "notice": 2, "pe": 1}, 0, "")
}

func TestCorpusLogsPerHostHoldTheSameRecords(t *testing.T) {
	got, damaged, others := readAll(t, sourcetest.Corpus(t, "apt29", "zeek_day1", "individual_zeek_logs"))
	var sum int64
	for _, n := range got {
		sum += n
	}
	if sum != 2140 || damaged != 0 || len(others) != 0 {
		t.Errorf("%d records, %d damaged, others %v", sum, damaged, others)
	}
}

func TestCorpusCampaigns(t *testing.T) {
	var sum int64
	for _, name := range []string{"LSASS_campaign_01", "LSASS_campaign_02", "LSASS_campaign_03", "LSASS_campaign_04"} {
		logs, damaged, _ := readAll(t, sourcetest.Corpus(t, "otrf", "compound", name))
		for _, n := range logs {
			sum += n
		}
		if damaged != 0 {
			t.Errorf("%s: %d damaged", name, damaged)
		}
	}
	if sum != 1111 { // lines without #, counted with grep
		t.Errorf("%d records, want 1111", sum)
	}
}

func TestCorpusSensorsAndNames(t *testing.T) {
	path := sourcetest.Corpus(t, "apt29", "zeek_day1", "combined_zeek.log")
	hosts := make(map[string]int)
	var serial, share int
	for in := range source.Walk(t.Context(), []string{path}, source.Options{}) {
		sourcetest.Each(t, New(), in, func(e *event.Event) bool {
			hosts[e.Host]++
			if v, _ := e.Get("certificate.serial"); len(v) > 0 {
				serial++
			}
			if v, _ := e.Get("path"); strings.HasPrefix(string(v), `\\`) {
				share++
			}
			return true
		})
		in.Close()
	}
	if len(hosts) != 2 || hosts[""] != 0 || serial != 378 || share < 11 {
		t.Errorf("hosts %v, %d serials, %d shares", hosts, serial, share)
	}
}
