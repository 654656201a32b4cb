"""The model server: transports parse, the data plane validates and runs, transports encode.

This package knows wire formats and the model's signature; only `http` knows HTTP, only `handover` the sidecar.
"""
