"""Adapters to the Kubernetes API: typed calls, typed errors, events, login.

This layer knows HTTP and Kubernetes' conventions. It must not know what our kinds mean, nor kopf.
"""
