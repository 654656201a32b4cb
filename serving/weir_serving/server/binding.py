"""Tensors of a request against the model's signature: names, datatypes and shapes, before any array exists."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from weir_model.signature import Signature, TensorSpec
from weir_serving.errors import InvalidInputError
from weir_serving.server.arrays import Locate, flatten, pack
from weir_serving.server.wording import cut, listed, quoted


class WireTensor(Protocol):
    """A tensor as a transport received it: described, not decoded yet."""

    @property
    def name(self) -> str:
        """The input that it is for."""

    @property
    def datatype(self) -> str:
        """The datatype that the client says it has."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that the client says it has; no dimension is negative."""

    def array(self, spec: TensorSpec, locate: Locate) -> npt.NDArray[Any]:
        """Decode it, after name, datatype and shape were found to fit ``spec``.

        Raises:
            InvalidInputError: the data is not what datatype and shape say.
        """


@dataclass(frozen=True, slots=True)
class JsonTensor:
    """A tensor whose data is a JSON array."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    data: list[Any]

    def array(self, spec: TensorSpec, locate: Locate) -> npt.NDArray[Any]:
        """Decode it; see `WireTensor`."""
        flat = flatten(self.data, self.shape, f"input {self.name!r}")
        return pack(flat, spec.datatype, locate).reshape(self.shape)


class Binder:
    """Binds tensors to one signature."""

    def __init__(self, signature: Signature) -> None:
        self._specs = {spec.name: spec for spec in signature.inputs}
        self._columns = {(column.tensor, column.index): column.name for column in signature.columns}

    def bind(self, tensors: Sequence[WireTensor]) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays to run the model on.

        Raises:
            InvalidInputError: a tensor is missing, unknown, given twice, or not as the signature says.
        """
        given = {tensor.name: tensor for tensor in tensors}
        if len(given) != len(tensors) or given.keys() != self._specs.keys():
            raise self._wrong_names([tensor.name for tensor in tensors])
        rows: set[int] = set()
        for name, spec in self._specs.items():
            _check(spec, given[name])
            if spec.shape and spec.shape[0] == -1:
                rows.add(given[name].shape[0])
        if len(rows) > 1:
            raise InvalidInputError(f"the inputs differ in their number of rows: {', '.join(map(str, sorted(rows)))}")
        return {name: given[name].array(spec, self._locator(spec)) for name, spec in self._specs.items()}

    def _wrong_names(self, names: Sequence[str]) -> InvalidInputError:
        takes = listed([f"{spec.name!r} ({spec.datatype} {list(spec.shape)})" for spec in self._specs.values()])
        for name, times in Counter(names).items():
            if name not in self._specs:
                return InvalidInputError(f"input {quoted(name)} is unknown; the model takes {takes}")
            if times > 1:
                return InvalidInputError(f"input {name!r} is given more than once")
        missing = next(name for name in self._specs if name not in names)
        return InvalidInputError(f"input {missing!r} is missing; the model takes {takes}")

    def _locator(self, spec: TensorSpec) -> Locate:
        width = math.prod(max(size, 1) for size in spec.shape[1:])

        def locate(position: int) -> str:
            row, rest = divmod(position, width)
            column = self._columns.get((spec.name, rest))
            return f"input {spec.name!r}, row {row}" + (f", column {column!r}" if column else "")

        return locate


def _check(spec: TensorSpec, tensor: WireTensor) -> None:
    if tensor.datatype != spec.datatype:
        raise InvalidInputError(
            f"input {spec.name!r} has datatype {quoted(tensor.datatype)}, but the model takes {spec.datatype}"
        )
    fits = len(tensor.shape) == len(spec.shape) and all(
        declared in (-1, size) for declared, size in zip(spec.shape, tensor.shape, strict=True)
    )
    if not fits:
        raise InvalidInputError(
            f"input {spec.name!r} has shape {cut(str(list(tensor.shape)))}, but the model takes {list(spec.shape)}"
        )
    if 0 in tensor.shape:
        raise InvalidInputError(f"input {spec.name!r} is empty (shape {list(tensor.shape)}); send at least one row")
