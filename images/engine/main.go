// Command engine is containerd, dockerd and the docker command line in one binary: they share most
// of their code, and apart they are half as large again. Its name (argv[0]) chooses which one it is.
//
// Install it under the names containerd, dockerd and docker with hard links: parts of dockerd start
// themselves again through /proc/self/exe, and a symbolic link would lose the name there.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	dockercli "github.com/docker/cli/cmd/docker"
	"github.com/moby/sys/reexec"
)

func main() {
	if reexec.Init() { // a helper process of dockerd, named after what it does
		return
	}
	var err error
	switch name := filepath.Base(os.Args[0]); name {
	case "containerd":
		err = runContainerd(os.Args)
	case "dockerd":
		err = runDockerd(context.Background())
	case "docker":
		dockercli.Main() // prints its own errors, exits with the command's status
	default:
		err = fmt.Errorf("called as '%s', expected containerd, dockerd or docker", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
