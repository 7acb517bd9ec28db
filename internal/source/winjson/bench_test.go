package winjson_test

import (
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winjson"
)

func BenchmarkLines(b *testing.B) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS%d.example.test","TimeCreated":"2024-03-01T10:00:00.%03dZ","Level":"4","Keywords":"0x8000000000000000","Task":"1","RuleName":"-","UtcTime":"2024-03-01 10:00:00.000","ProcessGuid":"{d273d0f0-e866-5f64-1100-000000000800}","ProcessId":"%d","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd.exe /c \"echo %d\"","CurrentDirectory":"C:\\Users\\alice\\","User":"EXAMPLE\\alice","Hashes":"SHA1=4B7FA56A4E85F88B98D11A6E018698AE3FBA5E62,MD5=9D1C5EF38E6073661C74660B3A71A76E","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"C:\\Windows\\Explorer.EXE"}`+"\n", i%7, i%1000, i, i)
	}
	in := sourcetest.Input("a.json", text.String())
	r := winjson.New().NewReader()
	part := source.Part{To: in.Size, Line: 1}
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		rep := r.Read(b.Context(), in, part, func(*event.Event) bool { return true })
		if rep.Records != 20_000 {
			b.Fatal(rep)
		}
	}
}

func BenchmarkNXLog(b *testing.B) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, `{"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Level":"4","Keywords":"0x8000000000000000","Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"WS%d.example.test","TimeCreated":"2024-03-01T10:00:00.%03dZ","@timestamp":"2024-03-01T10:00:00.%03dZ","Message":"Process Create:\r\nRuleName: -\r\nUtcTime: 2024-03-01 10:00:00.000\r\nImage: C:\\Windows\\System32\\cmd.exe","EventTime":"2024-03-01 05:00:00","EventReceivedTime":"2024-03-01 05:00:01","EventID":1,"SourceModuleName":"eventlog","SourceModuleType":"im_msvistalog","RecordNumber":%d,"ExecutionProcessID":3208,"ExecutionThreadID":4320,"RuleName":"-","UtcTime":"2024-03-01 10:00:00.000","ProcessGuid":"{d273d0f0-e866-5f64-1100-000000000800}","ProcessId":"1000","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd.exe /c \"echo %d\"","User":"EXAMPLE\\alice"}`+"\n", i%7, i%1000, i%1000, i, i)
	}
	in := sourcetest.Input("a.json", text.String())
	r := winjson.New().NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size, Line: 1}, func(*event.Event) bool { return true })
	}
}
