"""The sidecar: counts what the server hands over, over the bins of the version's reference profile, for /metrics.

Light on purpose, as one runs beside every server: no FastAPI, no ONNX Runtime. `counters` is arithmetic only.
"""
