// Package sigma reads Sigma detection rules and matches events against
// thousands of them at once.
//
// Sigma (https://sigmahq.io) is an open format for detection rules on logs:
// YAML files that say which log they are about, what to look for in which
// field, and how the parts combine. A rule looks like this:
//
//	title: Certutil Downloads a File
//	logsource:
//	  category: process_creation
//	  product: windows
//	detection:
//	  selection:
//	    Image|endswith: '\certutil.exe'
//	    CommandLine|contains|all: [urlcache, http]
//	  filter:
//	    User: 'CORP\updater'
//	  condition: selection and not filter
//	level: high
//
// # From files to matches
//
// [Load] reads a folder of rule files and [Parse] a single one, into documents:
// rules, correlations and filters. What they do not understand they report as
// [Diagnostic] values with file, line, column and, where there is one, a hint.
// [Compile] makes a [Ruleset] of the documents: it applies the filters, binds
// each rule to the logs that it is about, and builds the index by which only
// the few rules that can match an event are looked at.
//
// An [Event] is a list of values of named fields, from a [Source]. The names
// are given once per layout, as a [Shape] made by [Ruleset.NewShape]. An
// [Evaluator], one per goroutine, then calls back for each rule that matches;
// it can also say why ([Evaluator.Explain]) and show a field as the rule sees
// it ([Evaluator.Lookup]). [Coverage] tells which rules could never have fired
// on the events seen, and what they lack.
//
// # Log sources
//
// Rules name logs in Sigma's words (product, category, service). For Windows
// event logs the package knows which channels and event ids these words mean;
// such events have Product "windows" and are told apart by channel and event
// id. All other events state their product, category and service themselves,
// and a rule applies when each attribute that it sets is the event's own. Rules
// with product rpc_firewall are bound to the channel RPCFW, for RPC Firewall
// writes to a Windows event log.
//
// Rules for Sysmon also work on the audit events that Windows has built in:
// process creation on Security 4688, network connections on 5156, registry
// changes on 4657. The event is then seen under Sysmon's names, with values
// converted (a hexadecimal process id becomes decimal); rules that use the
// event's own names keep working. Two conversions are assumptions: that a
// device path in 5156 lies on drive C, and that a new value in 4657 is what
// Sysmon reports as a set value.
//
// # What rules mean
//
// The package follows the Sigma specification 2.1 and where that is silent the
// common practice of its rule authors. In short:
//
//   - Comparison is without case, unless the modifier cased or a regular
//     expression asks otherwise. Letters are folded by Unicode's rules.
//   - A text is the whole value; '*' and '?' are wildcards, a backslash
//     escapes them. Regular expressions are searched for, not anchored, and
//     have Go's syntax.
//   - Equality and endswith also hold when they hold without trailing blanks.
//   - A test on a missing field is false, its negation true. null means
//     missing or null, an empty text means present and empty.
//   - Of a field with several values any one may satisfy a test.
//   - A number matches the same number written as text; hexadecimal is text.
//   - A list is any of its values, with the modifier all every one.
//   - Keywords, tests without a field, look into all values but headers.
//   - Times are compared in UTC.
//   - The legacy forms (action documents, "| count()", near, timeframe) are
//     refused or remarked on: correlations replace them.
//
// Correlations are read and checked here; sigma/correlate runs them.
//
// # Whose rules
//
// The rules of the SigmaHQ project are under the Detection Rule License 1.1: a
// program that shows a match must show the rule's [Meta.Author] with it.
package sigma
