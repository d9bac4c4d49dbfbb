package main

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// layerOpener gives the layer as a tar stream, made anew for each reading.
func layerOpener(rootfs string, epoch time.Time) tarball.Opener {
	return func() (io.ReadCloser, error) {
		reader, writer := io.Pipe()
		go func() { writer.CloseWithError(writeLayer(writer, rootfs, epoch)) }()
		return reader, nil
	}
}

// writeLayer writes the tree; WalkDir goes through it in the order of names.
func writeLayer(out io.Writer, rootfs string, epoch time.Time) error {
	archive := tar.NewWriter(out)
	err := filepath.WalkDir(rootfs, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == rootfs {
			return err
		}
		if err := writeEntry(archive, rootfs, path, entry, epoch); err != nil {
			return fmt.Errorf("'%s': %w", path, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

func writeEntry(archive *tar.Writer, rootfs, path string, entry fs.DirEntry, epoch time.Time) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	target := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		if target, err = os.Readlink(path); err != nil {
			return err
		}
	case !info.IsDir() && !info.Mode().IsRegular():
		return fmt.Errorf("neither file, directory nor symbolic link")
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	if header.Name, err = filepath.Rel(rootfs, path); err != nil {
		return err
	}
	if info.IsDir() {
		header.Name += "/"
	}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	header.ModTime, header.AccessTime, header.ChangeTime = epoch, time.Time{}, time.Time{}
	header.Format = tar.FormatPAX
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(archive, file)
	return err
}
