"""The artifact as files: where it comes from, whether it is the one that was approved, what its documents say.

Shared by fetch, verify, server and sidecar. Knows nothing of ONNX Runtime or HTTP; only `remote` imports obstore.
"""
