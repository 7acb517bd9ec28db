package report

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"

	"tyto/internal/intel"
)

// WriteSightings writes sightings.json: the answer for each indicator, one a
// line, in the order given.
func WriteSightings(w io.Writer, all iter.Seq[intel.Sighting]) error {
	b := bufio.NewWriter(w)
	b.WriteString("{\"version\":1,\"sightings\":[")
	sep := "\n"
	for s := range all {
		line, err := json.Marshal(s)
		if err != nil {
			return err
		}
		b.WriteString(sep)
		b.Write(line)
		sep = ",\n"
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}
