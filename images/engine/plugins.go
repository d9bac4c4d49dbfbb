package main

import (
	"github.com/containerd/plugin"
	"github.com/containerd/plugin/registry"

	// The system's containerd. Left out of upstream's list: CRI, NRI, the restart monitor, image
	// verifiers, debug and metrics servers, and every snapshotter but overlayfs.
	_ "github.com/containerd/containerd/api/types/runc/options"
	_ "github.com/containerd/containerd/v2/core/metrics/cgroups/v2"
	_ "github.com/containerd/containerd/v2/core/runtime/v2"
	_ "github.com/containerd/containerd/v2/plugins/content/local/plugin"
	_ "github.com/containerd/containerd/v2/plugins/diff/walking/plugin"
	_ "github.com/containerd/containerd/v2/plugins/events"
	_ "github.com/containerd/containerd/v2/plugins/gc"
	_ "github.com/containerd/containerd/v2/plugins/leases"
	_ "github.com/containerd/containerd/v2/plugins/metadata"
	_ "github.com/containerd/containerd/v2/plugins/mount"
	_ "github.com/containerd/containerd/v2/plugins/sandbox"
	_ "github.com/containerd/containerd/v2/plugins/server/grpc"
	_ "github.com/containerd/containerd/v2/plugins/server/ttrpc"
	_ "github.com/containerd/containerd/v2/plugins/services/containers"
	_ "github.com/containerd/containerd/v2/plugins/services/content"
	_ "github.com/containerd/containerd/v2/plugins/services/diff"
	_ "github.com/containerd/containerd/v2/plugins/services/events"
	_ "github.com/containerd/containerd/v2/plugins/services/healthcheck"
	_ "github.com/containerd/containerd/v2/plugins/services/images"
	_ "github.com/containerd/containerd/v2/plugins/services/introspection"
	_ "github.com/containerd/containerd/v2/plugins/services/leases"
	_ "github.com/containerd/containerd/v2/plugins/services/namespaces"
	_ "github.com/containerd/containerd/v2/plugins/services/sandbox"
	_ "github.com/containerd/containerd/v2/plugins/services/snapshots"
	_ "github.com/containerd/containerd/v2/plugins/services/streaming"
	_ "github.com/containerd/containerd/v2/plugins/services/tasks"
	_ "github.com/containerd/containerd/v2/plugins/services/transfer"
	_ "github.com/containerd/containerd/v2/plugins/services/version"
	_ "github.com/containerd/containerd/v2/plugins/services/warning"
	_ "github.com/containerd/containerd/v2/plugins/snapshots/overlay/plugin"
	_ "github.com/containerd/containerd/v2/plugins/streaming"
	_ "github.com/containerd/containerd/v2/plugins/transfer"
)

// containerdOnly are the plugins that dockerd's embedded containerd must not start: it does not use
// them, and the grpc server would listen on containerd's standard socket.
var containerdOnly = []string{
	"io.containerd.grpc.v1.sandbox-controllers",
	"io.containerd.grpc.v1.sandboxes",
	"io.containerd.grpc.v1.streaming",
	"io.containerd.grpc.v1.transfer",
	"io.containerd.metrics.v1.grpc-otel",
	"io.containerd.metrics.v1.grpc-prometheus",
	"io.containerd.sandbox.controller.v1.shim",
	"io.containerd.sandbox.store.v1.local",
	"io.containerd.server.v1.grpc",
	"io.containerd.server.v1.grpc-tcp",
	"io.containerd.server.v1.ttrpc",
	"io.containerd.streaming.v1.manager",
	"io.containerd.transfer.v1.local",
}

// dockerdOnly are the plugins that only dockerd's libraries bring in.
var dockerdOnly = []string{
	"io.containerd.snapshotter.v1.native",
}

// dropPlugins takes the named plugins out of the process's registry.
func dropPlugins(uris []string) {
	drop := make(map[string]bool, len(uris))
	for _, uri := range uris {
		drop[uri] = true
	}
	kept := registry.Graph(func(r *plugin.Registration) bool { return drop[r.URI()] })
	registry.Reset()
	for i := range kept {
		registry.Register(&kept[i])
	}
}
