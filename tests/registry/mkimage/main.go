// Command mkimage makes a one-layer image from a directory without any container daemon and pushes
// it to a registry, or writes it as a file for `docker load`. Equal input gives equal bytes: entries
// are sorted, belong to root, and carry SOURCE_DATE_EPOCH (or 0) as their time.
//
//	mkimage --cmd /bin/sh ROOTFS 127.0.0.1:5000/busybox:1
//	mkimage --out busybox.tar ROOTFS busybox:1
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string         { return strings.Join(*l, " ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

type options struct {
	rootfs, reference, out, architecture string
	config                               v1.Config
}

func main() {
	o, err := parse()
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "mkimage: %v\n", err)
		os.Exit(1)
	}
}

func parse() (options, error) {
	var o options
	var cmd, entrypoint, env, labels list
	flag.Var(&cmd, "cmd", "one argument of the default command; repeat")
	flag.Var(&entrypoint, "entrypoint", "one argument of the entry point; repeat")
	flag.Var(&env, "env", "NAME=value; repeat")
	flag.Var(&labels, "label", "name=value; repeat")
	flag.StringVar(&o.config.WorkingDir, "workdir", "/", "working directory")
	flag.StringVar(&o.config.User, "user", "", "user[:group] of the command")
	flag.StringVar(&o.architecture, "arch", "amd64", "architecture, Go's name")
	flag.StringVar(&o.out, "out", "", "write a file for `docker load` instead of pushing")
	flag.Parse()
	if flag.NArg() != 2 {
		return o, fmt.Errorf("usage: mkimage [flags] ROOTFS REFERENCE")
	}
	o.rootfs, o.reference = flag.Arg(0), flag.Arg(1)
	o.config.Cmd, o.config.Entrypoint, o.config.Env = cmd, entrypoint, env
	o.config.Labels = map[string]string{}
	for _, label := range labels {
		key, value, found := strings.Cut(label, "=")
		if !found {
			return o, fmt.Errorf("label '%s' is not name=value", label)
		}
		o.config.Labels[key] = value
	}
	return o, nil
}

func run(o options) error {
	epoch, err := sourceDate()
	if err != nil {
		return err
	}
	ref, err := name.NewTag(o.reference, name.Insecure)
	if err != nil {
		return err
	}
	image, err := build(o, epoch)
	if err != nil {
		return err
	}
	if o.out != "" {
		err = tarball.WriteToFile(o.out, ref, image)
	} else {
		err = remote.Write(ref, image)
	}
	if err != nil {
		return fmt.Errorf("write '%s': %w", ref, err)
	}
	digest, err := image.Digest()
	if err != nil {
		return err
	}
	fmt.Println(digest)
	return nil
}

func build(o options, epoch time.Time) (v1.Image, error) {
	layer, err := tarball.LayerFromOpener(layerOpener(o.rootfs, epoch))
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, mutate.Addendum{
		Layer:     layer,
		MediaType: types.OCILayer,
		History:   v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "mkimage"},
	})
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, withConfig(image, o, epoch))
}

// withConfig is the image's configuration (its layers are in there already) with ours put in.
func withConfig(image v1.Image, o options, epoch time.Time) *v1.ConfigFile {
	config, _ := image.ConfigFile() // of an image made in memory: cannot fail
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", o.architecture
	config.Created = v1.Time{Time: epoch}
	config.Config = o.config
	return config
}

func sourceDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
