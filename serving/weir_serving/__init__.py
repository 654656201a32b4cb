"""Serving: fetch, verify, server and sidecar, one image with four entry points.

`errors`, `process`, `artifact` and `runtime` are what they share; the entry points do not know each other.
"""
