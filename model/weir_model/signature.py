"""What a model takes and gives: tensors of the Open Inference Protocol, and the named columns they are made of.

A model whose columns are all numeric takes one FP32 tensor of shape [-1, columns]; one with categorical columns takes
one [-1, 1] tensor per column (FP32 or BYTES). A missing number is NaN, a missing category the empty string.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Task = Literal["classification", "regression"]
ColumnKind = Literal["numeric", "categorical"]
Datatype = Literal[
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES"
]

MISSING_CATEGORY = ""

LABEL_OUTPUT = "label"
PROBABILITIES_OUTPUT = "probabilities"
PREDICTION_OUTPUT = "prediction"
FEATURES_INPUT = "features"


@dataclass(frozen=True)
class TensorSpec:
    """One input or output tensor; -1 in ``shape`` is a dimension of any size."""

    name: str
    datatype: Datatype
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Column:
    """A named column of the training data, and where it goes.

    Attributes:
        tensor: the input tensor that carries the column.
        index: the column's position along that tensor's last axis.
    """

    name: str
    kind: ColumnKind
    tensor: str
    index: int


@dataclass(frozen=True)
class Signature:
    """A model's contract with its callers.

    Attributes:
        columns: empty for a model that was not made from a table; such a model takes tensors only.
        classes: a classifier's labels in the order of the probabilities' last axis, else None.
    """

    task: Task
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    columns: tuple[Column, ...] = ()
    classes: tuple[str | int, ...] | None = None


def table_signature(task: Task, columns: dict[str, ColumnKind], classes: tuple[str | int, ...] | None) -> Signature:
    """Return the signature of a model over a table with these ``columns``, in the order given."""
    if "categorical" in columns.values():
        inputs = tuple(TensorSpec(n, "BYTES" if k == "categorical" else "FP32", (-1, 1)) for n, k in columns.items())
        placed = tuple(Column(name, kind, name, 0) for name, kind in columns.items())
    else:
        inputs = (TensorSpec(FEATURES_INPUT, "FP32", (-1, len(columns))),)
        placed = tuple(Column(name, kind, FEATURES_INPUT, i) for i, (name, kind) in enumerate(columns.items()))
    return Signature(task, inputs, _outputs(task, classes), placed, classes)


def _outputs(task: Task, classes: tuple[str | int, ...] | None) -> tuple[TensorSpec, ...]:
    if task == "regression":
        return (TensorSpec(PREDICTION_OUTPUT, "FP32", (-1, 1)),)
    labels: Datatype = "INT64" if all(isinstance(label, int) for label in classes or ()) else "BYTES"
    return (
        TensorSpec(LABEL_OUTPUT, labels, (-1,)),
        TensorSpec(PROBABILITIES_OUTPUT, "FP32", (-1, len(classes or ()))),
    )


def contradiction(signature: Signature) -> str | None:
    """Return a sentence that says what in ``signature`` cannot be right, or None; others write manifests too."""
    if not signature.inputs or not signature.outputs:
        return "there must be at least one input and one output"
    return (
        _repeated("input", (spec.name for spec in signature.inputs))
        or _repeated("output", (spec.name for spec in signature.outputs))
        or _repeated("column", (column.name for column in signature.columns))
        or (_misplaced(signature) if signature.columns else None)
    )


def _repeated(role: str, names: Iterable[str]) -> str | None:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    return f"{role} {repeated[0]!r} is there more than once" if repeated else None


def _misplaced(signature: Signature) -> str | None:
    """The columns of a table fill its inputs, every place once."""
    inputs = {spec.name: spec for spec in signature.inputs}
    for spec in signature.inputs:
        if len(spec.shape) != 2 or spec.shape[0] != -1 or spec.shape[1] < 1:
            return f"input {spec.name!r} has shape {list(spec.shape)}, but columns need one of [-1, columns]"
    for column in signature.columns:
        if column.tensor not in inputs or not 0 <= column.index < inputs[column.tensor].shape[1]:
            return f"column {column.name!r} has no place at {column.index} in an input {column.tensor!r}"
        if (column.kind == "categorical") != (inputs[column.tensor].datatype == "BYTES"):
            return f"column {column.name!r} is {column.kind}, but its input is {inputs[column.tensor].datatype}"
    places = sum(spec.shape[1] for spec in signature.inputs)
    taken = len({(column.tensor, column.index) for column in signature.columns})
    if not places == taken == len(signature.columns):
        return f"{len(signature.columns)} columns take {taken} of {places} places in the inputs; each needs its own"
    return None
