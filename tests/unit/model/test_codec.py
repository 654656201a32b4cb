"""Documents round-trip, and what does not fit is named by its path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pytest

from weir_model.codec import from_document, from_json, to_document, to_json
from weir_model.errors import DocumentError


@dataclass(frozen=True)
class Leaf:
    kind: Literal["leaf"]
    size_bytes: int


@dataclass(frozen=True)
class Twig:
    kind: Literal["twig"]
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Tree:
    name: str
    height: float
    parts: tuple[Leaf | Twig, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    owner: str | None = None
    label: str | int = "none"


@dataclass(frozen=True)
class Open:
    open_document: ClassVar[bool] = True
    name: str


TREE = Tree("oak", 12.5, (Leaf("leaf", 3), Twig("twig", (Leaf("leaf", 1),))), {"rings": 40})


def test_a_document_round_trips() -> None:
    assert from_json(Tree, to_json(TREE)) == TREE


def test_documents_are_camel_case_and_leave_none_out() -> None:
    assert to_document(Tree("oak", 1.0, (Leaf("leaf", 3),))) == {
        "name": "oak",
        "height": 1.0,
        "parts": [{"kind": "leaf", "sizeBytes": 3}],
        "notes": {},
        "label": "none",
    }


def test_equal_values_give_equal_bytes_whatever_the_order_of_their_keys() -> None:
    assert to_json(Tree("a", 1.0, notes={"x": 1, "y": 2})) == to_json(Tree("a", 1.0, notes={"y": 2, "x": 1}))


def test_an_integer_is_a_number() -> None:
    assert from_document(Tree, {"name": "oak", "height": 3}).height == 3.0


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"height": 1.0}, "Tree.name: required, but missing"),
        ({"name": 1, "height": 1.0}, "Tree.name: expected str, got int"),
        ({"name": "a", "height": True}, "Tree.height: expected float, got bool"),
        ({"name": "a", "height": 10**400}, "Tree.height: too large for a float"),
        ({"name": "a", "height": "tall"}, "Tree.height: expected float, got str"),
        ({"name": "a", "height": 1.0, "notes": {"x": "y"}}, "Tree.notes.x: expected int, got str"),
        ({"name": "a", "height": 1.0, "label": 1.5}, "Tree.label: expected str or int"),
        (
            {"name": "a", "height": 1.0, "parts": [{"kind": "leaf", "sizeBytes": 1}, {"kind": "root"}]},
            r"Tree.parts\[1\].kind: expected one of leaf, twig, got 'root'",
        ),
        ({"name": "a", "height": 1.0, "wide": 1}, "Tree.wide: unknown field; known are height, label, name"),
        ([], "Tree: expected dict, got list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named_by_its_path(document: object, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        from_document(Tree, document)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", b"{", b'{"name": "a", "height": NaN}', b"[" * 100_000, b"1" * 5_000],
    ids=["not utf-8", "cut", "nan", "deep", "long"],
)
def test_text_that_is_not_json_is_a_document_error(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^Tree: not JSON: "):
        from_json(Tree, data)


def test_nan_is_refused_because_json_has_none() -> None:
    with pytest.raises(DocumentError, match="Tree"):
        to_json(Tree("oak", float("nan")))


def test_an_open_document_takes_fields_of_a_newer_writer() -> None:
    assert from_document(Open, {"name": "a", "since": "tomorrow"}) == Open("a")
