"""pydantic's JSON schema to Kubernetes' structural schema.

Fails closed: what a CRD cannot express, or what nobody has thought about yet, is refused instead of dropped, so that
the API server never checks less than the types say.
"""

from __future__ import annotations

from typing import Any

from weir_operator.api.errors import SchemaError
from weir_operator.api.markers import RULES_KEY

Schema = dict[str, Any]

INT_OR_STRING = "x-kubernetes-int-or-string"

_COPIED = frozenset(
    {
        "type",
        "description",
        "pattern",
        "enum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minimum",
        "maximum",
        "required",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        RULES_KEY,
    }
)
_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_NULL = {"type": "null"}


def structural(schema: Schema, *, defaults: bool = True) -> Schema:
    """Return the structural form of a JSON schema that pydantic made.

    Args:
        schema: what ``model_json_schema()`` returned.
        defaults: keep default values. A status has none: what the operator did not observe is absent.

    Raises:
        SchemaError: the schema cannot be expressed; the message names the path.
    """
    converter = _Converter(schema.get("$defs", {}), defaults=defaults)
    return converter.convert({key: value for key, value in schema.items() if key != "$defs"}, "", ())


class _Converter:
    def __init__(self, definitions: dict[str, Schema], *, defaults: bool) -> None:
        self._definitions = definitions
        self._defaults = defaults

    def convert(self, schema: Schema, path: str, parents: tuple[str, ...]) -> Schema:
        """Return the structural form of what stands at ``path``; ``parents`` are the definitions it is part of."""
        schema, parents = self._resolved(schema, path, parents)
        if schema.get(INT_OR_STRING):
            return {key: value for key, value in schema.items() if key not in ("title", "default")}
        kind = schema.get("type")
        found: Schema = {}
        for key, value in schema.items():
            found |= self._keyword(key, value, path, parents)
        if kind == "object":
            return _checked_object(found, path)
        if kind == "array":
            return _checked_array(found, path)
        if kind not in _SCALARS:
            raise SchemaError(f"{path or '.'}: a CRD needs one plain type here, not {kind!r}")
        return found

    def _resolved(self, schema: Schema, path: str, parents: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
        """Return ``schema`` with its reference inlined and its null alternative gone."""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                if name in parents:
                    raise SchemaError(f"{path or '.'}: {name} contains itself, which a CRD cannot express")
                schema, parents = _merged(self._definitions[name], schema, "$ref"), (*parents, name)
            elif "anyOf" in schema and not schema.get(INT_OR_STRING):
                schema = _merged(_only_alternative(schema["anyOf"], path), schema, "anyOf")
            else:
                return schema, parents

    def _keyword(self, key: str, value: Any, path: str, parents: tuple[str, ...]) -> Schema:
        if key in _COPIED:
            return {key: value}
        match key, value:
            case "title", _:
                return {}
            case "default", _:
                kept = _default(value) if self._defaults else None
                return {} if kept is None else {"default": kept}
            case "const", _:
                return {"enum": [value]}
            case "format", "date-time":
                return {"format": value}
            case "exclusiveMinimum", _:
                return {"minimum": value, "exclusiveMinimum": True}
            case "exclusiveMaximum", _:
                return {"maximum": value, "exclusiveMaximum": True}
            case "items", dict():
                return {"items": self.convert(value, f"{path}[]", parents)}
            case "properties", dict():
                return {key: {name: self.convert(v, f"{path}.{name}", parents) for name, v in value.items()}}
            case "additionalProperties", False:
                return {}  # the API server prunes what is unknown, or refuses it under strict validation
            case "additionalProperties", True:
                return {"x-kubernetes-preserve-unknown-fields": True}
            case "additionalProperties", dict():
                return {key: self.convert(value, f"{path}.*", parents)}
        raise SchemaError(f"{path or '.'}: no form of {key}: {value!r} in a CRD is known")


def _merged(base: Schema, schema: Schema, replaced: str) -> Schema:
    """Return ``base`` with what stands beside the ``replaced`` keyword; rules of both hold."""
    beside = {key: value for key, value in schema.items() if key != replaced}
    rules = [*base.get(RULES_KEY, []), *beside.get(RULES_KEY, [])]
    return base | beside | ({RULES_KEY: rules} if rules else {})


def _only_alternative(alternatives: list[Schema], path: str) -> Schema:
    options = [option for option in alternatives if option != _NULL]
    if len(options) != 1:
        raise SchemaError(f"{path or '.'}: a CRD cannot tell alternatives apart, use one optional field for each")
    return options[0]


def _default(value: Any) -> Any:
    """Return ``value`` without nulls and empty containers, which mean the same as absence; None if that is all."""
    if isinstance(value, dict):
        pairs = ((key, _default(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not None} or None
    return None if value == [] else value


def _checked_object(found: Schema, path: str) -> Schema:
    shapes = {"properties", "additionalProperties", "x-kubernetes-preserve-unknown-fields"} & found.keys()
    if len(shapes) != 1 or found.get("properties") == {}:
        raise SchemaError(f"{path or '.'}: an object needs fields or values, and not both")
    return found


def _checked_array(found: Schema, path: str) -> Schema:
    if "items" not in found:
        raise SchemaError(f"{path or '.'}: a list needs one type of items")
    return found
