"""Frozen dataclasses to JSON documents and back, strictly.

Documents are camelCase on the wire, like Kubernetes'. Decoding names the path of whatever does not fit; unknown
fields are refused unless the type says ``open_document = True`` (so that an old reader takes a newer document).
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from typing import Any, TypeVar, get_args, get_origin

from weir_model.errors import DocumentError

T = TypeVar("T")

_SCALARS = (str, int, float, bool)


def camel(name: str) -> str:
    """Return the wire name of a field: ``ir_version`` becomes ``irVersion``."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def to_document(value: Any) -> Any:
    """Return ``value`` (dataclasses, tuples, dicts, scalars) as plain JSON types; fields that are None are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {camel(name): to_document(item) for name, item in pairs if item is not None}
    if isinstance(value, dict):
        return {str(key): to_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_document(item) for item in value]
    return value


def to_json(value: Any) -> bytes:
    """Return ``value`` as canonical JSON: sorted keys, no spaces, UTF-8, no NaN. Equal values give equal bytes.

    Raises:
        DocumentError: a float is NaN or infinite.
    """
    try:
        text = json.dumps(
            to_document(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except ValueError as error:
        raise DocumentError(f"{type(value).__name__}: {error}") from error
    return text.encode()


def from_json(cls: type[T], data: bytes | str) -> T:
    """Return the ``cls`` that ``data`` spells.

    Raises:
        DocumentError: ``data`` is not JSON or does not fit ``cls``; the message names the path.
    """
    try:
        document = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{cls.__name__}: not JSON: {error}") from error
    return from_document(cls, document)


def _refuse_constant(name: str) -> typing.NoReturn:
    raise ValueError(f"{name} is no JSON value")


def from_document(cls: type[T], document: Any) -> T:
    """Return the ``cls`` that a parsed JSON ``document`` spells.

    Raises:
        DocumentError: the document does not fit; the message names the path.
    """
    return typing.cast("T", _decode(cls, document, cls.__name__))


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _decode(hint: Any, value: Any, path: str) -> Any:
    if hint is Any:
        return value
    if dataclasses.is_dataclass(hint):
        return _decode_dataclass(typing.cast("type", hint), value, path)
    if hint in _SCALARS:
        return _decode_scalar(hint, value, path)
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(get_args(hint), value, path)
    if origin is typing.Literal:
        if value in get_args(hint):
            return value
        raise DocumentError(f"{path}: expected one of {', '.join(map(repr, get_args(hint)))}, got {value!r}")
    if origin is tuple:
        item = get_args(hint)[0]
        _expect(list, value, path)
        return tuple(_decode(item, entry, f"{path}[{index}]") for index, entry in enumerate(value))
    if origin is dict:
        item = get_args(hint)[1]
        _expect(dict, value, path)
        return {key: _decode(item, entry, f"{path}.{key}") for key, entry in value.items()}
    raise TypeError(f"{path}: {hint!r} has no JSON form")


def _decode_dataclass(cls: type, value: Any, path: str) -> Any:
    _expect(dict, value, path)
    fields = {camel(field.name): field for field in dataclasses.fields(cls) if field.init}
    unknown = sorted(value.keys() - fields.keys())
    if unknown and not getattr(cls, "open_document", False):
        raise DocumentError(f"{path}.{unknown[0]}: unknown field; known are {', '.join(sorted(fields))}")
    found: dict[str, Any] = {}
    for wire, field in fields.items():
        if wire in value:
            found[field.name] = _decode(_hints(cls)[field.name], value[wire], f"{path}.{wire}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise DocumentError(f"{path}.{wire}: required, but missing")
    return cls(**found)


def _decode_scalar(hint: type, value: Any, path: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return _decode_whole_float(value, path)
    _expect(hint, value, path)
    return value


def _decode_whole_float(value: int, path: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise DocumentError(f"{path}: too large for a float") from None


def _decode_union(options: tuple[Any, ...], value: Any, path: str) -> Any:
    if value is None and type(None) in options:
        return None
    options = tuple(option for option in options if option is not type(None))
    if len(options) == 1:
        return _decode(options[0], value, path)
    tagged = [option for option in options if dataclasses.is_dataclass(option)]
    if tagged and isinstance(value, dict):
        return _decode_tagged(tagged, value, path)
    for option in options:
        if type(value) is option:
            return value
    raise DocumentError(f"{path}: expected {' or '.join(getattr(o, '__name__', str(o)) for o in options)}")


def _decode_tagged(options: list[Any], value: dict[str, Any], path: str) -> Any:
    kinds = {get_args(_hints(option)["kind"])[0]: option for option in options}
    kind = value.get("kind")
    if kind not in kinds:
        raise DocumentError(f"{path}.kind: expected one of {', '.join(sorted(kinds))}, got {kind!r}")
    return _decode(kinds[kind], value, path)


def _expect(kind: type, value: Any, path: str) -> None:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise DocumentError(f"{path}: expected {kind.__name__}, got {type(value).__name__}")
