"""The edge to kopf: watches, indexes, daemons as work queues, login, probes, start and stop.

This layer knows kopf. It must not decide anything about objects: handlers find names, raise flags and hand over.
"""
