package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"

	"tyto/evtx"
	"tyto/internal/report/inert"
	"tyto/internal/source"
)

// readChunks renders the records of one part.
func (d *dumper) readChunks(ctx context.Context, in *source.Input, part source.Part) source.Report {
	var rep source.Report
	file, err := evtx.Open(in, in.Size)
	if err != nil {
		rep.Notes = append(rep.Notes, err.Error())
		return rep
	}
	first := max(0, (part.From-file.ChunkOffset(0))/evtx.ChunkSize)
	n := int((part.To - file.ChunkOffset(first) + evtx.ChunkSize - 1) / evtx.ChunkSize)
	if d.read, err = file.ReadChunks(d.read, first, n); err != nil {
		rep.Notes = append(rep.Notes, err.Error())
	}
	for at := 0; at < len(d.read) && ctx.Err() == nil; at += evtx.ChunkSize {
		chunk := d.read[at:min(at+evtx.ChunkSize, len(d.read))]
		c := d.dec.Chunk(chunk, file.ChunkOffset(first)+int64(at), d.render)
		rep.Records += int64(c.Records + c.Carved)
		rep.Recovered += int64(c.Recovered + c.Carved)
		rep.Damaged += int64(c.Damaged)
		if !d.flush() {
			break
		}
	}
	return rep
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
		strconv.FormatUint(r.ID, 10), strconv.FormatBool(r.Carved), string(d.flat),
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
