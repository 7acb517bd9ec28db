package intel

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A table reads rows with a header. The header may name a column for the value
// and one for its type, or one column per type ("md5, sha256, filename").
type table struct {
	c     *collector
	lines *lineReader
	sep   byte
	role  []string       // per column: a role of columnRoles or ""
	typed map[int]Type   // columns of one type each
	at    map[string]int // role -> column
	names []string       // the header
	told  map[int]bool   // columns whose values could not be used, said once each
	row   int64
	buf   []string // cells of the last row

	before []string  // cells of the row that last describes
	last   Indicator // what they say beside the value
}

// columnRoles translates the headers in circulation.
func columnRoles() map[string]string {
	out := map[string]string{}
	for role, names := range map[string]string{
		"value":   "value indicator ioc observable indicators iocs indicator_value ioc_value observable_value x_opencti_main_observable_value",
		"pattern": "pattern indicator_pattern stix_pattern",
		"type":    "type ioc_type indicator_type kind observable_type indicatortype entity_type",
		"source":  "source meta.source reference feed origin reporter provider references report ioc_source",
		"actor":   "actor_label actor threat_actor actors campaign group threat-actor adversary",
		"tool":    "tool malware family malware_printable malware_family signature threat",
		"date":    "date first_seen firstseen dateadded date_added first_seen_utc created published first-seen",
		"note":    "note meta.desc comment description notes comments title",
		"action":  "action use decision recommended_action",
		"to_ids":  "to_ids ids",
		"status":  "status",
		"from":    "valid_from valid_since start start_date",
		"until":   "valid_until valid_to expiration expires expires_at expiry expiry_date expiration_date last_seen last_seen_utc expirationtime",
		"grade":   "grade admiralty reliability source_grade",
	} {
		for name := range strings.FieldsSeq(names) {
			out[name] = role
		}
	}
	return out
}

// header takes a line as the header if it is one.
func (t *table) header(line string) bool {
	line = strings.TrimPrefix(strings.TrimPrefix(line, "#"), "fields\t") // Zeek's way of naming columns
	for _, sep := range []byte{',', ';', '\t', '|'} {
		cells, _ := splitRow(nil, line, sep)
		if t.tryHeader(cells, sep) {
			return true
		}
	}
	return false
}

func (t *table) tryHeader(cells []string, sep byte) bool {
	t.sep, t.role, t.typed, t.at = sep, make([]string, len(cells)), map[int]Type{}, map[string]int{}
	t.before, t.last = nil, Indicator{}
	for i, cell := range cells {
		name := strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"'`))
		if role := compactRoles()[compact(name)]; role != "" {
			if _, twice := t.at[role]; !twice {
				t.role[i], t.at[role] = role, i
			}
			continue
		}
		if ty, ok := t.typeColumn(name, len(cells) > 1); ok && !isProse(name) {
			t.typed[i] = ty
		} else if guess(cell) != Other || isProse(name) {
			return false // a row with a value or a sentence, not a header
		}
	}
	t.certificates(cells)
	_, hasValue := t.at["value"]
	_, hasPattern := t.at["pattern"]
	if hasValue || hasPattern {
		t.typed = nil
	}
	t.names = cells
	return hasValue || hasPattern || len(t.typed) > 0 && (len(cells) > 1 || sep == ',')
}

// certificates settles what a column of SHA-1 is in a list of certificates:
// that of abuse.ch says so only by its other columns.
func (t *table) certificates(cells []string) {
	if !slices.ContainsFunc(cells, func(c string) bool { return compact(c) == "listingreason" }) {
		return
	}
	for i, ty := range t.typed {
		if ty == SHA1 {
			t.typed[i] = CertSHA1
		}
	}
}

