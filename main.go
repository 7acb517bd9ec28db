// Tyto hunts espionage intrusions in the logs that an organisation already
// has. Run "tyto help", or "go run . demo" to see it work.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"

	"tyto/internal/cli"
)

// garbage is how much the heap may grow between collections, in per cent. The
// live heap is small and flat, so time is worth more than these megabytes.
const garbage = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := cli.Main(ctx, os.Args[1:], cli.OS())
	stop()
	os.Exit(code)
}
