package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tyto/internal/detect"
	"tyto/internal/source/sourcetest"
)

// Damaged, dirty, odd and forwarded logs give every record they hold.
func TestCornerCasesGiveAllTheirRecords(t *testing.T) {
	root := sourcetest.Corpus(t, "evtx", "corner-cases")
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, "hunt", root, "-o", out)
	data, err := os.ReadFile(filepath.Join(out, "health.json"))
	if err != nil {
		t.Fatal(err)
	}
	var h detect.Health
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{
		"security.evtx": 2261, "security_bad_string_cache.evtx": 2261, "system.evtx": 1881, "sysmon.evtx": 358,
		"sample-with-irregular-bool-values.evtx": 3028, "sample-with-zero-data-size-event.evtx": 335,
		"sample_with_a_bad_chunk_magic.evtx":                                                   270,
		"2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx":          1910,
		"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx": 1774,
		"2-vss_7-System.evtx": 1160, "2-system-Microsoft-Windows-LiveId%4Operational.evtx": 399,
		"E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx":             340,
		"E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx": 459,
		"E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx":        1146,
		"Microsoft-Windows-HelloForBusiness%4Operational.evtx":                                 6,
		"Microsoft-Windows-LanguagePackSetup%4Operational.evtx":                                17,
		"MSExchange_Management_wec.evtx":                                                       1, "issue_201.evtx": 1, "Security_with_size_t.evtx": 636,
		"Application_no_crc32.evtx": 17, "post-Security.evtx": 126,
		"Security_short_selected.evtx": 7, "new-user-security.evtx": 4,
	}
	for _, f := range h.Files {
		name := filepath.Base(f.Path)
		if f.Records != want[name] {
			t.Errorf("%s: %d records, want %d", name, f.Records, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s: not told in health", name)
	}
	if h.Evidence.Records != 18397 || h.Evidence.Recovered == 0 {
		t.Errorf("%d records and %d recovered, want 18397 and some", h.Evidence.Records, h.Evidence.Recovered)
	}
}
