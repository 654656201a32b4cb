"""Golden examples: inputs and the *original* model's answers, replayed wherever the artifact is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weir_model.dtypes import numpy_dtype
from weir_model.errors import DocumentError
from weir_model.signature import Datatype


@dataclass(frozen=True)
class Tensor:
    """A tensor as JSON: flattened row-major ``data``; NaN is spelled null, as JSON has no NaN."""

    name: str
    datatype: Datatype
    shape: tuple[int, ...]
    data: tuple[Any, ...]

    @classmethod
    def of(cls, name: str, datatype: Datatype, array: npt.NDArray[Any]) -> Tensor:
        """Return ``array`` as a tensor; infinite values are not allowed."""
        flat = array.astype(numpy_dtype(datatype)).ravel().tolist()
        return cls(name, datatype, array.shape, tuple(None if item != item else item for item in flat))

    def array(self) -> npt.NDArray[Any]:
        """Return the tensor as an array of its datatype and shape.

        Raises:
            DocumentError: the data is not what datatype and shape say.
        """
        missing = np.nan if self.datatype in ("FP16", "FP32", "FP64") else None
        flat = [missing if item is None else item for item in self.data]
        try:
            return np.array(flat, numpy_dtype(self.datatype)).reshape(self.shape)
        except (TypeError, ValueError, OverflowError) as error:
            raise DocumentError(f"tensor {self.name!r}: {error}") from error


@dataclass(frozen=True)
class Golden:
    """Sample inputs with expected outputs, and how far an answer may be off.

    An answer ``a`` agrees with the expected ``e`` when ``|a - e| <= absolute + relative * |e|``; labels must be equal.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    absolute: float
    relative: float


def disagreement(golden: Golden, answers: dict[str, npt.NDArray[Any]]) -> str | None:
    """Return a sentence that says which output is off, in how many places and by how much; None when all agree."""
    for expected in golden.outputs:
        if expected.name not in answers:
            return f"output {expected.name!r} is missing"
        verdict = _compare(golden, expected, answers[expected.name])
        if verdict:
            return f"output {expected.name!r}: {verdict}"
    return None


def _compare(golden: Golden, expected: Tensor, answer: npt.NDArray[Any]) -> str | None:
    want = expected.array()
    if answer.shape != want.shape:
        return f"shape {list(answer.shape)}, expected {list(want.shape)}"
    if (answer.dtype.kind in "OU") != (want.dtype.kind in "OU"):
        return f"datatype {answer.dtype}, expected {want.dtype}"
    if want.dtype.kind == "f":
        off = ~np.isclose(answer, want, rtol=golden.relative, atol=golden.absolute, equal_nan=True)
        worst = float(np.max(np.abs(answer - want), where=off, initial=0.0))
        return f"{int(off.sum())} of {off.size} values are off, by up to {worst:.3g}" if off.any() else None
    off = answer != want
    return f"{int(off.sum())} of {off.size} values differ" if off.any() else None
