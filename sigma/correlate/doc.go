// Package correlate runs Sigma correlations: statements about several events,
// such as "five failed logons of one user within ten minutes".
//
// # Facts in, alerts out
//
// Correlations do not look at logs. They are fed with facts: rule 17 matched
// at this time, and these were the values of the few fields that matter. A
// [Plan] says for every rule whether its matches are wanted, which fields a
// fact must carry, and whether the rule's own matches are still to be reported.
// A [Runtime] takes the facts in the order of time and hands out alerts.
//
//	title: Many failed logons of one user
//	name: many_failures
//	correlation:
//	    type: event_count
//	    rules: [failed_logon]
//	    group-by: [TargetUserName]
//	    timespan: 10m
//	    condition:
//	        gte: 5
//
// # Types
//
//	event_count       number of events
//	value_count       number of distinct values of condition.field, or of
//	                  distinct tuples when it lists several fields
//	value_sum         sum of a field (non-negative amounts, as a rule)
//	value_avg         average
//	value_percentile  percentile (0 to 100, interpolated between neighbours)
//	value_median      50th percentile
//	temporal          which rules matched: all of them, or as the condition
//	                  says: "gte: 2", or "a and (b or c) and not d"
//	temporal_ordered  the same, one after the other: in the order of the list
//	                  of rules, or in the order in which the condition names them
//
// An event that lacks a group field takes no part, and neither does one that
// lacks the condition's field or, for the types that calculate, has no decimal
// number in it. Values are compared without case. Events at the same time count
// as being in order, whichever is given first: a log's clock is often too
// coarse to tell.
//
// # Windows
//
// Windows slide; they are not bound to the clock. Events belong to one window
// when the last comes no later than one timespan after the first. Exactly one
// timespan is still inside.
//
// # When an alert is given
//
// A condition that further events cannot undo is judged at every event, for the
// window that ends with it: event_count, value_count and value_sum with gt and
// gte, and temporal types without "not". Its alert comes at once.
//
// All other conditions wait for the end of the window: those with lt, lte, eq
// or neq, averages, medians and percentiles (a single first event would often
// satisfy them), and those with "not". They are judged on every window that no
// further event of the group fits into, on either side. So "fewer than 10" is
// not satisfied by the first nine of a thousand events, nor by the last nine,
// and "a and not b" sees a b on both sides of a. Such an alert is known one
// timespan after the window's first event: [Alert.Known].
//
//	title: Log service stopped and not started again
//	correlation:
//	    type: temporal
//	    rules: [log_stopped, log_started]
//	    group-by: [Computer]
//	    timespan: 5m
//	    condition: log_stopped and not log_started
//
// A group alerts once per episode. An episode lasts as long as the condition
// holds again no later than one timespan after it last held. A thousand failed
// logons in a row are one alert; after a quiet timespan the next is a new one.
//
// # Aliases, nesting, generate
//
// An alias gives a field that each rule calls otherwise one name to group by:
//
//	correlation:
//	    type: temporal_ordered
//	    rules: [many_failures, successful_logon]
//	    group-by: [user]
//	    timespan: 1h
//	    aliases:
//	        user:
//	            many_failures: TargetUserName
//	            successful_logon: AccountName
//
// The first of these rules is itself a correlation. Its alerts are events of
// the outer one, at the time when they are known, and carry the values that the
// inner one groups by: only those can the outer one group by or count. The
// inner groups end there; the outer group-by alone decides.
//
// What a correlation refers to is not reported by itself, unless one of the
// correlations that refer to it says generate: true.
//
// # Bounds
//
// Every event costs the same, however many are in the window: nothing is
// counted anew. Memory is bounded by [Limits]. When there are too many groups
// or events, the stalest tenth is forgotten and counted in [Counts]; what is
// out of every window is forgotten anyway. event_count and value_count with gt
// and gte, and temporal types without "not", keep no more than the condition
// needs, so that a flood of events does not push out the few that matter.
//
// # Same answer
//
// The answer depends on the facts alone. Watermarks ([Runtime.Advance]) make
// waiting alerts come earlier in a live run; they change neither the alerts nor
// their order.
package correlate
