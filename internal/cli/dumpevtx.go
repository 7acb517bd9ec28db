package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"tyto/evtx"
	"tyto/internal/report/inert"
	"tyto/internal/scan"
	"tyto/internal/source"
)

// readChunks renders the records of one part: of as many chunks as the part
// has, in the order of their records over the whole log.
func (d *dumper) readChunks(ctx context.Context, in *source.Input, part source.Part) source.Report {
	var rep source.Report
	order := d.cmd.order(d.job.File)
	order.find(in)
	if part.From == 0 && !bytes.HasPrefix(in.Head, []byte(fileMagic)) || in.Size < evtxHeader {
		rep.Damage = append(rep.Damage, source.Damage{Length: order.start, Reason: evtx.BadMagic.String()})
	}
	d.read = d.read[:0]
	d.survey.Begin(in, part.From)
	from := max(part.From, order.start)
	for i := (from - order.start) / evtx.ChunkSize; order.start+i*evtx.ChunkSize < part.To && ctx.Err() == nil; i++ {
		at := order.at(i)
		chunk, err := d.chunk(in, at, order.ahead(part))
		if err != nil {
			rep.Damage = append(rep.Damage, source.Damage{Offset: at, Length: evtx.ChunkSize, Reason: "read error"})
			rep.Notes = append(rep.Notes, err.Error())
		}
		c := d.dec.Chunk(chunk, at, d.render)
		addChunk(&rep, c)
		if c.Empty > 0 {
			d.addLost(&rep, at)
		}
		if !d.flush() {
			break
		}
	}
	return rep
}

// chunk returns the chunk at an offset; the last one may be cut. When it is not
// among those read before, it reads up to the given number of bytes.
func (d *dumper) chunk(in *source.Input, at, ahead int64) (chunk []byte, err error) {
	if at < d.readAt || at >= d.readAt+int64(len(d.read)) {
		n := max(0, min(ahead, in.Size-at))
		if d.read = d.read[:0]; int64(cap(d.read)) < n {
			d.read = make([]byte, 0, n)
		}
		d.readAt = at
		var got int
		got, err = in.ReadAt(d.read[:n], at)
		d.read = d.read[:got]
		if int64(got) == n || errors.Is(err, io.EOF) {
			err = nil
		}
	}
	rest := d.read[min(at-d.readAt, int64(len(d.read))):]
	return rest[:min(len(rest), evtx.ChunkSize)], err
}

// addChunk adds up what became of the chunks.
func addChunk(rep *source.Report, c evtx.ChunkReport) {
	rep.Records += int64(c.Records + c.Carved)
	rep.Recovered += int64(c.Recovered + c.Carved)
	rep.Damaged += int64(c.Damaged)
	for _, x := range c.Damage {
		if x.Class != evtx.IDGap && x.Class != evtx.DuplicateID && len(rep.Damage) < scan.MaxDamage {
			rep.Damage = append(rep.Damage, source.Damage{Offset: x.Offset, Length: x.Length, Reason: x.Class.String()})
		}
	}
}

// addLost tells of an empty chunk that had records.
func (d *dumper) addLost(rep *source.Report, at int64) {
	lost, ok := d.survey.Lost(at)
	if !ok {
		return
	}
	rep.Damaged++
	if len(rep.Damage) < scan.MaxDamage {
		rep.Damage = append(rep.Damage, lost)
	}
}

// render appends one record in the chosen format.
func (d *dumper) render(r *evtx.Record) bool {
	if !d.keeps(r) {
		return true
	}
	switch d.cmd.Format {
	case "xml":
		if r.Carved {
			d.buf = append(d.buf, "<!-- carved: recovered from slack, low trust -->\n"...)
		}
		d.buf = append(r.AppendXML(d.buf), '\n')
	case "csv":
		d.buf = d.appendCSV(d.buf, r)
	case "flat":
		d.buf = append(markCarved(r.AppendFlatJSON(d.buf), r), '\n')
	default:
		d.buf = append(markCarved(r.AppendJSON(d.buf), r), '\n')
	}
	return true
}

// markCarved says inside the record's object that it was carved.
func markCarved(b []byte, r *evtx.Record) []byte {
	if !r.Carved || len(b) == 0 || b[len(b)-1] != '}' {
		return b
	}
	return append(b[:len(b)-1], `,"Carved":true}`...)
}

// keeps applies the filters of the command line.
func (d *dumper) keeps(r *evtx.Record) bool {
	c := d.cmd
	if c.From.IsZero() && c.To.IsZero() && len(c.Host) == 0 {
		return true
	}
	filter := c.filter()
	return filter.KeepsAt(r.TimeCreated().Time(), r.Computer())
}

func (d *dumper) appendCSV(dst []byte, r *evtx.Record) []byte {
	d.flat = r.AppendFlatJSON(d.flat[:0])
	cells := []string{
		r.TimeCreated().Time().UTC().Format("2006-01-02T15:04:05.0000000Z"),
		r.Computer(), r.Channel(), r.Provider(), strconv.Itoa(r.EventID()),
		strconv.FormatUint(r.EventRecordID(), 10), strconv.FormatBool(r.Carved), string(d.flat),
		d.job.File.Path, d.job.File.Member, strconv.FormatInt(r.Offset, 10),
	}
	return appendCSVLine(dst, cells)
}

// appendCSVLine appends cells, each harmless in a spreadsheet.
func appendCSVLine(dst []byte, cells []string) []byte {
	for i := range cells {
		cells[i] = inert.Cell(cells[i])
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(cells); err != nil { // a buffer takes everything
		return dst
	}
	w.Flush()
	return append(dst, b.Bytes()...)
}
