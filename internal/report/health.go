package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tyto/internal/detect"
)

// WriteHealth writes health.json. Lists are sorted and never null, whatever
// order the caller gathered them in; the caller's value stays as it is.
func WriteHealth(w io.Writer, h *detect.Health) error {
	out := *h
	out.Version = 1
	out.Files = sortedBy(h.Files, func(a, b detect.FileHealth) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Member, b.Member))
	})
	for i := range out.Files {
		out.Files[i].Hosts = sortedBy(out.Files[i].Hosts, strings.Compare)
	}
	out.Rejected = sortedBy(h.Rejected, func(a, b detect.Rejection) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Reason, b.Reason))
	})
	out.Blind = sortedBlind(h.Blind)
	out.Uncovered = sortedBy(h.Uncovered, func(a, b detect.Uncovered) int {
		return cmp.Or(strings.Compare(a.Log, b.Log), cmp.Compare(a.EventID, b.EventID))
	})
	out.Gaps = sortedBy(h.Gaps, compareGaps)
	out.Caps = sortedBy(h.Caps, func(a, b detect.Cap) int {
		return cmp.Or(strings.Compare(a.What, b.What), cmp.Compare(a.Limit, b.Limit))
	})
	if err := writeJSON(w, out); err != nil {
		return fmt.Errorf("writing health: %w", err)
	}
	return nil
}

// sortedBlind also sorts what each rule misses.
func sortedBlind(list []detect.BlindRule) []detect.BlindRule {
	out := sortedBy(list, func(a, b detect.BlindRule) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Title, b.Title))
	})
	for i := range out {
		out[i].Missing = sortedBy(out[i].Missing, strings.Compare)
	}
	return out
}

func compareGaps(a, b detect.Gap) int {
	return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Log, b.Log),
		instant(a.From).Compare(instant(b.From)), instant(a.To).Compare(instant(b.To)))
}

// instant returns the zero time for an unknown one.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// sortedBy returns a sorted copy that is never nil.
func sortedBy[T any](list []T, compare func(a, b T) int) []T {
	out := make([]T, len(list))
	copy(out, list)
	slices.SortStableFunc(out, compare)
	return out
}
