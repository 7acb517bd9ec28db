package formats

import (
	"fmt"
	"io"
	"strings"
)

// A Description says in words what a format is. docs/formats.md and the table
// of "tyto rules list --coverage" are made of these.
type Description struct {
	Name       string // as in health
	What       string // whose log it is
	Recognised string // by what, never by its name
	Windows    bool   // its events are those of Windows: channel, event id and provider decide
	Feeds      []Feed // log sources of its other events
	Limits     string
}

// A Feed is a log source in Sigma's words. A rule reads it when every attribute
// that the rule sets is the same here.
type Feed struct{ Product, Category, Service string }

// String returns the attributes that are set, joined by slashes.
func (f Feed) String() string {
	var parts []string
	for _, p := range []string{f.Product, f.Category, f.Service} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "/")
}

// Serves reports whether a rule with these attributes reads the feed.
func (f Feed) Serves(product, category, service string) bool {
	return (product == "" || product == f.Product) &&
		(category == "" || category == f.Category) &&
		(service == "" || service == f.Service || f.Service == "*" && product != "")
}

// feeds reads "product/category/service" words: "-" for none, "*" for a
// service of many names, such as Zeek's logs.
func feeds(words ...string) []Feed {
	var out []Feed
	for _, w := range words {
		p := strings.Split(w, "/")
		for i := range p {
			if p[i] == "-" {
				p[i] = ""
			}
		}
		out = append(out, Feed{p[0], p[1], p[2]})
	}
	return out
}

// Write writes the table of all formats in Markdown.
func Write(w io.Writer) error {
	if _, err := io.WriteString(w, tableHead); err != nil {
		return err
	}
	for _, d := range Descriptions() {
		var fed []string
		for _, f := range d.Feeds {
			fed = append(fed, "`"+f.String()+"`")
		}
		if d.Windows {
			fed = append(fed, "the Windows log sources, by channel, event id and provider of each record")
		}
		if len(fed) == 0 {
			fed = append(fed, "what the user says")
		}
		_, err := fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", d.Name, d.What, d.Recognised, strings.Join(fed, " "), d.Limits)
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, mapExample)
	return err
}

const tableHead = `# Formats

What Tyto reads, how it knows it, and which log sources of rules it feeds. Formats are recognised by content,
never by a file's name. Archives (zip with passwords, tar, gz, zst, bz2, nested ones too)
are opened wherever they occur. A file that no format claims is named in ` + "`health.json`" + ` with the shape of its first bytes.

This table is checked by a test; each format's folder says more in its package comment.

| format | what it is | recognised by | feeds | limits |
|---|---|---|---|---|
`

// mapExample is how docs/formats.md shows --map.
const mapExample = `
## Logs of other kinds

JSON lines of a kind that Tyto does not know are read all the same: words, indicators and searches see them. So that
rules apply, say what the log is, and under which names rules ask for its fields:

` + "```" + `
tyto hunt app.jsonl --as linux/process_creation --map names.yml
` + "```" + `

` + "```yaml" + `
source: linux/process_creation   # what --as says; --as wins
time: event.created              # or a list, best first
host: host.name
fields:                          # the log's name: the rules' name, or a list of them
  process.executable: Image
  process.command_line: CommandLine
  url.full: [c-uri, cs-uri]
` + "```" + `

All keys may be left out. Mapped fields keep their own names too. With a source, text without any known form is read
line by line (stack traces whole), for rules that search for words: ` + "`--as python/application`" + `.

## Pipes

` + "`tyto hunt -`" + ` reads standard input, once and from front to back: ` + "`zcat *.gz | tyto hunt -`" + `. Logs of lines, compressed
or in a tar, are read piece by piece, so that neither memory nor disk grows with their length. What has to be read at
random (event logs, captures, zips, one large JSON document) is kept in a temporary file first, within the limits of
archives. With ` + "`--carve`" + `, only the templates of the log at hand are known there.

## Packages of collectors

Collections of Velociraptor and KAPE are taken for what they are, as archives and as folders: the collector's notes
about itself are named in ` + "`health.json`" + ` and not hunted, a result given as JSON and CSV is read once, files packed
without their empty stretches are put together again, and paths written with %XX are told as they were.
`

// Unsupported says why a log source that public rules name has no reader; ""
// when nothing is known about it.
func Unsupported(product, category, service string) string {
	switch product + "/" + category + "/" + service {
	case "/database/":
		return "everyday words of SQL: the rule would fire on everything"
	case "fortios//sslvpnd", "paloalto/file_event/globalprotect":
		return "asks for lists of files on an appliance, which are no log"
	case "qualys//":
		return "findings of a scanner, under names that no export has"
	case "windows/file_access/":
		return "kernel traces that are never in an event log"
	}
	if category != "application" {
		return ""
	}
	switch product {
	case "kubernetes", "opencanary", "jvm", "rpc_firewall":
		return ""
	}
	return "text of applications has no form of its own: name it with --as " + product + "/application"
}
