package main

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/moby/moby/v2/daemon/command"
	"github.com/moby/term"
)

// runDockerd is dockerd's own main. Its embedded containerd starts every plugin that is registered,
// so those that only the system's containerd needs are taken away first.
func runDockerd(ctx context.Context) error {
	dropPlugins(containerdOnly)
	signal.Ignore(syscall.SIGPIPE) // whoever reads its log may be restarted
	_, stdout, stderr := term.StdStreams()
	runner, err := command.NewDaemonRunner(stdout, stderr)
	if err != nil {
		return err
	}
	return runner.Run(ctx)
}
