package sigma

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/logic"
)

// placeholderForm finds %name%.
var placeholderForm = regexp.MustCompile(`%([\w-]+)%`)

// expand replaces the placeholders of a text by their values. A text with an
// unknown placeholder becomes a test that is never true.
func (p *parser) expand(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	if o.kind == opRegex {
		return p.expandRegex(it, m, o)
	}
	o, ok := o.asText()
	if !ok {
		return p.needs(it, m, n, "a text")
	}
	variants := [][]logic.Part{nil}
	for _, part := range o.parts {
		pieces, missing := p.expandLiteral(part)
		if missing != "" {
			p.unresolved = true
			return []operand{{kind: opNever, text: missing}}, true
		}
		if len(variants)*len(pieces) > maxVariants {
			p.fail(m.spot, "", "placeholders in %q stand for more than %d texts", it.key.Value, maxVariants)
			return nil, false
		}
		variants = product(variants, pieces)
	}
	out := make([]operand, len(variants))
	for i, v := range variants {
		out[i] = o
		out[i].parts = v
	}
	return out, true
}

// product appends every choice to every head.
func product(heads, choices [][]logic.Part) [][]logic.Part {
	out := make([][]logic.Part, 0, len(heads)*len(choices))
	for _, h := range heads {
		for _, c := range choices {
			out = append(out, append(h[:len(h):len(h)], c...))
		}
	}
	return out
}

// expandLiteral returns what one part may stand for, or the placeholder that
// has no values. A backslash before '%' makes it literal.
func (p *parser) expandLiteral(part logic.Part) (choices [][]logic.Part, missing string) {
	if part.Wild != 0 {
		return [][]logic.Part{{part}}, ""
	}
	const escaped = "\x00percent\x00"
	text := strings.ReplaceAll(part.Lit, `\%`, escaped)
	plain := func(s string) [][]logic.Part {
		if s == "" {
			return [][]logic.Part{nil}
		}
		return [][]logic.Part{{{Lit: strings.ReplaceAll(s, escaped, "%")}}}
	}
	choices = [][]logic.Part{nil}
	from := 0
	for _, m := range placeholderForm.FindAllStringSubmatchIndex(text, -1) {
		values := p.placeholders[text[m[2]:m[3]]]
		if len(values) == 0 {
			return nil, text[m[0]:m[1]]
		}
		choices = product(choices, plain(text[from:m[0]]))
		options := make([][]logic.Part, len(values))
		for i, v := range values {
			options[i] = scanPattern(v)
		}
		if len(choices)*len(options) > maxVariants {
			return make([][]logic.Part, maxVariants+1), ""
		}
		p.unresolved = true // rebuilt whenever the values change
		choices = product(choices, options)
		from = m[1]
	}
	return product(choices, plain(text[from:])), ""
}

// expandRegex inserts the values, quoted, as alternatives.
func (p *parser) expandRegex(it *item, m modifier, o operand) ([]operand, bool) {
	missing := ""
	o.text = placeholderForm.ReplaceAllStringFunc(o.text, func(ref string) string {
		values := p.placeholders[strings.Trim(ref, "%")]
		if len(values) == 0 {
			missing = ref
			return ref
		}
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = regexp.QuoteMeta(v)
		}
		return "(?:" + strings.Join(quoted, "|") + ")"
	})
	if missing != "" {
		p.unresolved = true
		return []operand{{kind: opNever, text: missing}}, true
	}
	return []operand{o}, true
}
