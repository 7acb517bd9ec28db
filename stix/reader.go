package stix

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// ReadOptions bound what is read. The zero value stands for the defaults.
type ReadOptions struct {
	MaxObject int   // bytes of one object; default 16 MiB
	MaxDepth  int   // nesting inside an object; default DefaultDepth
	MaxBytes  int64 // of the whole input; default no bound

	// RawOnly gives objects with Raw, Index and Offset and nothing else: the
	// bytes are not parsed, and may be anything that brackets hold together.
	RawOnly bool
}

func (o ReadOptions) withDefaults() ReadOptions {
	if o.MaxObject <= 0 {
		o.MaxObject = 16 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = DefaultDepth
	}
	return o
}

// ReadError tells that reading had to stop: the text is not JSON, or the source
// failed.
type ReadError struct {
	Offset int64
	Err    error
}

// Error is "reading STIX: byte N: reason".
func (e *ReadError) Error() string { return fmt.Sprintf("reading STIX: byte %d: %v", e.Offset, e.Err) }

// Unwrap gives the reason.
func (e *ReadError) Unwrap() error { return e.Err }

// Envelope is what stood around the objects: a bundle's own properties, or
// those of a TAXII envelope.
type Envelope struct {
	Type, ID    string
	SpecVersion string // of STIX 2.0 bundles
	Fields      map[string]json.RawMessage
}

// ReadBundle reads objects from a bundle of STIX 2.1 or 2.0, a TAXII
// envelope, a bare list of objects, a single object, or several of these one after the
// other. Memory is bounded by the largest object. An object that cannot be read gives an
// *ObjectError and reading goes on; a *ReadError is the last thing given.
func ReadBundle(r io.Reader, opt ReadOptions) iter.Seq2[*Object, error] {
	return NewReader(r, opt).Objects()
}

// Reader reads objects and remembers what stood around them.
type Reader struct {
	opt      ReadOptions
	in       *bufio.Reader
	off      int64
	buf      []byte // consumed bytes that are not yet given away
	rewrite  io.Writer
	count    int
	envelope Envelope
	fields   int // bytes kept in envelope
	yield    func(*Object, error) bool
	stopped  bool
	replace  func(*Object) ([]byte, error)
}

// NewReader makes a Reader.
func NewReader(r io.Reader, opt ReadOptions) *Reader {
	if opt.MaxBytes > 0 {
		r = &cappedReader{r, opt.MaxBytes}
	}
	return &Reader{opt: opt.withDefaults(), in: bufio.NewReaderSize(r, 64<<10)}
}

// errTooLarge is what a bounded input ends with.
var errTooLarge = errors.New("input is larger than allowed")

type cappedReader struct {
	r    io.Reader
	left int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		if n, err := c.r.Read(make([]byte, 1)); n == 0 && err != nil {
			return 0, err
		}
		return 0, errTooLarge
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// Envelope is what stood around the objects that were read last. It is complete
// when Objects has ended.
func (r *Reader) Envelope() Envelope { return r.envelope }

// Objects gives the objects in order. It can be used once.
func (r *Reader) Objects() iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		r.yield = yield
		err := r.run()
		if err != nil && !r.stopped {
			yield(nil, &ReadError{r.off, err})
		}
	}
}

// Rewrite copies a bundle from in to out and passes each object through
// replace, which returns what stands for it (Raw to leave it). Everything between objects,
// white space included, is copied as it is, so a copy that replaces nothing
// is identical byte for byte. It stops at the first object that cannot be read.
func Rewrite(out io.Writer, in io.Reader, opt ReadOptions, replace func(*Object) ([]byte, error)) error {
	r := NewReader(in, opt)
	r.rewrite, r.replace = out, replace
	var failed error
	r.yield = func(_ *Object, err error) bool {
		failed = err
		return err == nil
	}
	if err := r.run(); err != nil && failed == nil {
		return &ReadError{r.off, err}
	}
	return failed
}

var errStop = errors.New("stopped by the caller")

func (r *Reader) run() error {
	if bom, _ := r.in.Peek(3); bytes.Equal(bom, []byte("\xEF\xBB\xBF")) {
		r.take(3)
	}
	for {
		c, err := r.space()
		if err == io.EOF {
			return r.flush()
		}
		if err == nil {
			err = r.top(c)
		}
		if err != nil {
			return noEOF(err)
		}
	}
}

func noEOF(err error) error {
	if err == io.EOF {
		return errTruncated
	}
	return err
}

func (r *Reader) top(c byte) error {
	if err := r.flush(); err != nil {
		return err
	}
	switch c {
	case '{':
		return r.wrapper()
	case '[':
		return r.list()
	}
	return errors.New("want a JSON object or list")
}

// take consumes n bytes that were peeked.
func (r *Reader) take(n int) {
	b, _ := r.in.Peek(n)
	r.buf = append(r.buf, b...)
	r.in.Discard(n)
	r.off += int64(n)
}

// flush gives away consumed bytes that belong to no object.
func (r *Reader) flush() error {
	var err error
	if r.rewrite != nil {
		_, err = r.rewrite.Write(r.buf)
	}
	r.buf = r.buf[:0]
	return err
}

