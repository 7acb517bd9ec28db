package pcap

import (
	"bytes"
	"strconv"
	"time"
)

// Limits of HTTP.
const (
	maxHead     = 32 << 10 // bytes of a request's or answer's head
	maxRequests = 64       // requests that wait for their answers
)

// A request is one that waits for its answer.
type request struct {
	at                      time.Time
	method, target, version string
	host, agent, referrer   string
	cookie, contentType     string
	names                   []string // of its headers, in capitals
	length                  int64
	size                    int // bytes kept, about
}

// An answer is what is kept of one.
type answer struct {
	status      int
	message     string
	contentType string
	length      int64
}

type httpState struct {
	waiting []request
	depth   int64
}

var methods = [...]string{
	"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ", "PATCH ", "PROPFIND ", "PROPPATCH ",
	"MKCOL ", "COPY ", "MOVE ", "LOCK ", "UNLOCK ", "REPORT ", "SEARCH ", "RPC_IN_DATA ", "RPC_OUT_DATA ", "BITS_POST ",
}

// isRequest reports whether bytes begin a request.
func isRequest(b []byte) bool {
	for _, m := range methods {
		if len(b) >= len(m) && string(b[:len(m)]) == m {
			return true
		}
	}
	return false
}

// http takes bytes of one direction. Heads are recognised where a segment
// begins with one, so bodies need not be measured.
func (c *conn) http(out *emitter, data []byte, from int, at time.Time) {
	s := &c.sides[from].stream
	if s.message == nil {
		begins := isRequest(data)
		if from == 1 {
			begins = bytes.HasPrefix(data, []byte("HTTP/1."))
		}
		if !begins {
			return
		}
	}
	whole := s.gather(data, maxHead)
	if whole == nil {
		s.message = nil
		return
	}
	end := bytes.Index(whole, []byte("\r\n\r\n"))
	if end < 0 {
		return
	}
	s.message = nil
	if from == 0 {
		c.asked(out, whole[:end], at)
		return
	}
	c.answered(out, whole[:end])
}

// asked takes the head of a request.
func (c *conn) asked(out *emitter, head []byte, at time.Time) {
	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	method, target, _ := bytes.Cut(first, []byte(" "))
	r := request{at: at, method: string(method), length: -1}
	if i := bytes.LastIndex(target, []byte(" HTTP/")); i >= 0 {
		r.version = string(target[i+6:])
		target = target[:i]
	}
	r.target = string(target)
	for name, value := range headers(rest) {
		r.names = append(r.names, string(bytes.ToUpper(name)))
		r.header(string(bytes.ToLower(name)), value)
	}
	if len(c.app.http.waiting) >= maxRequests {
		out.http(c, &c.app.http.waiting[0], nil)
		c.firstDone()
	}
	r.size = len(head) + 256
	c.app.kept += r.size
	c.app.http.waiting = append(c.app.http.waiting, r)
}

// firstDone forgets the request that waits longest.
func (c *conn) firstDone() {
	w := &c.app.http.waiting
	c.app.kept -= (*w)[0].size
	(*w)[0] = request{}
	*w = (*w)[1:]
}

// header keeps what is logged of a request's header.
func (r *request) header(name string, value []byte) {
	switch name {
	case "host":
		r.host = string(value)
	case "user-agent":
		r.agent = string(value)
	case "referer":
		r.referrer = string(value)
	case "cookie":
		r.cookie = string(value)
	case "content-type":
		r.contentType = mediaType(value)
	case "content-length":
		r.length = lengthOf(value)
	}
}

// answered takes the head of an answer.
func (c *conn) answered(out *emitter, head []byte) {
	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	_, status, _ := bytes.Cut(first, []byte(" "))
	code, message, _ := bytes.Cut(status, []byte(" "))
	a := answer{message: string(message), length: -1}
	a.status, _ = strconv.Atoi(string(code))
	if a.status/100 == 1 && a.status != 101 {
		return // the answer proper follows
	}
	for name, value := range headers(rest) {
		switch string(bytes.ToLower(name)) {
		case "content-type":
			a.contentType = mediaType(value)
		case "content-length":
			a.length = lengthOf(value)
		}
	}
	w := &c.app.http.waiting
	if len(*w) == 0 {
		out.http(c, nil, &a)
		return
	}
	tunnel := (*w)[0].method == "CONNECT" && a.status == 200 || a.status == 101
	out.http(c, &(*w)[0], &a)
	c.firstDone()
	if tunnel && len(*w) == 0 { // what follows is another protocol
		c.app.kind, c.app.over = appUnknown, appHTTP
	}
}

// headers yields names and values.
func headers(head []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		for len(head) > 0 {
			var line []byte
			line, head, _ = bytes.Cut(head, []byte("\r\n"))
			name, value, ok := bytes.Cut(line, []byte(":"))
			if ok && !yield(name, bytes.TrimSpace(value)) {
				return
			}
		}
	}
}

// mediaType drops the parameters of a content type.
func mediaType(value []byte) string {
	value, _, _ = bytes.Cut(value, []byte(";"))
	return string(bytes.ToLower(bytes.TrimSpace(value)))
}

func lengthOf(value []byte) int64 {
	n, err := strconv.ParseInt(string(value), 10, 63)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
