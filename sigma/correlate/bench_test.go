package correlate

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"tyto/sigma"
)

// benchmark feeds a steady stream of facts of 100 users, one fact a
// millisecond, over a window of the given length.
func benchmark(b *testing.B, c *sigma.Correlation, window time.Duration, distinct int) {
	c.Timespan = window
	p := plan(b, c)
	r := p.NewRuntime(Limits{Window: 1 << 20, Entries: 1 << 22})
	var users, amounts [1 << 12]Value
	for i := range users {
		users[i] = Text("user" + strconv.Itoa(i%100))
		amounts[i] = Text(strconv.Itoa(i * 7919 % distinct))
	}
	alerts := 0
	ref := new(int)
	values := make([]Value, 2)
	now := epoch
	alert := func(Alert) { alerts++ }
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Millisecond)
		values[0], values[1] = users[i&4095], amounts[(i/100)&4095]
		r.Observe(Fact{Rule: i % 3, Time: now, Values: values, Ref: ref}, alert)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}

func BenchmarkFacts(b *testing.B) {
	every := everyCorrelation()
	for _, name := range []string{
		"events gte", "events between", "values gte", "values between", "sum gt", "avg gt",
		"median gte", "all three", "a and b, not c", "in order", "a, b, not c",
	} {
		b.Run(name, func(b *testing.B) { benchmark(b, every[name], 10*time.Second, 1000) })
	}
}

// BenchmarkDistinct shows that the cost of a fact does not grow with the number
// of distinct values in the window.
func BenchmarkDistinct(b *testing.B) {
	for _, distinct := range []int{10, 100, 1800} {
		b.Run(fmt.Sprint(distinct), func(b *testing.B) {
			c := correlation(sigma.ValueCount, amount("eq", 1<<20))
			benchmark(b, c, 400*time.Second, distinct)
		})
	}
}
