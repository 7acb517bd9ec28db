// Package cloudtrail reads the log of AWS CloudTrail: the files that it puts
// into buckets ({"Records":[..]}), single records in lines or lists, and
// records in the wrappers of look-ups (Events[].CloudTrailEvent), CloudWatch
// (logEvents[].message), EventBridge (detail), Splunk and Elasticsearch.
//
// A record is recognised by its eventVersion or userIdentity beside eventName
// and eventSource. Events are of product aws and service cloudtrail; their
// fields have CloudTrail's names. requestParameters, responseElements and
// additionalEventData are there as text too. status, which some rules ask for,
// is success where there is no errorCode.
//
// Limits: digest files have no records and are not read; exports of Athena in
// CSV are not recognised. The host of an event is the account.
package cloudtrail

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:     "cloudtrail",
		Alien:    "no cloudtrail record",
		Is:       isRecord,
		Wrappers: []string{"Records", "Events", "logEvents", "hits.hits"},
		Inner:    []string{"CloudTrailEvent", "message", "detail", "result._raw", "result", "_raw", "_source.event.original", "_source"},
		Whole:    []string{"requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"},
		Times:    []string{"eventTime", "EventTime", "time", "_time"},
		Hosts:    []string{"recipientAccountId", "userIdentity.accountId", "account"},
		Source:   sourceOf,
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("eventName", "eventSource") && (p.Has("userIdentity") || p.Has("eventVersion") || p.Has("awsRegion"))
}

func sourceOf(r *jsonmap.Record) event.Source {
	if !r.Has("eventName") || !r.Has("eventSource") {
		return event.Source{}
	}
	if !r.Has("errorCode") && !r.Has("errorMessage") {
		r.Say("status", "success")
	}
	return event.Source{Product: "aws", Service: "cloudtrail"}
}
