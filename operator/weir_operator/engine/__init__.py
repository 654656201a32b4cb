"""The pass: observe, plan, act, tell; what failures mean; when to look again; what the operator says about itself.

This layer knows the order of things and the ports it needs. It must not know kopf, the Kubernetes client, or what any
kind means.
"""
