package intel

import (
	"cmp"
	"slices"
)

// A rival is a version of an indicator that is not used, because another file
// has the one that is.
type rival struct {
	key versionKey // in its import
	version
	why string // for people; "" is nothing to tell
}

// settle compares the versions of another import with those here, before it is
// added: of an indicator that both have the newer version stays, wherever it is.
func (im *Import) settle(o *Import) {
	var here, there []rival
	for key, theirs := range o.versions {
		ours, known := im.versions[key]
		switch {
		case !known:
		case ours.modified < theirs.modified:
			here = append(here, rival{key, ours, "an older version of an indicator that " + o.fileOf(&theirs) + " has too: not used"})
		case ours.modified > theirs.modified:
			there = append(there, rival{key, theirs, "an older version of an indicator that " + im.fileOf(&ours) + " has too: not used"})
		case ours.what != theirs.what:
			there = append(there, rival{key, theirs, "another object with the id and version of one in " + im.fileOf(&ours) + ", which is used"})
		default:
			there = append(there, rival{key, theirs, ""}) // a copy
		}
	}
	told := append(im.drop(here), o.drop(there)...)
	o.Skipped += len(told)
	o.Problems = append(o.Problems, told[:min(len(told), max(0, MaxProblems-len(o.Problems)))]...)
	im.adopt(o)
}

func (im *Import) fileOf(v *version) string {
	if int(v.file) < len(im.Files) {
		return im.Files[v.file].Name
	}
	return "another file"
}

// drop takes out versions that are not used, with their rules and patterns, and
// returns what is to be told of them, in the order of files.
func (im *Import) drop(rivals []rival) []Problem {
	if len(rivals) == 0 {
		return nil
	}
	slices.SortFunc(rivals, func(a, b rival) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.entry, b.entry)) })
	type place struct {
		file  string
		entry int
	}
	var told []Problem
	var dead []span
	gone := make(map[place]bool, len(rivals))
	for i := range rivals {
		r := &rivals[i]
		file := im.fileOf(&r.version)
		gone[place{file, int(r.entry)}] = true
		dead = append(dead, span{r.at, r.n})
		delete(im.versions, r.key)
		if r.why != "" {
			told = append(told, Problem{File: file, Entry: int(r.entry), Reason: r.why})
		}
	}
	im.remove(dead)
	for _, list := range im.carried() {
		*list = slices.DeleteFunc(*list, func(k Carried) bool { return k.Claim != nil && gone[place{k.Claim.File, k.entry}] })
	}
	return told
}

// adopt takes over what is known of another import's versions.
func (im *Import) adopt(o *Import) {
	if len(im.versions)+len(im.Indicators)+len(im.Files) == 0 { // the first
		im.versions, o.versions = o.versions, nil
		return
	}
	if im.versions == nil {
		im.versions = make(map[versionKey]version, len(o.versions))
	}
	for key, v := range o.versions {
		v.at += int32(len(im.Indicators))
		v.file += int32(len(im.Files))
		im.versions[key] = v
	}
	o.versions = nil
}
