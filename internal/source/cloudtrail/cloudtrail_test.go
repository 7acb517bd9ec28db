package cloudtrail_test

import (
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/cloudtrail"
	"tyto/internal/source/sourcetest"
)

const at = "rules/cloud/aws/cloudtrail/"

// record is a record with further members.
func record(source, name, more string) string {
	return `{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111122223333:user/ann","accountId":"111122223333","userName":"ann"},` +
		`"eventTime":"2025-06-15T10:00:00Z","eventSource":"` + source + `","eventName":"` + name + `","awsRegion":"eu-central-1","sourceIPAddress":"192.0.2.9","userAgent":"aws-cli/2.1",` +
		`"requestParameters":null,"responseElements":null,"eventID":"11111111-2222-3333-4444-555555555555","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333"` + more + `}`
}

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	policy := `,"requestParameters":{"userName":"x","policyName":"p","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":[\"arn:aws:s3:::<YOUR-BUCKET-NAME>/*\"]}]}"},"userAgent":"S3 Browser 9"`
	plain := strings.Replace(record("iam.amazonaws.com", "PutUserPolicy", policy), `"requestParameters":null,`, "", 1)
	plain = strings.Replace(plain, `"userAgent":"aws-cli/2.1",`, "", 1)
	login := record("signin.amazonaws.com", "ConsoleLogin", `,"additionalEventData":{"MFAUsed":"NO"},"responseElements":{"ConsoleLogin":"Success"}`)
	rulecheck.Run(t, cloudtrail.New(), []rulecheck.Case{
		rulecheck.Fires(at+"aws_cloudtrail_disable_logging.yml", `{"Records":[`+record("cloudtrail.amazonaws.com", "StopLogging", "")+`]}`),
		rulecheck.Silent(at+"aws_cloudtrail_disable_logging.yml", `{"Records":[`+record("cloudtrail.amazonaws.com", "StartLogging", "")+`]}`),
		rulecheck.Fires(at+"aws_cloudtrail_disable_logging.yml", `{"Events":[{"EventId":"1","EventName":"StopLogging","CloudTrailEvent":`+fmt.Sprintf("%q", record("cloudtrail.amazonaws.com", "StopLogging", ""))+`}]}`),
		rulecheck.Fires(at+"aws_cloudtrail_disable_logging.yml", `{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":`+record("cloudtrail.amazonaws.com", "StopLogging", "")+`}`),
		rulecheck.Fires(at+"aws_cloudtrail_disable_logging.yml", `{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{"id":"1","timestamp":1,"message":`+fmt.Sprintf("%q", record("cloudtrail.amazonaws.com", "StopLogging", ""))+`}],"last":1}`),
		rulecheck.Fires(at+"aws_iam_s3browser_templated_s3_bucket_policy_creation.yml", plain),
		rulecheck.Silent(at+"aws_iam_s3browser_templated_s3_bucket_policy_creation.yml", strings.Replace(plain, "Allow", "Deny", 1)),
		rulecheck.Fires(at+"aws_root_account_usage.yml", strings.Replace(login, "IAMUser", "Root", 1)),
		rulecheck.Silent(at+"aws_root_account_usage.yml", login),
		rulecheck.Fires(at+"aws_delete_saml_provider.yml", record("iam.amazonaws.com", "DeleteSAMLProvider", "")),
		rulecheck.Silent(at+"aws_delete_saml_provider.yml", record("iam.amazonaws.com", "DeleteSAMLProvider", `,"errorCode":"AccessDenied"`)),
	})
}

func TestManyRecordsOfOneFileAreRead(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Records": [`)
	for i := range 5000 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(record("ec2.amazonaws.com", fmt.Sprint("E", i), ""))
	}
	b.WriteString("]}\n")
	in := sourcetest.Input("a.json", b.String()+b.String())
	n := 0
	rep := sourcetest.Each(t, cloudtrail.New(), in, func(e *event.Event) bool {
		if v, _ := e.Get("eventName"); string(v) != fmt.Sprint("E", n%5000) || e.Host != "111122223333" {
			t.Fatalf("event %d is %s of %s", n, v, e.Host)
		}
		n++
		return true
	})
	if n != 10000 || rep.Damaged != 0 || rep.Bytes != in.Size || len(rep.Notes) > 0 {
		t.Errorf("%d events, report %+v", n, rep)
	}
}

func TestOtherObjectsAreNotClaimed(t *testing.T) {
	for _, text := range []string{
		`{"awsAccountId":"1","digestStartTime":"2025-06-15T10:00:00Z","logFiles":[{"s3Bucket":"b"}]}`,
		`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","s3":{}}]}`, `{"Records":[]}`, "",
	} {
		if cloudtrail.New().Claims("", []byte(text)) {
			t.Errorf("claimed %s", text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"a":1,"Records":[` + record("a", "b", `,"requestParameters":{"x":"{\"y\":[1]}"}`) + `],"b":{}}`)
	f.Add(`{"Events":[{"CloudTrailEvent":"{\"eventName\":\"x\",\"eventSource\":\"y"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		cloudtrail.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, cloudtrail.New(), in, func(e *event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	in := sourcetest.Input("a.json", `{"Records":[`+strings.TrimSuffix(strings.Repeat(record("ec2.amazonaws.com", "RunInstances", `,"requestParameters":{"a":{"b":["c","d"]}}`)+",", 2000), ",")+"]}")
	f := cloudtrail.New()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		sourcetest.Each(b, f, in, func(*event.Event) bool { return true })
	}
}
