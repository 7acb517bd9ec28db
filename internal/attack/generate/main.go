// Command generate writes the embedded ATT&CK table of package attack from
// two files: the knowledge base as JSON (tactics and techniques of v18.1) and
// a CSV of replaced ids. What v19 changed beyond that is in v19.go.
//
// The table is tab separated text, one fact a line:
//
//	T  id  name  tactic codes  [r]   a technique; r: no longer in use
//	S  old id  new id                a replaced id and its direct successor
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	base := flag.String("base", "", "ATT&CK knowledge base, JSON")
	replaced := flag.String("replaced", "", "replaced ids, CSV with old_id, old_name, new_id, new_name, source")
	date := flag.String("date", "", "date for the header, YYYY-MM-DD")
	out := flag.String("o", "table.txt", "file to write")
	flag.Parse()
	if err := run(*base, *replaced, *date, *out); err != nil {
		log.Fatal(err)
	}
}

func run(base, replaced, date, out string) error {
	t := table{techniques: map[string]technique{}, successors: map[string]string{}}
	if err := t.readBase(base); err != nil {
		return fmt.Errorf("reading %s: %w", base, err)
	}
	if err := t.readReplaced(replaced); err != nil {
		return fmt.Errorf("reading %s: %w", replaced, err)
	}
	t.applyV19()
	return os.WriteFile(out, t.text(date), 0o644)
}

type technique struct {
	Name    string   `json:"name"`
	Tactics []string `json:"tactics"`
	Retired bool     `json:"retired"`
}

type table struct {
	origin     []string
	techniques map[string]technique
	successors map[string]string
}

func (t *table) readBase(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc struct {
		Source     string               `json:"source"`
		Techniques map[string]technique `json:"techniques"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	t.techniques = doc.Techniques
	t.origin = append(t.origin, doc.Source)
	return nil
}

func (t *table) readReplaced(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		t.replace(row[0], row[1], row[2], row[3])
	}
	t.origin = append(t.origin, rows[1][4])
	return nil
}

// replace notes that old was replaced by a newer id. The newer one inherits
// the old one's tactics when the knowledge base does not know it yet.
func (t *table) replace(old, oldName, id, name string) {
	t.successors[old] = id
	was, known := t.techniques[old]
	if !known {
		was.Name = oldName
	}
	was.Retired = true
	t.techniques[old] = was
	if _, known := t.techniques[id]; !known {
		t.techniques[id] = technique{Name: name, Tactics: was.Tactics}
	}
}

func (t *table) text(date string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# ATT&CK table of Tyto, written by internal/attack/generate on %s. Do not edit.\n", date)
	for _, o := range t.origin {
		fmt.Fprintf(&b, "# origin: %s\n", o)
	}
	b.WriteString("# tactics follow ATT&CK v19, where Defense Evasion became Stealth and Defense Impairment\n")
	for _, id := range sortedKeys(t.techniques) {
		x := t.techniques[id]
		fmt.Fprintf(&b, "T\t%s\t%s\t%s", id, x.Name, strings.Join(codes(x.Tactics), ","))
		if x.Retired {
			b.WriteString("\tr")
		}
		b.WriteByte('\n')
	}
	for _, old := range sortedKeys(t.successors) {
		fmt.Fprintf(&b, "S\t%s\t%s\n", old, t.successors[old])
	}
	return b.Bytes()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
