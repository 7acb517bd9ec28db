//go:build ignore

// Command generate writes the embedded table of package warninglist from a
// checkout of the public warninglists, one folder with a list.json per list:
//
//	go run generate.go -from FOLDER -date YYYY-MM-DD -o table.zst
//
// The table is text, compressed: comment lines start with "#", a line that
// starts with "@" begins a list (name, title, version, effect, form, separated
// by tabs), and every other line is one entry of that list. Hashes are cut to
// their first 64 bits, which is enough to tell 25,000 of them apart.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// effects says what a list means for an indicator; lists that are not named
// here are left out of the table.
var effects = map[string]string{
	"refuse": `rfc1918 rfc5735 rfc6598 rfc3849 rfc6761 multicast ipv6-linklocal tlds second-level-tlds
		empty-hashes eicar.com common-ioc-false-positive ti-falsepositives`,
	"downrank": `cisco_top1000 tranco10k alexa moz-top500 majestic_million microsoft microsoft-office365
		microsoft-office365-ip microsoft-win10-connection-endpoints google security-provider-blogpost
		automated-malware-analysis crl-hostname crl-ip captive-portals public-dns-v4 public-dns-v6
		google-gmail-sending-ips smtp-sending-ips university_domains`,
	"rescope": `fastly cloudflare akamai bunny-net stackpath amazon-aws microsoft-azure google-gcp
		oracle-oci ovh-cluster github zscaler`,
	"raise": `lots-project dynamic-dns vpn-ipv4 url-shortener whats-my-ip parking-domain
		parking-domain-ns sinkholes disposable-email`,
}

type list struct {
	Name    string          `json:"name"`
	Version json.RawMessage `json:"version"`
	Type    string          `json:"type"`
	List    []string        `json:"list"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	from := flag.String("from", "", "folder with one folder per list")
	date := flag.String("date", "", "date for the header, YYYY-MM-DD")
	out := flag.String("o", "table.zst", "file to write")
	flag.Parse()
	text, err := build(*from, *date)
	if err != nil {
		log.Fatal(err)
	}
	if err := write(*out, text); err != nil {
		log.Fatal(err)
	}
}

func build(from, date string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# date\t%s\n# origin\tMISP warninglists (CC0 1.0)\n", date)
	for _, effect := range []string{"refuse", "downrank", "rescope", "raise"} {
		for _, name := range strings.Fields(effects[effect]) {
			if err := add(&b, from, name, effect); err != nil {
				return nil, fmt.Errorf("reading list %s: %w", name, err)
			}
		}
	}
	return b.Bytes(), nil
}

func add(b *bytes.Buffer, from, name, effect string) error {
	raw, err := os.ReadFile(filepath.Join(from, name, "list.json"))
	if err != nil {
		return err
	}
	var l list
	if err := json.Unmarshal(raw, &l); err != nil {
		return err
	}
	form := form(name, l)
	fmt.Fprintf(b, "@%s\t%s\t%s\t%s\t%s\n", name, l.Name, strings.Trim(string(l.Version), `"`), effect, form)
	for _, e := range entries(l.List, form) {
		b.WriteString(e)
		b.WriteByte('\n')
	}
	return nil
}

// form is how entries of a list compare. Lists of domains that the public
// project compares as substrings are compared by whole labels here.
func form(name string, l list) string {
	switch {
	case l.Type == "cidr":
		return "cidr"
	case strings.Contains(name, "hash") || name == "eicar.com" || strings.Contains(name, "false"):
		return "hash"
	case name == "tlds" || name == "second-level-tlds":
		return "suffixes"
	case l.Type == "hostname" || l.Type == "substring":
		return "hostname"
	}
	return "string"
}

var hexOnly = regexp.MustCompile(`^[0-9a-f]{32,}$`)

func entries(in []string, form string) []string {
	var out []string
	for _, e := range in {
		e = strings.ToLower(strings.TrimSpace(e))
		if form == "hash" {
			if !hexOnly.MatchString(e) {
				continue
			}
			e = e[:16]
		}
		if e != "" && !strings.ContainsAny(e, "\n@#") {
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func write(path string, text []byte) error {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return err
	}
	return os.WriteFile(path, z.EncodeAll(text, nil), 0o644)
}
