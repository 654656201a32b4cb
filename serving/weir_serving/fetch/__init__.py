"""The init container: brings the approved artifact into the pod, checked."""
