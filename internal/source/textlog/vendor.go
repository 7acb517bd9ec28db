package textlog

import (
	"bytes"

	"tyto/internal/event"
)

// A Report is what formats that carry the events of many products (CEF, LEEF)
// say of one event, under whatever names. Absent is nil.
type Report struct {
	Vendor, Product, Name []byte
	Action                []byte
	Src, Dst              []byte
	SrcPort, DstPort      []byte
	Request               Request
	File, Threat          []byte // path or name of a file, and what was found in it
	Query                 []byte // name asked of DNS
}

// Bind adds the names that rules use for a report and returns its source.
func (r *Record) Bind(rep *Report) event.Source {
	src := event.Source{Product: productOf(rep.Vendor)}
	r.AliasOnce("src_ip", rep.Src)
	r.AliasOnce("dst_ip", rep.Dst)
	r.AliasOnce("src_port", rep.SrcPort)
	r.AliasOnce("dst_port", rep.DstPort)
	switch {
	case len(rep.Request.URL) > 0:
		src.Category = "proxy"
		rep.Request.Client, rep.Request.Server = rep.Src, rep.Dst
		r.ProxyAliases(&rep.Request)
	case len(rep.Query) > 0:
		src.Category = "dns"
		r.AliasOnce("query", bytes.TrimSuffix(rep.Query, []byte(".")))
	case len(rep.File) > 0 && isAntivirus(rep):
		src.Category = "antivirus"
		r.AliasOnce("Filename", rep.File)
		r.AliasOnce("Signature", rep.Threat)
		r.AliasOnce("Signature", rep.Name)
	case len(rep.Src) > 0 && len(rep.Dst) > 0 && len(rep.Action)+len(rep.DstPort) > 0:
		src.Category = "firewall"
		if len(rep.Action) > 0 {
			r.Verdict(rep.Action)
		}
	}
	return src
}

// productOf returns Sigma's name for the products of a vendor.
func productOf(vendor []byte) string {
	for _, v := range []struct{ word, product string }{
		{"palo alto", "paloalto"}, {"fortinet", "fortigate"}, {"cisco", "cisco"}, {"zscaler", "zscaler"},
		{"check point", "checkpoint"}, {"juniper", "juniper"}, {"huawei", "huawei"}, {"f5", "f5"},
	} {
		if hasWord(vendor, v.word) {
			return v.product
		}
	}
	return ""
}

// isAntivirus reports whether a report with a file in it is of malware.
func isAntivirus(rep *Report) bool {
	if len(rep.Threat) > 0 {
		return true
	}
	for _, text := range [][]byte{rep.Name, rep.Product} {
		low := bytes.ToLower(text)
		for _, w := range []string{"virus", "malware", "trojan", "threat", "endpoint protection", "quarantin", "infected"} {
			if bytes.Contains(low, []byte(w)) {
				return true
			}
		}
	}
	return false
}
