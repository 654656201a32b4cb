"""JSON arrays to numpy arrays: fast when everything fits, precise about what does not.

``struct`` packs a list in one pass and, unlike numpy, refuses text where numbers belong and numbers that do not fit
their type. Only after it refused is the culprit looked for, element by element.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from weir_model.dtypes import numpy_dtype
from weir_model.signature import MISSING_CATEGORY, Datatype
from weir_serving.errors import InvalidInputError
from weir_serving.server.wording import shown

Locate = Callable[[int], str]  # from a flat, row-major position to words such as "row 3, column 'age'"

_CODES: Final[dict[str, str]] = {
    "UINT8": "B",
    "UINT16": "H",
    "UINT32": "I",
    "UINT64": "Q",
    "INT8": "b",
    "INT16": "h",
    "INT32": "i",
    "INT64": "q",
    "FP16": "e",
    "FP32": "f",
    "FP64": "d",
}
_FLOATS: Final = ("FP16", "FP32", "FP64")


def flatten(data: list[Any], shape: Sequence[int], label: str) -> list[Any]:
    """Return ``data``, which is flat already or nested exactly as ``shape`` says, as a flat row-major list.

    Raises:
        InvalidInputError: it is ragged, or its length is not what ``shape`` needs; the message starts with ``label``.
    """
    if data and isinstance(data[0], list):
        for depth in range(1, len(shape)):
            if set(map(type, data)) - {list} or set(map(len, data)) - {shape[depth]}:
                raise InvalidInputError(f"{label}: data is nested, but not as its shape {list(shape)} says")
            data = list(chain.from_iterable(data))
    needed = math.prod(shape)
    if len(data) != needed:
        raise InvalidInputError(f"{label}: data has {len(data)} values, but shape {list(shape)} needs {needed}")
    return data


def pack(flat: list[Any], datatype: Datatype, locate: Locate) -> npt.NDArray[Any]:
    """Return ``flat`` as a read-only array of shape (len(flat),); null is NaN or, for BYTES, the missing category.

    Raises:
        InvalidInputError: an element has another type or does not fit; the message says where and which.
    """
    if datatype == "BYTES":
        return _texts(flat, locate)
    if datatype == "BOOL":
        return _bools(flat, locate)
    return np.frombuffer(_numbers(flat, datatype, locate), numpy_dtype(datatype))


def _numbers(flat: list[Any], datatype: Datatype, locate: Locate) -> bytes:
    code = _CODES[datatype]
    try:
        return struct.pack(f"<{len(flat)}{code}", *flat)
    except (struct.error, OverflowError):
        if datatype in _FLOATS and None in flat:
            return _numbers([math.nan if item is None else item for item in flat], datatype, locate)
        raise _culprit(flat, datatype, code, locate) from None


def _culprit(flat: list[Any], datatype: Datatype, code: str, locate: Locate) -> InvalidInputError:
    for position, item in enumerate(flat):
        try:
            struct.pack(f"<{code}", item)
        except (struct.error, OverflowError):
            return InvalidInputError(f"{locate(position)}: {_complaint(item, datatype)}")
    raise AssertionError("a list whose elements all fit does fit")


def _complaint(item: Any, datatype: Datatype) -> str:
    if isinstance(item, float) and datatype not in _FLOATS:
        return f"expected a whole number ({datatype}), got {item!r}"
    if isinstance(item, int | float):
        return f"{shown(item)} does not fit into {datatype}"
    return f"expected a number, got {shown(item)}"


def _texts(flat: list[Any], locate: Locate) -> npt.NDArray[Any]:
    if set(map(type, flat)) - {str}:
        for position, item in enumerate(flat):
            if item is not None and not isinstance(item, str):
                raise InvalidInputError(f"{locate(position)}: expected text in quotes, got {shown(item)}")
        flat = [MISSING_CATEGORY if item is None else item for item in flat]
    return np.array(flat, np.object_)


def _bools(flat: list[Any], locate: Locate) -> npt.NDArray[Any]:
    for position, item in enumerate(flat):
        if not isinstance(item, bool):
            raise InvalidInputError(f"{locate(position)}: expected true or false, got {shown(item)}")
    return np.array(flat, np.bool_)
