package intel

import "strings"

// parseGrade reads a grade such as "B2"; anything else is no grade.
func parseGrade(s string) Grade {
	s = strings.ToUpper(strings.TrimSpace(s))
	var g Grade
	if len(s) >= 1 && len(s) <= 2 && s[0] >= 'A' && s[0] <= 'F' {
		g.Source = s[0] - 'A' + 1
		if len(s) == 2 && s[1] >= '1' && s[1] <= '6' {
			g.Info = s[1] - '0'
		}
	}
	return g
}

// gradeOf judges a source by how it describes itself, the best of several
// counting: joint advisories of authorities A2, vendors about their own
// research B2, copies of lists C3, what a program took out of a page D4.
func gradeOf(source string) Grade {
	best := Grade{}
	for part := range strings.SplitSeq(source, " ; ") {
		if g := gradePart(strings.ToLower(part)); best == (Grade{}) || g.better(best) {
			best = g
		}
	}
	return best
}

func gradePart(s string) Grade {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	known := has("trend micro", "eset", "kaspersky", "symantec", "mandiant", "microsoft", "cisco talos", "crowdstrike",
		"sygnia", "bitdefender", "darktrace", "sentinelone", "unit 42", "recorded future", "volexity", "secureworks", "proofpoint")
	switch {
	case s == "":
		return Grade{}
	case known && has("article text"):
		return Grade{2, 2}
	case has("pdf", "ocr", "crawl", "scrap", "extraction") && !has(" txt "):
		return Grade{4, 4}
	case has("via ", "copied", "quoted", "mirror", "aggregat"):
		return Grade{3, 3}
	case has("aa2", "joint advisory", "cisa", "ncsc", "anssi", "bsi "):
		return Grade{1, 2}
	case known:
		return Grade{2, 2}
	case has("via", "list", "feed"):
		return Grade{3, 3}
	}
	return Grade{}
}
