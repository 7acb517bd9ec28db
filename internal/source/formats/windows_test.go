package formats_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// oldLog makes an event log of Windows XP with n records whose one string
// counts them.
func oldLog(n int) sample {
	u32 := binary.LittleEndian.AppendUint32
	wide := func(s string) (b []byte) {
		for _, u := range append(utf16.Encode([]rune(s)), 0) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return b
	}
	var log []byte
	for i := range n {
		names := append(wide("P"), wide("H")...)
		text := wide(fmt.Sprint(i))
		size := (60 + len(names) + len(text) + 3) &^ 3
		var rec []byte
		for _, v := range []int{size, 0x654c664c, i + 1, 1709287200, 1709287200, 4688, 4 | 1<<16, 0, 0, 56 + len(names), 0, 0, 0, 0} {
			rec = u32(rec, uint32(v))
		}
		rec = append(append(rec, names...), text...)
		rec = append(rec, make([]byte, size-4-len(rec))...)
		log = append(log, u32(rec, uint32(size))...)
	}
	end := 48 + len(log)
	var head []byte
	for _, v := range []int{48, 0x654c664c, 1, 1, 48, end, n + 1, 1, end + 40, 0, 0, 48} {
		head = u32(head, uint32(v))
	}
	var tail []byte
	for _, v := range []int{40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, end, n + 1, 1, 40} {
		tail = u32(tail, uint32(v))
	}
	text := string(head) + string(log) + string(tail)
	return sample{"evt", text, n, text[:40_000] + strings.Repeat("\xff", 100) + text[40_100:], "Data"}
}

// xmlLog makes an export with n events in lines.
func xmlLog(n int) sample {
	s := lined("winxml", n, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="P"/><EventID>4688</EventID>`+
		`<TimeCreated SystemTime="2024-03-01T10:00:00Z"/><Channel>Security</Channel><Computer>H</Computer></System><EventData><Data Name="N">%d</Data></EventData></Event>`)
	s.harmed = s.text[:100_000] + "<<" + s.text[100_000:]
	return s
}

// textLog makes n events as Splunk gives them out as text.
func textLog(n int) sample {
	s := lined("wintext", n, "03/01/2024 10:00:00 AM\nLogName=Application\nEventCode=5\nComputerName=H\nSourceName=P\nMessage=%d").counting("Message")
	s.harmed = "junk\n" + s.text
	return s
}
