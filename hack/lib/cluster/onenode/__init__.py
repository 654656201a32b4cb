"""A real one-node Kubernetes from Go modules, for machines without Docker: host processes around a containerd of its own."""
