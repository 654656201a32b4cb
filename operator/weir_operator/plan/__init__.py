"""Decisions: what was observed goes in, what should be done comes out. Pure: equal input gives equal output.

This layer knows our kinds and Kubernetes' objects. It must not know the clock, randomness, the environment, the
network, logging, kopf or the Kubernetes client; ``now`` is an input and "look again later" an output.
"""
