"""What the documentation page says about requests. Written by hand: the hot path has no pydantic models to ask."""

from __future__ import annotations

from typing import Any

from weir_model.signature import Column, Signature, TensorSpec
from weir_serving.server.dataplane import DataPlane

DESCRIPTION = (
    "The Open Inference Protocol, version 2, and a plain form with named columns. "
    'Every answer names the version that gave it in the `x-weir-version` header; errors are `{"error": "..."}`.'
)


def path_parameters(path: str, data_plane: DataPlane) -> dict[str, Any]:
    """Return the description of the names in ``path``, with what is served here as their examples."""
    known = {"model": data_plane.model, "version": data_plane.version}
    return {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
            for name, example in known.items()
            if f"{{{name}}}" in path
        ]
    }


def infer_body(signature: Signature) -> dict[str, Any]:
    """Return the description of an inference request's body, with one row of blanks as its example."""
    tensor = {
        "type": "object",
        "required": ["name", "shape", "datatype", "data"],
        "properties": {
            "name": {"type": "string", "enum": [spec.name for spec in signature.inputs]},
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "datatype": {"type": "string", "enum": sorted({spec.datatype for spec in signature.inputs})},
            "parameters": {"type": "object"},
            "data": {"type": "array", "items": {}, "description": "flat in row-major order, or nested"},
        },
    }
    output = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "enum": [spec.name for spec in signature.outputs]},
            "parameters": {"type": "object"},
        },
    }
    schema = {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "id": {"type": "string"},
            "parameters": {"type": "object"},
            "inputs": {"type": "array", "minItems": 1, "items": tensor},
            "outputs": {"type": "array", "items": output, "description": "all outputs when left out"},
        },
    }
    return _json_body(schema, {"inputs": [_blank_tensor(spec) for spec in signature.inputs]})


def predict_body(signature: Signature) -> dict[str, Any]:
    """Return the description of a table request's body, with one row of blanks as its example."""
    kinds = {"numeric": {"type": ["number", "null"]}, "categorical": {"type": ["string", "null"]}}
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in signature.columns],
        "properties": {column.name: kinds[column.kind] for column in signature.columns},
    }
    split = {
        "type": "object",
        "required": ["columns", "data"],
        "properties": {
            "columns": {"type": "array", "items": {"type": "string"}},
            "data": {"type": "array", "minItems": 1, "items": {"type": "array", "items": {}}},
        },
    }
    instances = {"type": "array", "minItems": 1, "items": row}
    forms = [
        {"type": "object", "required": [name], "properties": {name: schema}}
        for name, schema in (("instances", instances), ("dataframe_split", split))
    ]
    example = {"instances": [{column.name: _blank_value(column) for column in signature.columns}]}
    return _json_body({"oneOf": forms}, example)


def _json_body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def _blank_tensor(spec: TensorSpec) -> dict[str, Any]:
    shape = [1 if size == -1 else size for size in spec.shape]
    count = 1
    for size in shape:
        count *= size
    return {
        "name": spec.name,
        "shape": shape,
        "datatype": spec.datatype,
        "data": [{"BYTES": "", "BOOL": False}.get(spec.datatype, 0)] * count,
    }


def _blank_value(column: Column) -> Any:
    return 0 if column.kind == "numeric" else ""
