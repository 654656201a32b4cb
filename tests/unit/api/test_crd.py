"""The definitions as a whole: bounds, descriptions, columns, size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from weir_operator.api import crd
from weir_operator.api.v1alpha1 import KINDS, ConditionType, Kind, ModelDeployment, ModelVersion, TrainingJob

SIZE_LIMIT = 200_000
COLUMNS_IN_80_CHARACTERS = 8

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)


def version_of(kind: type[Kind]) -> dict[str, Any]:
    versions = crd.definition(kind)["spec"]["versions"]
    assert len(versions) == 1
    return versions[0]


def nodes(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema below ``schema`` with its path, but not the object's own apiVersion, kind and metadata."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        if path or name in ("spec", "status"):
            yield from nodes(inner, f"{path}.{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")
    if "additionalProperties" in schema:
        yield from nodes(schema["additionalProperties"], f"{path}.*")


def is_bounded(schema: dict[str, Any]) -> bool:
    if schema.get("x-kubernetes-int-or-string"):
        return "maxLength" in schema
    match schema["type"]:
        case "string":
            return bool(schema.keys() & {"maxLength", "enum", "format"})
        case "array":
            return "maxItems" in schema
        case "object":
            return "properties" in schema or "maxProperties" in schema
    return True


@every_kind
def test_every_string_list_and_map_is_bounded(kind: type[Kind]) -> None:
    unbounded = [path for path, schema in nodes(crd.schema(kind)) if not is_bounded(schema)]
    assert unbounded == []


@every_kind
def test_every_field_is_described(kind: type[Kind]) -> None:
    fields = [(path, schema) for path, schema in nodes(crd.schema(kind)) if not path.endswith(("[]", ".*"))]
    assert [path for path, schema in fields if not schema.get("description", "").endswith(".")] == []


@every_kind
def test_every_list_says_how_it_merges(kind: type[Kind]) -> None:
    lists = [(path, schema) for path, schema in nodes(crd.schema(kind)) if schema.get("type") == "array"]
    assert [path for path, schema in lists if "x-kubernetes-list-type" not in schema] == []


@every_kind
def test_a_status_has_no_defaults_and_requires_nothing(kind: type[Kind]) -> None:
    status = crd.schema(kind)["properties"]["status"]
    assert [path for path, schema in nodes(status, ".status") if "default" in schema] == []
    assert "required" not in status


@every_kind
def test_a_definition_is_small(kind: type[Kind]) -> None:
    assert len(json.dumps(crd.definition(kind))) < SIZE_LIMIT


@every_kind
def test_columns_point_at_fields(kind: type[Kind]) -> None:
    known = {path for path, _ in nodes(crd.schema(kind))} | {".metadata.creationTimestamp"}
    paths = {column.path for column in kind.COLUMNS if ".conditions[" not in column.path}
    assert paths - known == set()


@every_kind
def test_condition_columns_name_conditions(kind: type[Kind]) -> None:
    shown = {path.partition('"')[2].partition('"')[0] for path in (c.path for c in kind.COLUMNS) if '"' in path}
    assert shown
    assert shown - set(ConditionType) == set()


@every_kind
def test_few_columns_are_shown_without_asking_and_age_is_among_them(kind: type[Kind]) -> None:
    narrow = [column.name for column in kind.COLUMNS if not column.wide]
    assert len(narrow) <= COLUMNS_IN_80_CHARACTERS
    assert narrow[0] == "Model"
    assert narrow[-1] == "Age"


@every_kind
def test_selectable_fields_are_fields(kind: type[Kind]) -> None:
    known = {path for path, _ in nodes(crd.schema(kind))}
    assert set(kind.SELECTABLE_FIELDS) - known == set()


@pytest.mark.parametrize(("kind", "expected"), [(TrainingJob, True), (ModelVersion, True), (ModelDeployment, False)])
def test_runs_and_versions_are_immutable(kind: type[Kind], expected: bool) -> None:
    rules = crd.schema(kind)["properties"]["spec"].get("x-kubernetes-validations", [])
    assert expected == any(rule["rule"] == "self == oldSelf" for rule in rules)


def test_names_follow_the_conventions() -> None:
    expected = {
        "kind": "ModelDeployment",
        "listKind": "ModelDeploymentList",
        "plural": "modeldeployments",
        "singular": "modeldeployment",
        "shortNames": ["md"],
        "categories": ["weir"],
    }
    assert expected == crd.definition(ModelDeployment)["spec"]["names"]


def test_a_deployment_scales() -> None:
    expected = {
        "status": {},
        "scale": {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        },
    }
    assert expected == version_of(ModelDeployment)["subresources"]


def test_a_run_does_not_scale() -> None:
    assert version_of(TrainingJob)["subresources"] == {"status": {}}
