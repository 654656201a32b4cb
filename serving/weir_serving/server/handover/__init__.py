"""The server's side of the hand-over: answers go to the sidecar in batches, and no request ever waits for that."""
