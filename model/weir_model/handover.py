"""What the server hands to its sidecar: answers in batches, as frames on a Unix stream socket.

A frame is a prefix (magic, header size, body size), a JSON header and a body of raw tensors. The tensors of a batch's
answers are joined along the first axis: counters over bins need the rows, not which request they came in. Little
endian; BYTES tensors are the UTF-8 lengths as uint32, then the texts.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from weir_model.dtypes import numpy_dtype
from weir_model.errors import HandoverError
from weir_model.signature import Datatype

MAGIC: Final = b"WHO1"
PREFIX: Final = struct.Struct("<4sII")
FRAME_LIMIT: Final = 64 << 20  # bytes of header and body; a longer frame is a defect, not a batch

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered request.

    Attributes:
        protocol: how it was asked, such as ``v2-rest``.
        code: the HTTP status (or what a transport maps to it).
        seconds: from the request's head to the encoded answer.
        rows: rows that were predicted; 0 when the request failed.
        error: the kind of error, None when there was none.
        inputs: input tensors by name, rows along the first axis; empty when the request failed.
        outputs: output tensors by name, alike.
    """

    protocol: str
    code: int
    seconds: float
    rows: int = 0
    error: str | None = None
    inputs: Arrays = field(default_factory=dict)
    outputs: Arrays = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """What a frame carries.

    Attributes:
        answers: the answers without their tensors.
        inputs: the input tensors of all answers, joined.
        outputs: the output tensors of all answers, joined.
        dropped: answers that were given up since the last frame, because the sidecar did not keep up.
        waiting: answers that were waiting when the frame was made.
    """

    answers: tuple[Answer, ...]
    inputs: Arrays = field(default_factory=dict)
    outputs: Arrays = field(default_factory=dict)
    dropped: int = 0
    waiting: int = 0


def encode(answers: Sequence[Answer], *, dropped: int = 0, waiting: int = 0) -> bytes:
    """Return ``answers`` as one frame.

    Tensors of the same name must agree in everything but the first dimension.
    """
    tensors: list[dict[str, Any]] = []
    body: list[bytes] = []
    for role in ("inputs", "outputs"):
        for name, array in _joined(getattr(answer, role) for answer in answers):
            data = _pack(array)
            tensors.append({"role": role, "name": name, "datatype": _datatype(array), "shape": array.shape})
            tensors[-1]["size"] = len(data)
            body.append(data)
    lines = [[a.protocol, a.code, a.seconds, a.rows, a.error] for a in answers]
    header = json.dumps({"answers": lines, "tensors": tensors, "dropped": dropped, "waiting": waiting}).encode()
    return b"".join([PREFIX.pack(MAGIC, len(header), sum(map(len, body))), header, *body])


def sizes(prefix: bytes) -> tuple[int, int]:
    """Return the sizes of header and body that a frame's ``prefix`` announces.

    Raises:
        HandoverError: it is not the prefix of a frame, or the frame is too long.
    """
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise HandoverError(f"not a frame: starts with {magic!r}")
    if header + body > FRAME_LIMIT:
        raise HandoverError(f"a frame of {header + body} bytes is over the limit of {FRAME_LIMIT}")
    return header, body


def decode(header: bytes, body: bytes) -> Batch:
    """Return the batch that a frame's ``header`` and ``body`` spell.

    Raises:
        HandoverError: they do not spell one.
    """
    try:
        document = json.loads(header)
        answers = tuple(Answer(*line) for line in document["answers"])
        inputs, outputs = _tensors(document["tensors"], memoryview(body))
        return Batch(answers, inputs, outputs, document["dropped"], document["waiting"])
    except (KeyError, TypeError, ValueError) as error:
        raise HandoverError(f"not a batch: {type(error).__name__}: {error}") from error


def _joined(mappings: Iterable[Arrays]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    arrays: dict[str, list[npt.NDArray[Any]]] = {}
    for mapping in mappings:
        for name, array in mapping.items():
            arrays.setdefault(name, []).append(array)
    for name, parts in arrays.items():
        yield name, parts[0] if len(parts) == 1 else np.concatenate(parts)


def _datatype(array: npt.NDArray[Any]) -> Datatype:
    return "BYTES" if array.dtype.kind in "OU" else _DATATYPES[array.dtype]


_NUMERIC: Final[tuple[Datatype, ...]] = (
    "BOOL",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "FP16",
    "FP32",
    "FP64",
)
_DATATYPES: Final[dict[np.dtype[Any], Datatype]] = {numpy_dtype(datatype): datatype for datatype in _NUMERIC}


def _pack(array: npt.NDArray[Any]) -> bytes:
    if array.dtype.kind not in "OU":
        return array.tobytes()
    texts = [text.encode(errors="surrogatepass") for text in array.ravel().tolist()]
    return np.array([len(text) for text in texts], "<u4").tobytes() + b"".join(texts)


def _tensors(lines: Sequence[Mapping[str, Any]], body: memoryview) -> tuple[Arrays, Arrays]:
    tensors: dict[str, dict[str, npt.NDArray[Any]]] = {"inputs": {}, "outputs": {}}
    start = 0
    for line in lines:
        end = start + line["size"]
        tensors[line["role"]][line["name"]] = _unpack(line["datatype"], tuple(line["shape"]), body[start:end])
        start = end
    if start != len(body):
        raise ValueError("the tensors do not fill the body")
    return tensors["inputs"], tensors["outputs"]


def _unpack(datatype: Datatype, shape: tuple[int, ...], data: memoryview) -> npt.NDArray[Any]:
    if datatype != "BYTES":
        return np.frombuffer(data, numpy_dtype(datatype)).reshape(shape)
    count = math.prod(shape)
    ends = np.cumsum(np.frombuffer(data[: 4 * count], "<u4"), dtype=np.uint64).tolist()
    texts = bytes(data[4 * count :])
    if len(ends) != count or (ends and ends[-1] != len(texts)):
        raise ValueError("the texts do not fill their tensor")
    array = np.empty(count, np.object_)
    array[:] = [texts[a:b].decode(errors="surrogatepass") for a, b in pairwise([0, *ends])]
    return array.reshape(shape)
