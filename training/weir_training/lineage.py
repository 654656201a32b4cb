"""What the manifest says about where a version comes from. No timestamps: the same run gives the same digest."""

from __future__ import annotations

import importlib.metadata
import platform

from weir_model.manifest import DataLineage, Lineage
from weir_model.run import RunRequest

LIBRARIES = ("scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy", "scipy", "pandas", "pyarrow")


def lineage(request: RunRequest, data: DataLineage) -> Lineage:
    """Return the lineage of what ``request`` makes from ``data``."""
    return Lineage(
        namespace=request.namespace,
        training_job=request.training_job,
        training_job_uid=request.training_job_uid,
        data=data,
        estimator=request.estimator,
        parameters=request.parameters,
        seed=request.data.split.seed,
        code_revision=request.code_revision,
        image=request.image,
        libraries={"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in LIBRARIES},
        parent_version=request.parent_version,
        trigger=request.trigger,
    )
