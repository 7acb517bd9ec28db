package intel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"tyto/stix"
)

// readJSON reads the JSON forms: STIX, MISP, and plain objects with the names
// that tables use, as an array or one a line.
func (c *collector) readJSON(r io.Reader, head []byte) error {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	c.count.limit = c.opt.MaxElement
	w := &walker{c: c, dec: dec}
	var err error
	switch {
	case looksSTIX.Match(head):
		c.format = "stix"
		err = c.readSTIX(r)
	case looksMISP.Match(head):
		c.format = "misp"
		err = c.readMISP(w)
	default:
		c.format = "json"
		err = c.readObjects(w)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("bad JSON near byte %d: %w", syntax.Offset, err)
	}
	var stop *stix.ReadError
	if errors.As(err, &stop) && !errors.Is(err, errTooLong) && !errors.Is(err, errTooMany) {
		return fmt.Errorf("near byte %d: %w", stop.Offset, stop.Err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON ends too early: the file was cut off")
	}
	return err
}

var (
	looksSTIX = regexp.MustCompile(`"(type|id)"\s*:\s*"(bundle|indicator|relationship|marking-definition|identity|malware|report)(--[0-9a-fA-F-]+)?"|"spec_version"\s*:`)
	looksMISP = regexp.MustCompile(`"(Event|Attribute|Orgc|to_ids|response|threat_level_id)"\s*:`)
)

// A walker moves through JSON one token at a time, so that only single entries
// are ever held in memory.
type walker struct {
	c     *collector
	dec   *json.Decoder
	entry int
}

// values calls each for every value at the top. A file that ends inside of one
// was cut off.
func (w *walker) values(each func() error) error {
	for w.dec.More() {
		if err := each(); err == io.EOF {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
	}
	if _, err := w.dec.Token(); err != io.EOF {
		return err
	}
	return nil
}

// array calls each for every element of the array that begins next. Null is
// no elements; another value is skipped and told.
func (w *walker) array(depth int, each func() error) error {
	if depth > w.c.opt.MaxDepth {
		return errTooDeep
	}
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	if tok != json.Delim('[') {
		return w.notList(tok)
	}
	for w.dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err = w.dec.Token()
	return err
}

// notList passes over a value that stands where a list was expected.
func (w *walker) notList(tok json.Token) error {
	w.entry++
	if tok == nil {
		return nil
	}
	w.c.problem(0, w.entry, "unexpected JSON value: a list was expected")
	if tok != json.Delim('{') {
		return nil
	}
	for w.dec.More() {
		w.c.count.entry()
		var skip json.RawMessage
		if _, err := w.dec.Token(); err != nil {
			return err
		}
		if err := w.dec.Decode(&skip); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

// raw reads the next value whole and checks its depth.
func (w *walker) raw() (json.RawMessage, error) {
	w.c.count.entry()
	w.entry++
	var raw json.RawMessage
	if err := w.dec.Decode(&raw); err != nil {
		return nil, err
	}
	if depthOf(raw) > w.c.opt.MaxDepth {
		return nil, errTooDeep
	}
	return raw, nil
}

// into reads the next value into v. A value of the wrong shape is a problem of
// that entry only.
func (w *walker) into(v any) (bool, error) {
	raw, err := w.raw()
	if errors.Is(err, errTooDeep) {
		w.c.problem(0, w.entry, err.Error())
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		w.c.problem(0, w.entry, strings.TrimPrefix(err.Error(), "json: "))
		return false, nil
	}
	return true, nil
}

// depthOf is the nesting of a valid JSON text.
func depthOf(raw []byte) int {
	depth, deepest, text := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch ch := raw[i]; {
		case text && ch == '\\':
			i++
		case ch == '"':
			text = !text
		case text:
		case ch == '{' || ch == '[':
			depth++
			deepest = max(deepest, depth)
		case ch == '}' || ch == ']':
			depth--
		}
	}
	return deepest
}

// readObjects reads flat objects: an array of them, or one after the other.
func (c *collector) readObjects(w *walker) error {
	return w.values(func() error {
		raw, err := w.raw()
		if err != nil {
			return err
		}
		return c.objects(w, raw)
	})
}

// objects takes an object, or each element of an array that fits into one
// entry's limit.
func (c *collector) objects(w *walker, raw json.RawMessage) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		for i, e := range list {
			w.entry = i + 1
			if err := c.flat(w, e); err != nil {
				return err
			}
		}
		return nil
	}
	return c.flat(w, raw)
}

// flat takes one object with the names that tables use as headers, or a bare
// string.
func (c *collector) flat(w *walker, raw json.RawMessage) error {
	var word string
	if json.Unmarshal(raw, &word) == nil {
		return c.bare(word, w.entry)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		c.unread(string(raw), 0, w.entry, "neither an object nor a string")
		return nil
	}
	return c.fields(w, fields, 0)
}

// fields takes the names and values of an object. One that holds no value
// itself may hold lists of such: {"data": [...]}, {"domain": ["a.com"]}.
func (c *collector) fields(w *walker, fields map[string]any, depth int) error {
	header, cells := make([]string, 0, len(fields)), make([]string, 0, len(fields))
	for _, k := range sortedKeys(fields) {
		if s, ok := fields[k].(string); ok {
			header, cells = append(header, k), append(cells, s)
		}
	}
	t := &table{c: c, row: int64(w.entry)}
	if len(header) > 0 && t.tryHeader(header, ',') {
		return t.cells(cells)
	}
	found, err := c.lists(w, fields, depth)
	if !found && err == nil {
		c.problem(0, w.entry, "no value that is known: expected names such as type and value, or sha256, domain, ip")
	}
	return err
}

// maxListDepth bounds the objects around lists of values.
const maxListDepth = 4

// lists takes the lists in an object; a name that is a type is that of plain
// values.
func (c *collector) lists(w *walker, fields map[string]any, depth int) (found bool, err error) {
	if depth >= maxListDepth {
		return false, nil
	}
	for _, name := range sortedKeys(fields) {
		list, ok := fields[name].([]any)
		if one, is := fields[name].(map[string]any); is {
			list, ok = []any{one}, true
		}
		if !ok {
			continue
		}
		for _, e := range list {
			switch e := e.(type) {
			case map[string]any:
				found, err = true, c.fields(w, e, depth+1)
			case string:
				found, err = true, c.named(name, e, w.entry)
			}
			if err != nil {
				return found, err
			}
		}
	}
	return found, nil
}

// named takes a value from a list with the name of a type, or one that its
// form tells.
func (c *collector) named(name, v string, entry int) error {
	if t, ok := c.types.parse(name, v); ok {
		return c.add(t, v, Indicator{Claim: c.intern(Claim{}), Line: int32(entry)})
	}
	return c.bare(v, entry)
}

func (c *collector) bare(word string, entry int) error {
	t := guess(word)
	if t == Other {
		c.unread(word, 0, entry, "no indicator that could be told by its form")
		return nil
	}
	return c.add(t, bare(word), Indicator{Claim: c.intern(Claim{}), Line: int32(entry)})
}