// typeColumn finds the type of a column that holds values of one type. Hash
// columns without an algorithm are settled per value.
func (t *table) typeColumn(name string, several bool) (Type, bool) {
	switch {
	case namesHash(name):
		return Other, true
	case name == "other":
		return Other, false
	}
	if ty, ok := spelledType(name); ok {
		return ty, ok
	}
	if !several {
		return Other, false // the first line of a list may be its title
	}
	return columnType(name)
}

// read reads the rows.
func (t *table) read() error {
	t.c.format = "csv"
	for {
		line, err := t.lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		t.row = t.lines.n
		trimmed := strings.TrimSpace(line)
		switch {
		case t.lines.long:
			t.c.problem(t.row, 0, "line is longer than 64 KiB")
			continue
		case trimmed == "" || trimmed[0] == '#':
			continue
		}
		if err := t.line(line); err != nil {
			return err
		}
	}
}

// maxRowLines bounds the lines that a quoted cell may span.
const maxRowLines = 64

func (t *table) line(line string) error {
	cells, open := splitRow(t.buf[:0], line, t.sep)
	t.buf = cells
	if open == "" {
		return t.cells(cells)
	}
	size, spare := len(line), []string(nil)
	for len(spare) < maxRowLines && size < maxLine {
		next, err := t.lines.next()
		if err != nil || t.lines.long {
			break
		}
		spare = append(spare, next)
		size += 1 + len(next)
		// Only the open cell is read anew: a list may open one on every line.
		if cells, open = splitRow(cells[:len(cells)-1], open+"\n"+next, t.sep); open == "" {
			return t.cells(cells)
		}
	}
	t.lines.back = append(spare, t.lines.back...)
	t.lines.n = t.row
	t.c.problem(t.row, 0, "a quote is never closed")
	return nil
}

// splitRow appends the cells of a row, which may stand in double quotes. open is
// the text of the last cell from its quote on when that is not closed.
func splitRow(cells []string, line string, sep byte) (_ []string, open string) {
	for {
		rest := strings.TrimLeft(line, " ")
		if strings.HasPrefix(rest, `"`) {
			cell, after, closed := quoted(rest[1:])
			if !closed {
				return append(cells, cell), rest
			}
			cells = append(cells, cell)
			i := strings.IndexByte(after, sep)
			if i < 0 {
				return cells, ""
			}
			line = after[i+1:]
			continue
		}
		i := strings.IndexByte(line, sep)
		if i < 0 {
			return append(cells, strings.TrimSpace(line)), ""
		}
		cells = append(cells, strings.TrimSpace(line[:i]))
		line = line[i+1:]
	}
}

// quoted reads a cell up to its closing quote; two quotes stand for one.
func quoted(s string) (cell, after string, closed bool) {
	i := strings.IndexByte(s, '"')
	if i < 0 {
		return s, "", false
	}
	if i+1 >= len(s) || s[i+1] != '"' {
		return s[:i], s[i+1:], true
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return b.String() + s, "", false
		}
		b.WriteString(s[:i])
		if i+1 >= len(s) || s[i+1] != '"' {
			return b.String(), s[i+1:], true
		}
		b.WriteByte('"')
		s = s[i+2:]
	}
}

// cell returns the row's cell for a role.
func (t *table) cell(cells []string, role string) string {
	if i, ok := t.at[role]; ok && i < len(cells) {
		return strings.TrimSpace(cells[i])
	}
	return ""
}

// cells takes one row.
func (t *table) cells(cells []string) error {
	get := func(role string) string { return t.cell(cells, role) }
	in := t.described(cells, get)
	in.Line = int32(min(t.row, 1<<31-1))
	if p := get("pattern"); p != "" && p[0] == '[' {
		return t.c.pattern(Carried{Kind: "stix", Name: cut(in.Claim.Note, 256), Text: p, Claim: in.Claim, From: in.From, Until: in.Until}, in)
	}
	if _, ok := t.at["value"]; ok {
		return t.value(get("type"), get("value"), in)
	}
	found := false
	for i := range cells {
		ty, ok := t.typed[i]
		v := strings.TrimSpace(cells[i])
		if !ok && v != "" {
			t.unnamed(i, v)
		}
		if ok && !blankCell(v) {
			found = true
			if err := t.typedCell(ty, v, in); err != nil {
				return err
			}
		}
	}
	if !found {
		t.c.problem(t.row, 0, "row without a value")
	}
	return nil
}

