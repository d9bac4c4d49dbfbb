package main

import (
	"github.com/containerd/containerd/v2/cmd/containerd/command"
	"github.com/prometheus/client_golang/prometheus"
)

// runContainerd is containerd's own main with the plugins of plugins.go.
func runContainerd(args []string) error {
	dropPlugins(dockerdOnly)
	// containerd and the libraries of dockerd register a metric of the same name and would panic.
	prometheus.DefaultRegisterer = prometheus.NewRegistry()
	return command.App().Run(args)
}
