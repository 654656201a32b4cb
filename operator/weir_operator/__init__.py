"""The operator: types, decisions, adapters to Kubernetes, passes, and the edge to kopf."""