func (r *Reader) peek() (byte, error) {
	b, err := r.in.Peek(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// space consumes white space and peeks at what follows.
func (r *Reader) space() (byte, error) {
	for {
		c, err := r.peek()
		if err != nil || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, err
		}
		r.take(1)
		if len(r.buf) > r.opt.MaxObject {
			return 0, errObjectSize
		}
	}
}

var errObjectSize = errors.New("larger than the limit for one object")

// wrapper reads a top-level object: a bundle, an envelope, or an object by itself.
func (r *Reader) wrapper() error {
	offset := r.off
	r.envelope, r.fields = Envelope{Fields: map[string]json.RawMessage{}}, 0
	listed := false
	r.take(1)
	for first := true; ; first = false {
		c, err := r.between(first, '}')
		if err != nil {
			return err
		}
		if c == '}' {
			break
		}
		was, err := r.field(listed)
		if err != nil {
			return err
		}
		listed = listed || was
	}
	switch _, stray := r.envelope.Fields["objects"]; {
	case r.envelope.Type == "bundle" && stray:
		return r.bad(offset, errors.New("the property \"objects\" of the bundle is not a list"))
	case listed || r.envelope.Type == "bundle" || r.isEmptyEnvelope():
		return r.flush()
	}
	return r.give(offset)
}

// isEmptyEnvelope knows a TAXII envelope that carries nothing.
func (r *Reader) isEmptyEnvelope() bool {
	for name := range r.envelope.Fields {
		if name != "more" && name != "next" {
			return false
		}
	}
	return true
}

// between consumes what separates elements. It answers the closing bracket, consumed,
// or the first byte of the next element.
func (r *Reader) between(first bool, closing byte) (byte, error) {
	c, err := r.space()
	if err != nil {
		return 0, err
	}
	if c == closing {
		r.take(1)
		return c, nil
	}
	if first {
		return c, nil
	}
	if c != ',' {
		return 0, fmt.Errorf("want a comma or %c", closing)
	}
	r.take(1)
	if c, err = r.space(); err == nil && c == closing {
		err = errors.New("comma without a value")
	}
	return c, err
}

// field reads one property of the wrapper and says whether it was the list of
// objects.
func (r *Reader) field(listed bool) (bool, error) {
	name, err := r.fieldName()
	if err != nil {
		return false, err
	}
	c, err := r.space()
	if err != nil {
		return false, err
	}
	if _, dup := r.envelope.Fields[name]; dup || listed && name == "objects" {
		return false, fmt.Errorf("property %q occurs twice", shorten(name, 60))
	}
	if name == "objects" && c == '[' {
		if err := r.flush(); err != nil {
			return false, err
		}
		return true, r.list()
	}
	start := len(r.buf)
	if whole, err := r.value(c); err != nil || !whole {
		return false, cmp.Or(err, errObjectSize)
	}
	err = r.setField(name, bytes.Clone(r.buf[start:]))
	if listed && err == nil {
		err = r.flush()
	}
	return false, err
}

func (r *Reader) fieldName() (string, error) {
	if c, err := r.peek(); err != nil || c != '"' {
		return "", errors.Join(err, errors.New("want a property name"))
	}
	start := len(r.buf)
	if whole, err := r.value('"'); err != nil || !whole {
		return "", cmp.Or(err, errObjectSize)
	}
	name, err := parseTree(r.buf[start:], 1)
	if err != nil {
		return "", err
	}
	if c, err := r.space(); err != nil || c != ':' {
		return "", errors.Join(err, errors.New("want a colon"))
	}
	r.take(1)
	return name.(string), nil
}

const maxEnvelopeFields = 10_000

func (r *Reader) setField(name string, raw []byte) error {
	v, err := parseTree(raw, r.opt.MaxDepth)
	if err != nil {
		return err
	}
	if r.fields += len(raw) + len(name); r.fields > r.opt.MaxObject || len(r.envelope.Fields) >= maxEnvelopeFields {
		return errors.New("too much around the objects")
	}
	r.envelope.Fields[name] = raw
	s, _ := v.(string)
	switch name {
	case "type":
		r.envelope.Type = s
	case "id":
		r.envelope.ID = s
	case "spec_version":
		r.envelope.SpecVersion = s
	}
	return nil
}

// list reads the objects.
func (r *Reader) list() error {
	r.take(1)
	for first := true; ; first = false {
		c, err := r.between(first, ']')
		if err != nil || c == ']' {
			return err
		}
		if err := r.flush(); err != nil {
			return err
		}
		offset := r.off
		whole, err := r.value(c)
		if err != nil {
			return err
		}
		if !whole {
			err = r.bad(offset, errObjectSize)
		} else {
			err = r.give(offset)
		}
		if err != nil {
			return err
		}
	}
}

// give passes the object in the buffer on.
func (r *Reader) give(offset int64) error {
	o, err := r.object(bytes.Clone(r.buf))
	if err != nil {
		return r.bad(offset, err)
	}
	o.Index, o.Offset = r.count, offset
	r.count++
	r.buf = r.buf[:0]
	if r.replace != nil {
		return r.put(o)
	}
	if !r.yield(o, nil) {
		r.stopped = true
		return errStop
	}
	return nil
}

func (r *Reader) object(raw []byte) (*Object, error) {
	if r.opt.RawOnly {
		return &Object{Raw: raw}, nil
	}
	return parseObject(raw, r.opt.MaxDepth)
}

func (r *Reader) put(o *Object) error {
	raw, err := r.replace(o)
	if err != nil {
		return err
	}
	_, err = r.rewrite.Write(raw)
	return err
}

func (r *Reader) bad(offset int64, why error) error {
	err := &ObjectError{r.count, offset, why}
	r.count++
	r.buf = r.buf[:0]
	if !r.yield(nil, err) {
		r.stopped = true
		return errStop
	}
	return nil
}
