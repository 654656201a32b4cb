"""The built-in scikit-learn trainer: one container, one run, one published artifact.

Knows data, scikit-learn and ONNX. Must not know Kubernetes, custom resources beyond the names of their fields in
messages, or the serving side: what they share is weir_model.

The order of a run: request -> estimator -> load -> columns -> split -> fit -> measure -> convert -> parity -> publish.
"""
