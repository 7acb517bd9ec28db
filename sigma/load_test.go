package sigma

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestLoadDoesNotDependOnWorkers(t *testing.T) {
	fsys := fstest.MapFS{".hidden/x.yml": {Data: []byte("[")}, "a/.x.yml": {Data: []byte("[")}, "a/readme.txt": {Data: []byte("[")}}
	for i := range 50 {
		text := strings.Replace(ruleText("s:\n  A: x\ncondition: s"), "title: test", fmt.Sprintf("title: t%02d", i), 1)
		if i%7 == 0 {
			text = "title: broken"
		}
		fsys[fmt.Sprintf("a/%02d.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	describe := func(workers int) string {
		docs, diags, err := Load(context.Background(), fsys, ".", workers)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, d := range docs {
			b.WriteString(d.Head().Title + " " + d.Head().Path + "\n")
		}
		for _, d := range diags {
			b.WriteString(d.Error() + "\n")
		}
		return b.String()
	}
	one := describe(1)
	if strings.Count(one, "\n") != 50 {
		t.Errorf("got %s", one)
	}
	for _, workers := range []int{0, 2, 9} {
		if got := describe(workers); got != one {
			t.Errorf("with %d workers:\n%s\nwith one:\n%s", workers, got, one)
		}
	}
}

func TestLoadTellsWhatItCannotRead(t *testing.T) {
	if _, _, err := Load(context.Background(), fstest.MapFS{}, "nowhere", 2); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	big := fstest.MapFS{"big.yml": {Data: make([]byte, MaxFileSize+1)}}
	docs, diags, err := Load(context.Background(), big, ".", 2)
	if err != nil || len(docs) != 0 || len(diags) != 1 || !strings.Contains(diags[0].Text, "larger") {
		t.Errorf("a large file: %v %v", diags, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Load(ctx, big, ".", 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestLoadOfOneFile(t *testing.T) {
	fsys := fstest.MapFS{"x.yml": {Data: []byte(ruleText("s:\n  A: x\ncondition: s"))}}
	docs, _, err := Load(context.Background(), fsys, "x.yml", 2)
	if err != nil || len(docs) != 1 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}

func TestRulesetIsSafeForConcurrentUse(t *testing.T) {
	rs, _ := compile(t, yamlRule("product: windows, category: process_creation")+yamlRule("product: windows, service: security")+yamlRule("category: proxy"), Options{})
	shape := rs.NewShape([]Field{{Name: "A"}, {Name: "NewProcessId"}})
	sources := []Source{
		{Product: "windows", Channel: "Security", EventID: 4688}, {Product: "windows", Channel: "Security", EventID: 1},
		{Product: "windows", Channel: "Microsoft-Windows-Sysmon/Operational", EventID: 1}, {Category: "proxy"},
	}
	want := []int{2, 1, 1, 1}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			e, cov := rs.NewEvaluator(), rs.NewCoverage()
			for i := range 400 {
				k := (g + i) % len(sources)
				n := 0
				e.Match(&Event{Source: sources[k], Shape: shape, Values: []Value{{Text: []byte("x")}, {Field: 1, Text: []byte("0x1")}}}, func(*Rule) { n++ })
				cov.Add(sources[k], shape)
				if n != want[k] {
					t.Errorf("%+v: %d matches, want %d", sources[k], n, want[k])
				}
			}
		})
	}
	wg.Wait()
}

func TestHostileSourcesDoNotGrowMemory(t *testing.T) {
	rs, _ := compile(t, yamlRule("product: windows, service: security")+yamlRule("category: proxy"), Options{})
	e := rs.NewEvaluator()
	shape := rs.NewShape([]Field{{Name: "A"}})
	for i := range 3 * maxScopes {
		name := fmt.Sprint("x", i)
		e.Match(&Event{Source: Source{Product: "windows", Channel: name, EventID: i}, Shape: shape}, func(*Rule) {})
		e.Match(&Event{Source: Source{Product: name, Category: name}, Shape: shape}, func(*Rule) {})
	}
	if len(rs.scopes) > maxScopes || len(rs.shared) > 8 || len(e.scopes) > maxSources {
		t.Errorf("%d scopes, %d distinct, %d remembered by the evaluator", len(rs.scopes), len(rs.shared), len(e.scopes))
	}
}

func TestMatchingDoesNotAllocate(t *testing.T) {
	rs, _ := compile(t, "title: x\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {'Image|endswith': cmd.exe, 'ProcessId|gt': 5, 'User|contains': eve}, condition: s}\n", Options{})
	r := ev{"NewProcessName", `C:\cmd.exe`, "NewProcessId", "0x1A", "SubjectDomainName", "CORP", "SubjectUserName", "eve"}.record()
	r.src = Source{Product: "windows", Channel: "Security", EventID: 4688}
	event, e, hits := r.event(rs), rs.NewEvaluator(), 0
	hit := func(*Rule) { hits++ }
	e.Match(event, hit)
	if n := testing.AllocsPerRun(100, func() { e.Match(event, hit) }); n > 0 {
		t.Errorf("%v allocations per event", n)
	}
	if hits == 0 {
		t.Error("the rule does not match")
	}
}
