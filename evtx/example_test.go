package evtx_test

import (
	"bytes"
	"fmt"
	"log"

	"tyto/evtx"
)

// exampleLog is a log file of two records, made here instead of on a machine.
func exampleLog() *bytes.Reader {
	header := make([]byte, 4096)
	copy(header, "ElfFile\x00")
	copy(header[32:], []byte{128, 0, 0, 0, 1, 0, 3, 0, 0, 16, 1, 0})
	return bytes.NewReader(append(header, sampleChunk(2)...))
}

func Example() {
	f := exampleLog() // or an *os.File
	events, err := evtx.Open(f, f.Size())
	if err != nil {
		log.Fatal(err)
	}
	for r, err := range events.Records() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.ID, r.Channel(), r.EventID(), r.Computer())
	}
	// Output:
	// 1 Security 4624 HOST-1
	// 2 Security 4624 HOST-1
}

// A decoder per goroutine, one store for all of them, chunks in any order.
func ExampleDecoder_Chunk() {
	store := evtx.NewStore()
	d := evtx.NewDecoder(store)
	report := d.Chunk(sampleChunk(1), 4096, func(r *evtx.Record) bool {
		layout := r.Layout()
		var text []byte
		for _, v := range r.Values() {
			text = r.AppendText(text[:0], v)
			fmt.Printf("%s = %q\n", layout.Fields[v.Field].Path, text)
		}
		return true
	})
	fmt.Println(report.Records, "record,", report.Damaged, "damaged")
	// Output:
	// System.Provider.@Name = "Tyto-Test"
	// System.EventID = "4624"
	// System.TimeCreated.@SystemTime = "2016-07-08T18:12:51.681640Z"
	// System.EventRecordID = "1"
	// System.Channel = "Security"
	// System.Computer = "HOST-1"
	// EventData.CommandLine = "C:\\a \"b\" é a"
	// EventData.Data = "one"
	// EventData.Data = ""
	// EventData.Data = "two"
	// EventData.Binary = "CAFE"
	// 1 record, 0 damaged
}

func ExampleRecord_AppendJSON() {
	evtx.NewDecoder(evtx.NewStore()).Chunk(sampleChunk(1), 0, func(r *evtx.Record) bool {
		fmt.Printf("%s\n", r.AppendFlatJSON(nil))
		return true
	})
	// Output:
	// {"System.Provider.@Name":"Tyto-Test","System.EventID":4624,"System.TimeCreated.@SystemTime":"2016-07-08T18:12:51.681640Z","System.EventRecordID":1,"System.Channel":"Security","System.Computer":"HOST-1","EventData.CommandLine":"C:\\a \"b\" é a","EventData.Data":["one","","two"],"EventData.Binary":"CAFE"}
}
