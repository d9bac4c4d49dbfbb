// Pins the module that carries containerd's .proto files; no Go code is built here.
// The version is the one that containerd v2.3.7 requires.
module ros/containerd/proto

go 1.24.0

require github.com/containerd/containerd/api v1.11.1