// unnamed tells once of a column that holds values under a name that is not
// known, so that they are not lost in silence.
func (t *table) unnamed(i int, v string) {
	if i >= len(t.names) || t.role[i] != "" || t.told[i] {
		return
	}
	switch guess(v) {
	case IP, Domain, MD5, SHA1, SHA256:
	default:
		return
	}
	for _, w := range bystanders {
		if strings.Contains(strings.ToLower(t.names[i]), w) {
			return
		}
	}
	if t.told == nil {
		t.told = map[int]bool{}
	}
	t.told[i] = true
	t.c.problem(t.row, 0, "column "+cut(t.names[i], 64)+" holds values, but its name is not one of a type: not used")
}

func (t *table) typedCell(ty Type, v string, in Indicator) error {
	if ty == Other {
		return t.value("hash", v, in)
	}
	return t.c.add(ty, v, in)
}

func (t *table) value(name, v string, in Indicator) error {
	if v == "" {
		t.c.problem(t.row, 0, "row without a value")
		return nil
	}
	ty, ok := t.c.types.parse(name, v)
	if ok && namesFolder(name) {
		v = folderOf(v)
	}
	if ok {
		return t.c.add(ty, v, in)
	}
	if name == "" {
		t.c.unread(v, t.row, 0, "no type, and none that the value shows")
		return nil
	}
	return t.c.composite(name, v, in)
}

// described reads what a row says beside the value: mostly the same as the row
// before.
func (t *table) described(cells []string, get func(string) string) Indicator {
	if len(t.last.Reasons) == 0 && t.last.Claim != nil && t.likeBefore(cells) {
		return t.last
	}
	t.before = append(t.before[:0], cells...)
	t.last = t.c.described(get)
	return t.last
}

// likeBefore reports whether all cells that say something beside the value and
// its type are those of the row before.
func (t *table) likeBefore(cells []string) bool {
	if len(cells) != len(t.before) {
		return false
	}
	for i, cell := range cells {
		if cell == t.before[i] {
			continue
		}
		if i < len(t.role) && t.role[i] != "" && t.role[i] != "value" && t.role[i] != "type" {
			return false
		}
	}
	return true
}

// described reads what a row or object says beside the value.
func (c *collector) described(get func(string) string) Indicator {
	in := Indicator{Asked: parseDecision(get("action"))}
	claim := Claim{
		Source: get("source"), Tool: get("tool"), Actors: get("actor"), Date: get("date"), Note: get("note"),
		Grade: parseGrade(get("grade")),
	}
	if !utf8.ValidString(claim.Note) || len(claim.Note) > 512 {
		claim.Note = claim.Note[:min(len(claim.Note), 512)]
	}
	in.Claim = c.intern(claim)
	switch status := strings.ToLower(get("status")); {
	case status == "corrupt" && in.Asked == None:
		in.Asked = Rejected
	case status == "conflict" && in.Asked == None:
		in.Asked = Hunt
	}
	if ids := strings.ToLower(get("to_ids")); in.Asked == None && (ids == "0" || ids == "false") {
		in.Asked = Hunt
	}
	in.From = c.day(&in, "valid from", get("from"))
	in.Until = c.day(&in, "valid until", get("until"))
	if in.From == 0 && in.Until != 0 {
		in.From, _ = parseDay(get("date")) // first seen, last seen
		if in.From > in.Until {
			in.From = 0 // the day of the list, not of the value
		}
	}
	if in.Until != 0 && in.Until%86400 == 0 {
		in.Until += 86399 // a day lasts to its end
	}
	return in
}
