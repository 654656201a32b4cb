"""A real one-node Kubernetes from Go modules, for machines without Docker: host processes and a private containerd."""
