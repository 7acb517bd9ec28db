package detect

import (
	"maps"
	"strings"

	"tyto/internal/event/meaning"
	"tyto/stix"
)

// request puts a web request into the traffic that carries it. A header is a
// list in STIX 2.1 and one text in 2.0, and patterns of both kinds are in
// circulation: the traffic is added once more in the older form.
func (o *observer) request(t stix.Map) {
	r := stix.Map{}
	put(r, "request_method", strings.ToLower(o.first(meaning.WebMethod)))
	put(r, "request_value", o.asked())
	if len(r) == 0 {
		return // a user agent alone may be that of a call to a cloud service
	}
	lists, texts := map[string]any{}, map[string]any{}
	for name, m := range map[string]meaning.Meaning{
		"User-Agent": meaning.UserAgent, "Host": meaning.WebHost, "Referer": meaning.Referrer,
	} {
		if v := o.first(m); v != "" {
			lists[name], texts[name] = []any{v}, v
		}
	}
	if len(lists) > 0 {
		old := maps.Clone(r)
		r["request_header"], old["request_header"] = lists, texts
		plain := maps.Clone(t)
		plain["extensions"] = map[string]any{"http-request-ext": map[string]any(old)}
		o.add("network-traffic", plain)
	}
	t["extensions"] = map[string]any{"http-request-ext": map[string]any(r)}
}

// asked is what a request asks its host for: path and query, or where a proxy
// shall connect to.
func (o *observer) asked() string {
	text := o.first(meaning.WebPath)
	if text == "" {
		text = target(o.first(meaning.URL))
	}
	if whole(text) && strings.HasPrefix(strings.ToLower(text), "http") {
		_, rest, _ := strings.Cut(text, "://")
		_, path, _ := strings.Cut(rest, "/")
		text = "/" + path
	}
	if !strings.HasPrefix(text, "/") {
		if o.first(meaning.WebMethod) == "" {
			return "" // a URL, but no request for it
		}
		return text
	}
	// Rules call the whole target of a request its query, which is none to add.
	query := strings.TrimPrefix(o.first(meaning.WebQuery), "?")
	if query == "" || strings.Contains(text, "?") || strings.HasPrefix(query, text) {
		return text
	}
	return text + "?" + query
}

// urls adds the addresses that were asked for, put together where a log has
// host and path apart.
func (o *observer) urls() {
	found := false
	for _, text := range o.all(meaning.URL) {
		if u := target(text); whole(u) {
			o.add("url", stix.Map{"value": u})
			found = true
		}
	}
	host, path := o.first(meaning.WebHost), o.asked()
	if found || host == "" || !strings.HasPrefix(path, "/") {
		return
	}
	o.add("url", stix.Map{"value": o.scheme() + "://" + strings.ToLower(host) + path})
}

// scheme is that of a request. A server's own log has requests that came
// encrypted, which only the port tells; sensors see none of them.
func (o *observer) scheme() string {
	if s := o.first(meaning.WebScheme); s != "" {
		return strings.ToLower(s)
	}
	if o.first(meaning.ServerAddr) != "" && o.first(meaning.DstPort) == "443" {
		return "https"
	}
	return "http"
}

// target is the URL in a request's first line, such as "GET /x HTTP/1.1", or the
// text itself when it is no such line.
func target(text string) string {
	words := strings.Fields(text)
	if len(words) > 1 && !whole(text) && !strings.HasPrefix(text, "/") {
		return words[1]
	}
	return text
}

// whole reports whether a URL begins with its scheme.
func whole(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	return ok && !strings.ContainsAny(scheme, "/? ")
}
