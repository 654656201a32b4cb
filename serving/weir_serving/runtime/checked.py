"""From a folder to a model that may serve: the graph loaded, held against its manifest, and warm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from weir_model.contract import MODEL_FILE
from weir_model.manifest import Manifest
from weir_serving.artifact.documents import read_golden
from weir_serving.errors import LoadError
from weir_serving.runtime.graph import mismatch
from weir_serving.runtime.session import OnnxModel, load_model
from weir_serving.runtime.warmup import rehearse, replay


@dataclass(frozen=True)
class CheckedModel:
    """A model that answered its golden examples; ``examples`` is how many there were."""

    model: OnnxModel
    examples: int


def load_checked(folder: Path, manifest: Manifest, threads: int) -> CheckedModel:
    """Load the graph of the artifact in ``folder``, whose files were already checked against ``manifest``.

    Raises:
        LoadError: the graph cannot be loaded, or is not what the signature says.
        GoldenMismatchError: it does not answer like the original model.
    """
    signature = manifest.signature
    model = load_model(folder / MODEL_FILE, [spec.name for spec in signature.outputs], threads)
    difference = mismatch(signature, model.inputs, model.outputs)
    if difference:
        raise LoadError(f"{MODEL_FILE}: {difference}")
    golden = read_golden(folder, manifest)
    if golden is None:
        rehearse(model, signature)
        return CheckedModel(model, 0)
    return CheckedModel(model, replay(model, golden))
