"""The converter: what becomes of pydantic's JSON schema, and what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, Field

from weir_operator.api.errors import SchemaError
from weir_operator.api.markers import IntOrString, ListType, Rule
from weir_operator.api.structural import structural
from weir_operator.api.v1alpha1.common import SpecModel


class Inner(SpecModel):
    """An inner object."""

    RULES = (Rule("has(self.size)", "needs a size", path=".size"),)

    size: int | None = None


def field_schema(annotation: Any, default: Any = ..., **constraints: Any) -> dict[str, Any]:
    namespace = {"__annotations__": {"field": annotation}, "field": Field(default, **constraints)}
    model = type("Example", (BaseModel,), {"__module__": __name__, **namespace})
    return structural(model.model_json_schema())["properties"]["field"]


INNER = {
    "description": "An inner object.",
    "type": "object",
    "properties": {"size": {"type": "integer"}},
    "x-kubernetes-validations": [
        {"rule": "has(self.size)", "message": "needs a size", "reason": "FieldValueInvalid", "fieldPath": ".size"}
    ],
}
SHORT = Annotated[str, Field(max_length=5)]

CONVERTED: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "a bounded string keeps its bounds": (
        str,
        {"min_length": 1, "max_length": 9, "pattern": "^a"},
        {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a"},
    ),
    "inclusive bounds are copied": (int, {"ge": 1, "le": 9}, {"type": "integer", "minimum": 1, "maximum": 9}),
    "exclusive bounds become flags beside the bound": (
        float,
        {"gt": 0, "lt": 1},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 1, "exclusiveMaximum": True},
    ),
    "null is dropped from an optional type": (
        str | None,
        {"default": None, "max_length": 9},
        {"type": "string", "maxLength": 9},
    ),
    "one literal becomes an enum of one": (Literal["a"], {}, {"type": "string", "enum": ["a"]}),
    "literals become an enum": (Literal["a", "b"], {}, {"type": "string", "enum": ["a", "b"]}),
    "a default is kept": (int, {"default": 3}, {"type": "integer", "default": 3}),
    "a false default is kept": (bool, {"default": False}, {"type": "boolean", "default": False}),
    "a zero default is kept": (int, {"default": 0}, {"type": "integer", "default": 0}),
    "an empty default means absence": (
        tuple[SHORT, ...],
        {"default": ()},
        {"type": "array", "items": {"type": "string", "maxLength": 5}},
    ),
    "a point in time has a format": (AwareDatetime, {}, {"type": "string", "format": "date-time"}),
    "a model is inlined with its rules": (Inner, {}, INNER),
    "an optional model is inlined": (Inner | None, {"default": None}, INNER),
    "a field's description wins over its type's": (
        Inner,
        {"description": "This one."},
        INNER | {"description": "This one."},
    ),
    "a model's default has no nulls": (Inner, {"default": Inner(size=3)}, INNER | {"default": {"size": 3}}),
    "a model's default of nulls means absence": (Inner, {"default": Inner()}, INNER),
    "a map has a schema for its values": (
        dict[str, SHORT],
        {"max_length": 2},
        {"type": "object", "additionalProperties": {"type": "string", "maxLength": 5}, "maxProperties": 2},
    ),
    "a map of anything keeps unknown fields": (
        dict[str, Any],
        {"max_length": 2},
        {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "maxProperties": 2},
    ),
    "a list has bounds and a type": (
        Annotated[tuple[SHORT, ...], Field(max_length=3), ListType("set")],
        {},
        {
            "type": "array",
            "items": {"type": "string", "maxLength": 5},
            "maxItems": 3,
            "x-kubernetes-list-type": "set",
        },
    ),
    "a list of objects merges by key": (
        Annotated[tuple[Inner, ...], ListType("map", keys=("size",))],
        {},
        {
            "type": "array",
            "items": INNER,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["size"],
        },
    ),
    "a number or text is marked as such": (
        Annotated[str, IntOrString("^a", 5)],
        {},
        {
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "pattern": "^a",
            "maxLength": 5,
            "minimum": 0,
            "x-kubernetes-int-or-string": True,
        },
    ),
    "rules of a field are in order": (
        Annotated[str, Rule("1 < 2", "first"), Rule("2 < 3", "second")],
        {},
        {
            "type": "string",
            "x-kubernetes-validations": [
                {"rule": "1 < 2", "message": "first", "reason": "FieldValueInvalid"},
                {"rule": "2 < 3", "message": "second", "reason": "FieldValueInvalid"},
            ],
        },
    ),
    "rules of a field and of its type both hold": (
        Annotated[Inner, Rule("1 < 2", "also")],
        {},
        INNER
        | {
            "x-kubernetes-validations": [
                *INNER["x-kubernetes-validations"],  # type: ignore[misc]
                {"rule": "1 < 2", "message": "also", "reason": "FieldValueInvalid"},
            ]
        },
    ),
}


@pytest.mark.parametrize(("annotation", "field", "expected"), CONVERTED.values(), ids=CONVERTED.keys())
def test_becomes(annotation: Any, field: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected == field_schema(annotation, **field)


class Recursive(BaseModel):
    child: Recursive | None = None


class Empty(SpecModel):
    pass


REFUSED: dict[str, tuple[Any, str]] = {
    "two alternatives": (int | str, "alternatives"),
    "two models": (Inner | Empty, "alternatives"),
    "anything": (Any, "one plain type"),
    "a fixed tuple": (tuple[int, str], "prefixItems"),
    "a set, whose uniqueness needs a list type": (set[int], "uniqueItems"),
    "a list of anything": (list[Any], "one plain type"),
    "a map with constrained keys": (dict[SHORT, int], "propertyNames"),
    "a model that contains itself": (Recursive, "contains itself"),
    "a model without fields": (Empty, "needs fields"),
    "a multiple": (Annotated[int, Field(multiple_of=2)], "multipleOf"),
    "an unknown format": (Annotated[str, Field(json_schema_extra={"format": "uri"})], "format"),
    "an example": (Annotated[str, Field(examples=["a"])], "examples"),
    "mixed literals": (Literal["a", 1], "one plain type"),
}


@pytest.mark.parametrize(("annotation", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(annotation: Any, told: str) -> None:
    with pytest.raises(SchemaError, match=told) as error:
        field_schema(annotation)
    assert str(error.value).startswith(".field")


def test_a_status_has_no_defaults() -> None:
    class Status(BaseModel):
        """Some status."""

        count: int = 3
        since: datetime | None = None

    expected = {
        "type": "object",
        "description": "Some status.",
        "properties": {"count": {"type": "integer"}, "since": {"type": "string", "format": "date-time"}},
    }
    assert expected == structural(Status.model_json_schema(), defaults=False)
