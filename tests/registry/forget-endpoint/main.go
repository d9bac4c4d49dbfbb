// forget-endpoint FILE: takes the daemon's record of every network endpoint out of Docker's store (FILE is
// local-kv.db), and leaves the network driver's: what power that fails between the two leaves.
package main

import (
	"bytes"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// As in moby's daemon/libnetwork/datastore/datastore.go.
var (
	bucket = []byte("libnetwork")
	prefix = []byte("docker/network/v1.0/endpoint/")
)

func forget(file string) (count int, err error) {
	store, err := bbolt.Open(file, 0o600, nil)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	err = store.Update(func(change *bbolt.Tx) error {
		records := change.Bucket(bucket)
		if records == nil {
			return fmt.Errorf("%s has no bucket %s", file, bucket)
		}
		var keys [][]byte
		cursor := records.Cursor()
		for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
			keys = append(keys, bytes.Clone(key))
		}
		for _, key := range keys {
			if err := records.Delete(key); err != nil {
				return err
			}
		}
		count = len(keys)
		return nil
	})
	return count, err
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: forget-endpoint FILE")
		os.Exit(2)
	}
	count, err := forget(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "forget-endpoint:", err)
		os.Exit(1)
	}
	fmt.Println(count)
}
