package intel

import (
	_ "embed"
	"strings"
)

//go:embed library.csv
var libraryText string

// LibraryName is how the built-in indicators are called where files are named.
const LibraryName = "built-in library"

// Library returns the built-in indicators: what was published about Earth
// Estries and its neighbours, with source and date of each value. The file
// says where the values come from and what was left out.
func Library() (*Import, error) {
	return Read(strings.NewReader(libraryText), LibraryName, Options{})
}
