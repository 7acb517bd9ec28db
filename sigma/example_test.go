package sigma_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"tyto/sigma"
)

const certutil = `title: Certutil Downloads a File
author: A. Owl
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\certutil.exe'
    CommandLine|contains|all: [urlcache, http]
  filter:
    User: 'CORP\updater'
  condition: selection and not filter
level: high
`

// A rule written for Sysmon's process creation finds an audit event of Windows
// itself, because the package translates the field names.
func Example() {
	docs, diags := sigma.Parse("certutil.yml", []byte(certutil))
	for _, d := range diags {
		fmt.Println(d)
	}
	rules, rejected := sigma.Compile(docs, sigma.Options{})
	for _, r := range rejected {
		fmt.Println(r.Path, r.Reason)
	}

	shape := rules.NewShape([]sigma.Field{
		{Name: "Channel", Header: true}, {Name: "NewProcessName"}, {Name: "CommandLine"},
	})
	event := &sigma.Event{
		Source: sigma.Source{Product: "windows", Channel: "Security", EventID: 4688},
		Shape:  shape,
		Values: []sigma.Value{
			{Field: 0, Text: []byte("Security")},
			{Field: 1, Text: []byte(`C:\Windows\System32\certutil.exe`)},
			{Field: 2, Text: []byte("certutil -URLCACHE -f http://example.org/a b")},
		},
	}
	e := rules.NewEvaluator()
	e.Match(event, func(r *sigma.Rule) {
		fmt.Printf("%s, %s, by %s\n", r.Title, r.Level, r.Author)
		for _, why := range e.Explain(event, r) {
			fmt.Printf("  %s: %s %s\n", why.Selection, why.Field, why.Test)
		}
	})
	// Output:
	// Certutil Downloads a File, high, by A. Owl
	//   selection: Image endswith \certutil.exe
	//   selection: CommandLine contains urlcache
	//   selection: CommandLine contains http
}

func ExampleParse_diagnostics() {
	_, diags := sigma.Parse("my/proc.yml", []byte(`title: Encoded Command
logsource: {category: process_creation, product: windows}
detection:
  selection:
    CommandLine|contain: '-enc'
  condition: selection
`))
	for _, d := range diags {
		fmt.Println(d)
		fmt.Println(d.Quote)
		fmt.Printf("%*s%s\n", d.Col-1, "", "^^^^^^^")
	}
	// Output:
	// my/proc.yml:5:17: unknown modifier "contain" in "CommandLine|contain"; did you mean "contains"?
	//     CommandLine|contain: '-enc'
	//                 ^^^^^^^
}

func ExampleLoad() {
	fsys := fstest.MapFS{
		"rules/certutil.yml":  {Data: []byte(certutil)},
		"rules/README.md":     {Data: []byte("not a rule")},
		"rules/deep/next.yml": {Data: []byte("title: Half a Rule\n")},
	}
	docs, diags, err := sigma.Load(context.Background(), fsys, "rules", 2)
	fmt.Println(len(docs), err)
	for _, d := range diags {
		fmt.Println(d)
	}
	// Output:
	// 1 <nil>
	// rules/deep/next.yml:1:1: neither a rule, a correlation nor a filter: no key detection, correlation or filter
}

func ExampleCoverage() {
	docs, _ := sigma.Parse("certutil.yml", []byte(certutil))
	rules, _ := sigma.Compile(docs, sigma.Options{})
	seen := rules.NewCoverage()
	// Windows does not log command lines unless it is told to.
	seen.Add(sigma.Source{Product: "windows", Channel: "Security", EventID: 4688},
		rules.NewShape([]sigma.Field{{Name: "NewProcessName"}, {Name: "NewProcessId"}}))
	for _, b := range seen.Blind() {
		fmt.Println(b.Rule.Title, "lacks", b.Missing)
	}
	// Output:
	// Certutil Downloads a File lacks [CommandLine]
}
