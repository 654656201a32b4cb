"""hack/cluster: one small interface in front of an existing cluster, kind, or a one-node Kubernetes of our own."""
