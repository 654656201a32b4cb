"""ONNX Runtime, as server and verification use it: threads, session, the graph against its manifest, warm-up.

Knows nothing of HTTP, event loops or where the artifact came from.
"""
