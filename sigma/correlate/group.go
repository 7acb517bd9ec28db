package correlate

// A group is the state of one correlation for one combination of group values.
type group struct {
	key    key
	values []Value
	window window
	tally  tally

	older, newer *group // by last event: see groups
	last         int64  // time of the last event
	held         int64  // when the condition last held, or never
	// pending is set while a judgement of the present window is due.
	pending bool
	// life changes when the group is recycled, so that an old deadline does
	// not reach its successor; born numbers the groups in order of creation.
	life, born uint64
}

// size is the number of entries kept.
func (g *group) size() int { return g.window.n + g.tally.size() }

// pop forgets the oldest event of the window.
func (g *group) pop() {
	g.tally.remove(&g.window, g.window.oldest())
	g.window.pop()
}

// expire forgets what happened before since.
func (g *group) expire(since int64) {
	for g.window.n > 0 && g.window.oldest().time < since {
		g.pop()
	}
}

// add takes in an event.
func (g *group) add(q *query, e *entry) {
	g.last = e.time
	if !q.windowed() {
		g.tally.add(nil, e)
		return
	}
	if q.saturates() && g.window.n >= q.need {
		g.pop()
	}
	g.window.push(*e)
	g.tally.add(&g.window, e)
}

// begins records that the condition holds for a window that ends at t, and
// reports whether that begins an episode.
func (g *group) begins(t, span int64) bool {
	first := g.held == never || g.held < earlier(t, span)
	g.held = t
	return first
}

// groups are the groups of one correlation, listed by the time of their last
// event. Facts come in the order of time, so the list needs no sorting.
type groups struct {
	query    *query
	byKey    map[key]*group
	stalest  *group
	freshest *group
	free     []*group
	entries  int // in all groups
	born     uint64
}

func newGroups(q *query) *groups { return &groups{query: q, byKey: map[key]*group{}} }

// create adds an empty group; the caller sees to it that there is room.
func (s *groups) create(k key, values []Value) *group {
	var g *group
	if n := len(s.free); n > 0 {
		g = s.free[n-1]
		s.free = s.free[:n-1]
	} else {
		g = &group{tally: s.query.tally()}
	}
	s.born++
	g.key, g.values, g.held, g.born = k, values, never, s.born
	s.byKey[k] = g
	s.entries += g.size()
	return g
}

// touch makes g the freshest group.
func (s *groups) touch(g *group) {
	if s.freshest == g {
		return
	}
	s.unlink(g)
	g.older = s.freshest
	if s.freshest != nil {
		s.freshest.newer = g
	} else {
		s.stalest = g
	}
	s.freshest = g
}

func (s *groups) unlink(g *group) {
	if g.older != nil {
		g.older.newer = g.newer
	} else if s.stalest == g {
		s.stalest = g.newer
	}
	if g.newer != nil {
		g.newer.older = g.older
	} else if s.freshest == g {
		s.freshest = g.older
	}
	g.older, g.newer = nil, nil
}

// drop removes a group and keeps its memory for another one.
func (s *groups) drop(g *group) {
	s.entries -= g.size()
	s.unlink(g)
	delete(s.byKey, g.key)
	g.window.reset()
	g.tally.reset()
	g.values, g.pending = nil, false
	g.life++
	if len(s.free) < 1024 {
		s.free = append(s.free, g)
	}
}

// sweep drops the groups without an event at or after since. Nothing of them
// is of use any more: their windows are over and judged.
func (s *groups) sweep(since int64) {
	for g := s.stalest; g != nil && g.last < since; g = s.stalest {
		s.drop(g)
	}
}

// evict drops the stalest tenth of the groups, but not keep, and returns how
// many went.
func (s *groups) evict(keep *group) int64 {
	n := int64(0)
	for range max(1, len(s.byKey)/10) {
		g := s.stalest
		if g == nil || g == keep {
			break
		}
		s.drop(g)
		n++
	}
	return n
}
