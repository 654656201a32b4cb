"""Datatypes of the Open Inference Protocol as numpy's. Apart from the signature, whose readers need not have numpy."""

from __future__ import annotations

import numpy as np

from weir_model.signature import Datatype

_NUMPY_DTYPES: dict[str, type[np.generic]] = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": np.object_,
}


def numpy_dtype(datatype: Datatype) -> np.dtype[np.generic]:
    """Return the numpy dtype of an Open Inference Protocol datatype; BYTES are objects (``str`` or ``bytes``)."""
    return np.dtype(_NUMPY_DTYPES[datatype])
