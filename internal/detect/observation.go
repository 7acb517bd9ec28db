package detect

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/event/meaning"
	"tyto/stix"
)

// An observer turns what an event says into the cyber-observables that STIX
// patterns speak of, as the log writes it but for the case of names (see
// [anyCase]).
type observer struct {
	reader  reader
	objects []stix.SCO
	said    []meant
}

// observation describes one event. Without any observable the result is nil.
func (o *observer) observation(at time.Time, id string, src event.Source, fields []NamedValue) *stix.Observation {
	o.objects, o.said = nil, o.reader.read(src, fields)
	o.process()
	o.service()
	o.files()
	o.traffic()
	o.names()
	o.urls()
	o.registry()
	o.accounts()
	o.mail()
	o.certificates()
	o.mutex()
	if len(o.objects) == 0 {
		return nil
	}
	return &stix.Observation{ID: id, First: at, Last: at, Count: 1, Objects: o.objects}
}

// first returns the best value of the first of the meanings that the event has.
func (o *observer) first(list ...meaning.Meaning) string {
	for _, m := range list {
		if v := best(o.said, m); v != "" {
			return v
		}
	}
	return ""
}

// maxListed bounds what is told of one kind in one event; hostile answers can
// hold thousands.
const maxListed = 256

// all returns the values of the meanings in the order of the evidence, each once:
// readers give some values under several names.
func (o *observer) all(list ...meaning.Meaning) []string {
	var out []string
	for _, v := range o.said {
		if len(out) < maxListed && slices.Contains(list, v.meaning) && !slices.Contains(out, v.value) {
			out = append(out, v.value)
		}
	}
	return out
}

// add appends an object and returns its id for references.
func (o *observer) add(kind string, props stix.Map) string {
	id := kind + "--" + strconv.Itoa(len(o.objects))
	foldObject(kind, props)
	o.objects = append(o.objects, stix.SCO{Type: kind, ID: id, Props: props})
	return id
}

// put sets a property unless its value is empty.
func put(m stix.Map, name, value string) {
	if value != "" {
		m[name] = value
	}
}

// numberOf reads a process id or port, decimal or 0x.
func numberOf(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 0, 64)
	return n, err == nil
}

func (o *observer) process() {
	image, command := o.first(meaning.Image, meaning.SomeImage), o.first(meaning.CommandLine)
	if image == "" && command == "" {
		return
	}
	p := stix.Map{}
	if image != "" {
		put(p, "name", base(image))
		p["image_ref"] = o.file(image, o.hashes())
	}
	put(p, "command_line", command)
	put(p, "cwd", o.first(meaning.WorkingFolder))
	if pid, ok := numberOf(o.first(meaning.PID)); ok {
		p["pid"] = pid
	}
	if user := o.first(meaning.SubjectName); user != "" {
		p["creator_user_ref"] = o.add("user-account", stix.Map{"account_login": login(user), "user_id": user})
	}
	if parent := o.first(meaning.ParentImage); parent != "" {
		up := stix.Map{"name": base(parent), "image_ref": o.file(parent, nil)}
		put(up, "command_line", o.first(meaning.ParentCommandLine))
		if pid, ok := numberOf(o.first(meaning.ParentPID)); ok {
			up["pid"] = pid
		}
		p["parent_ref"] = o.add("process", up)
	}
	o.add("process", p)
}

// file adds a file by its path, and the folder that it lies in.
func (o *observer) file(path string, hashes stix.Map) string {
	f := stix.Map{"name": base(path)}
	if dir := path[:max(0, strings.LastIndexAny(path, `\/`))]; dir != "" {
		f["parent_directory_ref"] = o.add("directory", stix.Map{"path": dir})
	}
	if len(hashes) > 0 {
		f["hashes"] = map[string]any(hashes)
	}
	return o.add("file", f)
}

func base(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

func login(user string) string {
	if i := strings.LastIndexByte(user, '\\'); i >= 0 {
		return user[i+1:]
	}
	return user
}

// files adds what the event does something to. An event about a loaded or
// written file carries that file's hashes. What a service starts is there
// already.
func (o *observer) files() {
	hashes, service := o.hashes(), o.first(meaning.Service) != ""
	for i := range o.said {
		if service && o.said[i].meaning == meaning.ServiceStarts {
			continue
		}
		if e := o.said[i].entity(o.said); e.Type == "file" {
			o.file(e.Value, hashes)
			hashes = o.hashes() // each file has a map of its own
		}
	}
	if len(hashes) > 0 && !slices.ContainsFunc(o.objects, func(s stix.SCO) bool { return s.Type == "file" }) {
		o.add("file", stix.Map{"hashes": map[string]any(hashes)})
	}
}

// hashNames are the names of algorithms in STIX, by how logs call them.
var hashNames = map[string]string{"MD5": "MD5", "SHA1": "SHA-1", "SHA256": "SHA-256", "SHA512": "SHA-512"}

var hashLengths = map[int]string{32: "MD5", 40: "SHA1", 64: "SHA256", 128: "SHA512"}

// hashes reads Sysmon's ALG=HEX list and single hash fields.
func (o *observer) hashes() stix.Map {
	out := stix.Map{}
	for _, v := range o.said {
		switch v.meaning {
		case meaning.MD5, meaning.SHA1, meaning.SHA256, meaning.SHA512, meaning.HashList:
			for part := range strings.SplitSeq(v.value, ",") {
				if name, hex := hashOf(part); name != "" {
					out[name] = hex
				}
			}
		}
	}
	return out
}

// hashOf reads ALG=HEX, or a hash whose length tells what it is.
func hashOf(text string) (name, hex string) {
	alg, hex, ok := strings.Cut(text, "=")
	if !ok {
		alg, hex = hashLengths[len(strings.TrimSpace(text))], text
	}
	return hashNames[strings.ToUpper(strings.TrimSpace(alg))], strings.ToLower(strings.TrimSpace(hex))
}

// accounts adds all accounts but the one that process has added.
func (o *observer) accounts() {
	creator := slices.ContainsFunc(o.objects, func(s stix.SCO) bool { return s.Type == "user-account" })
	ids := map[meaning.Meaning]string{
		meaning.SubjectName: o.first(meaning.SubjectID),
		meaning.TargetName:  o.first(meaning.TargetID),
	}
	for i := range o.said {
		v := &o.said[i]
		e := v.entity(o.said)
		if e.Type != "account" || creator && v.meaning == meaning.SubjectName {
			continue
		}
		m := stix.Map{"account_login": login(e.Value), "display_name": v.value}
		put(m, "user_id", ids[v.meaning])
		o.add("user-account", m)
	}
}
