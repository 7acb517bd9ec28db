// Tyto hunts espionage intrusions in the logs that an organisation already
// has. Run "tyto help", or "go run . demo" to see it work.
package main

import (
	"context"
	"os"
	"os/signal"

	"tyto/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := cli.Main(ctx, os.Args[1:], cli.OS())
	stop()
	os.Exit(code)
}
