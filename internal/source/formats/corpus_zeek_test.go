package formats_test

import (
	"maps"
	"testing"

	"tyto/internal/source/sourcetest"
)

// TestZeekFolders reads each file of the Zeek corpora that are whole, rotated
// and packed ones too: as many events as lines.
func TestZeekFolders(t *testing.T) {
	needs(t, "zeek")
	for _, c := range []struct {
		name string
		dir  []string
		logs map[string]int64 // counts that their authors published or that were made with other tools
	}{
		{"beacon without host", []string{"zeek", "beacon-missing-host"}, map[string]int64{"conn": 105_918, "http": 18_829, "dns": 5_432, "ssl": 139}},
		{"proxy", []string{"zeek", "proxy"}, map[string]int64{"conn": 463, "http": 407, "ssl": 407, "dns": 942, "dhcp": 57, "files": 194, "x509": 173, "weird": 131}},
		{"json", []string{"zeek", "json"}, map[string]int64{"conn": 29 + 59, "dns": 34, "http": 10 + 20, "ssl": 10 + 20}},
		{"open connections", []string{"zeek", "odd", "open_sni"}, map[string]int64{"conn": 24, "http": 2, "ssl": 4}},
		{"one host's logs", []string{"apt29", "zeek_day1", "individual_zeek_logs"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := sourcetest.Corpus(t, c.dir...)
			read, skipped := survey(t, root)
			for _, path := range files(t, root) {
				if path == "README" {
					continue
				}
				got, ok := found(read, path)
				if !ok {
					t.Errorf("%s is not read: %q", path, skipped[path])
					continue
				}
				whole(t, path, "zeek", got, rowsIn(t, root+"/"+path))
			}
			if c.logs != nil {
				if got := services(read); !maps.Equal(got, c.logs) {
					t.Errorf("events by log %v, want %v", got, c.logs)
				}
			}
		})
	}
}

// services adds up the events of Zeek by its logs.
func services(read map[string]outcome) map[string]int64 {
	_, logs := sum(read)
	out := map[string]int64{}
	for log, n := range logs {
		out[log[lastSlash(log)+1:]] += n
	}
	return out
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}

// TestZeekStreams reads a file with all logs of two sensors in one.
func TestZeekStreams(t *testing.T) {
	needs(t, "zeek")
	root := sourcetest.Corpus(t, "apt29", "zeek_day1")
	read, _ := survey(t, root)
	const path = "combined_zeek.log"
	whole(t, path, "zeek", read[path], rowsIn(t, root+"/"+path))
	want := map[string]int64{
		"conn": 613, "files": 448, "ssl": 378, "x509": 378, "dce_rpc": 123, "http": 62, "dns": 53,
		"kerberos": 35, "smb_files": 12, "dpd": 12, "weird": 12, "smb_mapping": 11, "notice": 2, "pe": 1,
	}
	if got := services(map[string]outcome{path: read[path]}); !maps.Equal(got, want) {
		t.Errorf("events by log %v, want %v", got, want)
	}
}

// TestOddZeekLogs reads logs that are cut, lack their header, have columns
// nobody knows or are no logs at all.
func TestOddZeekLogs(t *testing.T) {
	needs(t, "zeek")
	read, _ := survey(t, sourcetest.Corpus(t, "zeek", "odd"))
	for _, c := range []struct {
		path, format     string
		records, damaged int64
		told             int
	}{
		{"truncated/conn.log", "zeek", 58, 1, 1},
		{"truncated/conn_json.log", "zeek", 3, 1, 1},
		{"truncated/conn_top.log", "", 0, 0, 0},         // no header: what columns mean would be a guess
		{"has_unknown_field/http.log", "zeek", 5, 0, 1}, // its first row has one field less than the header
		{"text_file/conn.log", "", 0, 0, 0},
	} {
		got, ok := read[c.path]
		if !ok || got.format != c.format || got.Records != c.records || got.Damaged != c.damaged || len(got.Damage) != c.told {
			t.Errorf("%s: %d records, %d damaged %+v as %q, want %d, %d (%d told) as %q",
				c.path, got.Records, got.Damaged, got.Damage, got.format, c.records, c.damaged, c.told, c.format)
		}
	}
}
