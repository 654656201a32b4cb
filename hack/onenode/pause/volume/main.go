// Command volume is what the local-path provisioner's helper pod runs instead of a shell: it makes or removes the
// folder of a volume. A new folder is writable by every user, because hostPath volumes ignore fsGroup; kind's are too.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	path := flag.String("p", "", "folder of the volume")
	action := flag.String("a", "", "create or delete")
	flag.String("s", "", "size in bytes; folders have none")
	flag.String("m", "", "volume mode")
	flag.Parse()
	if err := act(*action, *path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func act(action, path string) error {
	switch {
	case path == "" || path == "/":
		return fmt.Errorf("no folder given with -p")
	case action == "create":
		if err := os.MkdirAll(path, 0o777); err != nil {
			return err
		}
		return os.Chmod(path, 0o777) // MkdirAll obeys the umask
	case action == "delete":
		return os.RemoveAll(path)
	}
	return fmt.Errorf("unknown action %q", action)
}
