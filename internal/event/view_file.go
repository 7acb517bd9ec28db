package event

import (
	"bytes"

	"tyto/internal/event/meaning"
)

// A FileRole says what an event did with a file.
type FileRole uint8

// The roles of files.
const (
	Touched FileRole = iota // created, written, deleted, opened, or told of
	Loaded                  // into a process: library or driver
	Carried                 // over the network: download, upload, attachment
	Renamed                 // the former name of a file
)

// The roles in the tables beyond those.
const (
	fileShare    = uint8(Renamed) + 1 + iota // the share that Touched lies on
	fileObject                               // an object of Windows that may be a file
	fileRelative                             // path below the share
)

// A File is a file that an event tells of.
type File struct {
	Role  FileRole
	Share []byte // network share that Path is relative to, such as \\*\admin$; lower case
	Path  []byte // or only a name; lower case on Windows
}

const maxFiles = 64

// Files returns the files in the event in its order, each once per role, at
// most 64. Programs are not among them: [Views.Process] has those.
func (v *Views) Files(e *Event) []File {
	v.files = v.files[:0]
	if !v.pick(e, fileView) {
		return v.files
	}
	share := v.slots[fileShare].text
	if share != nil {
		share = v.path(fileView, share, true)
	}
	rel := v.slots[fileRelative].text
	v.eachFile(e)
	if share != nil && rel != nil && !bytes.HasSuffix(share, []byte(`ipc$`)) { // pipes are no files
		v.files = append(v.files, File{Touched, share, v.path(fileView, rel, true)})
	}
	return v.files
}

func (v *Views) eachFile(e *Event) {
	uses := v.last.uses[fileView]
	for i := range e.Values {
		val := &e.Values[i]
		u := uses[val.Field]
		if u.role == 0 || val.Kind == Null || len(v.files) >= maxFiles-1 {
			continue
		}
		text := present(val.Text)
		switch role := u.role - 1; {
		case text == nil || role == fileShare || role == fileRelative:
		case role == fileObject:
			if meaning.IsFile(text) {
				v.file(Touched, text)
			}
		default:
			v.file(FileRole(role), text)
		}
	}
}

func (v *Views) file(role FileRole, text []byte) {
	path := v.path(fileView, text, v.last.windows)
	for _, have := range v.files {
		if have.Role == role && bytes.Equal(have.Path, path) {
			return
		}
	}
	v.files = append(v.files, File{Role: role, Path: path})
}
