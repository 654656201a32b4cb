"""Every rule that the definitions declare, on a real API server: one object that it accepts, one that it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from builders.resources import GONE, Object, edited, model_deployment, model_version, training_job
from integration.api_server import ApiServer, RefusedError
from weir_model.errors import UriError
from weir_model.uri import Uri
from weir_operator.api import crd
from weir_operator.api.markers import RULES_KEY
from weir_operator.api.v1alpha1 import KINDS

RUN, VERSION, ENDPOINT = training_job(), model_version(), model_deployment()


@dataclass(frozen=True)
class Case:
    """A rule in use.

    Attributes:
        base: a valid object.
        good: changes that the rule allows.
        bad: changes that it refuses.
        blamed: the field that the refusal names.
        told: a part of what the user reads.
    """

    base: Object
    bad: dict[str, Any]
    blamed: str
    told: str
    good: dict[str, Any] = field(default_factory=dict)


DATA, OUTPUT, ARTIFACT = "spec.data.uri", "spec.output.uri", "spec.artifact.uri"
SPLIT, LIMITS = "spec.data.split", "spec.server.resources"


def uri_cases(base: Object, path: str, schemes: str) -> dict[str, Case]:
    return {
        f"{path}: a scheme that nothing opens": Case(
            base, {path: "ftp://host/x"}, path, schemes, good={path: "s3://bucket/x.parquet"}
        ),
        f"{path}: no bucket": Case(base, {path: "s3:///x"}, path, "after :// comes", good={path: "s3://bucket"}),
        f"{path}: a relative file": Case(
            base, {path: "file://x/y"}, path, "three slashes", good={path: "file:///data/x.csv"}
        ),
        f"{path}: a claim that no claim can be called": Case(
            base, {path: "pvc://My_Claim/x"}, path, "PersistentVolumeClaim", good={path: "pvc://my-claim.v2/x"}
        ),
        f"{path}: a query": Case(base, {path: "s3://b/x?versionId=1"}, path, "a query", good={path: "s3://b/x=1/@y"}),
        f"{path}: a line break": Case(
            base, {path: "pvc://lake/a\nb"}, path, "line breaks", good={path: "pvc://lake/a b"}
        ),
        f"{path}: credentials": Case(base, {path: "s3://key:secret@b/x"}, path, "credentials do not belong"),
        f"{path}: the parent folder": Case(
            base, {path: "pvc://lake/../x"}, path, "'..' is not allowed", good={path: "pvc://lake/a..b/..c"}
        ),
    }


def toleration_cases(base: Object) -> dict[str, Case]:
    path = "spec.tolerations"
    blamed = f"{path}[0]"
    return {
        f"{base['kind']}: a toleration of any value that has a value": Case(
            base,
            {path: [{"key": "gpu", "operator": "Exists", "value": "a100"}]},
            f"{blamed}.value",
            "Exists takes no value",
            good={path: [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}, {"operator": "Exists"}]},
        ),
        f"{base['kind']}: a toleration of a value without its key": Case(
            base,
            {path: [{"value": "a100"}]},
            f"{blamed}.key",
            "Equal needs a key",
            good={path: [{"key": "gpu", "value": "a100"}]},
        ),
        f"{base['kind']}: a toleration for some time of what evicts nothing": Case(
            base,
            {path: [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule", "tolerationSeconds": 60}]},
            f"{blamed}.effect",
            "needs effect NoExecute",
            good={path: [{"key": "gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}]},
        ),
    }


def resource_cases(base: Object, path: str) -> dict[str, Case]:
    return {
        f"{path}: a request beyond its limit": Case(
            base,
            {path: {"requests": {"memory": "2Gi"}, "limits": {"memory": "1024Mi"}}},
            f"{path}.requests",
            "not be larger than its limit",
            good={path: {"requests": {"memory": "1024Mi", "cpu": "500m"}, "limits": {"memory": "1Gi", "cpu": 1}}},
        ),
        f"{path}: a number beyond its limit": Case(
            base, {path: {"requests": {"cpu": 2}, "limits": {"cpu": "1500m"}}}, f"{path}.requests", "larger than"
        ),
    }


def name_cases(base: Object, allowed: str) -> dict[str, Case]:
    kind = base["kind"]
    return {
        f"{kind}: a name that leaves no room for its children's": Case(
            base, {"metadata.name": "a" * 53}, "<nil>", "at most 52 characters", good={"metadata.name": "a" * 52}
        ),
        f"{kind}: a name with a dot": Case(base, {"metadata.name": "tumour.v2"}, "<nil>", allowed),
    }


CASES: dict[str, Case] = {
    **name_cases(RUN, "lower-case letters, digits"),
    **name_cases(VERSION, "lower-case letters, digits"),
    **name_cases(ENDPOINT, "begin with a letter"),
    "ModelDeployment: a name that begins with a digit": Case(
        ENDPOINT, {"metadata.name": "2-towers"}, "<nil>", "begin with a letter", good={"metadata.name": "two-2"}
    ),
    **uri_cases(RUN, DATA, "file://, pvc://, s3://, gs://, az://, https://, http://"),
    **uri_cases(RUN, OUTPUT, "file://, pvc://, s3://, gs://, az://"),
    **uri_cases(VERSION, ARTIFACT, "file://, pvc://, s3://, gs://, az://, https://, http://"),
    "an output that cannot be written to": Case(RUN, {OUTPUT: "https://host/x"}, OUTPUT, "must begin with one of"),
    "a split by time without the time": Case(
        RUN,
        {f"{SPLIT}.strategy": "Time"},
        f"{SPLIT}.column",
        "need the column",
        good={SPLIT: {"strategy": "Time", "column": "when"}},
    ),
    "a split by group without the group": Case(
        RUN,
        {f"{SPLIT}.strategy": "Group"},
        f"{SPLIT}.column",
        "need the column",
        good={SPLIT: {"strategy": "Group", "column": "patient"}},
    ),
    "a random split by a column": Case(
        RUN, {f"{SPLIT}.column": "patient"}, f"{SPLIT}.column", "takes no column", good={f"{SPLIT}.seed": 7}
    ),
    **toleration_cases(RUN),
    **toleration_cases(ENDPOINT),
    **resource_cases(RUN, "spec.resources"),
    **resource_cases(ENDPOINT, LIMITS),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_accepts(server: ApiServer, namespace: str, case: Case) -> None:
    thing = edited(case.base, case.good)
    assert server.create(namespace, thing, dryRun="All")["metadata"]["name"] == thing["metadata"]["name"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_refuses(server: ApiServer, namespace: str, case: Case) -> None:
    with pytest.raises(RefusedError) as refusal:
        server.create(namespace, edited(case.base, case.bad), dryRun="All")
    blamed = {cause.field for cause in refusal.value.causes if case.told in cause.message}
    assert blamed == {case.blamed}, refusal.value


IMMUTABLE: dict[str, tuple[Object, dict[str, Any], str]] = {
    "the data of a run": (RUN, {"data": {"uri": "pvc://lake/other.csv"}}, "a TrainingJob is one run"),
    "a default of a run": (RUN, {"backoffLimit": 2}, "a TrainingJob is one run"),
    "something a run did not have": (RUN, {"output": {"uri": "s3://b"}}, "a TrainingJob is one run"),
    "a parameter of a run": (RUN, {"trainer": {"sklearn": {"params": {"C": 2.0}}}}, "a TrainingJob is one run"),
    "a parameter's inside": (RUN, {"trainer": {"sklearn": {"params": {"n": {"a": [2]}}}}}, "a TrainingJob is one run"),
    "the digest of a version": (VERSION, {"artifact": {"digest": "sha256:" + "f" * 64}}, "a ModelVersion is what"),
    "the model of a version": (VERSION, {"model": "other"}, "a ModelVersion is what"),
}


@pytest.fixture(scope="module")
def immutable(server: ApiServer, namespace: str) -> str:
    server.create(namespace, edited(RUN, {"spec.trainer.sklearn.params": {"C": 1.0, "n": {"a": [1]}}}))
    server.create(namespace, VERSION)
    return namespace


@pytest.mark.parametrize(("thing", "change", "told"), IMMUTABLE.values(), ids=IMMUTABLE.keys())
def test_cannot_be_changed(server: ApiServer, immutable: str, thing: Object, change: Object, told: str) -> None:
    with pytest.raises(RefusedError, match=told) as refusal:
        server.patch(immutable, thing["kind"], thing["metadata"]["name"], {"spec": change})
    assert [cause.field for cause in refusal.value.causes] == ["spec"]


@pytest.mark.parametrize("thing", [RUN, VERSION], ids=lambda thing: thing["kind"])
def test_its_metadata_can_be_changed(server: ApiServer, immutable: str, thing: Object) -> None:
    label = {"metadata": {"labels": {"team": "a"}}}
    changed = server.patch(immutable, thing["kind"], thing["metadata"]["name"], label)
    assert changed["metadata"]["generation"] == 1


def test_an_endpoint_can_move_to_another_version(server: ApiServer, namespace: str) -> None:
    server.create(namespace, ENDPOINT)
    changed = server.patch(namespace, "ModelDeployment", "tumour", {"spec": {"version": "tumour-2"}})
    assert changed["spec"]["version"] == "tumour-2"
    assert changed["metadata"]["generation"] == 2


def declared(schema: Any, found: set[str]) -> set[str]:
    """Return the messages of every rule below ``schema``."""
    if isinstance(schema, dict):
        found |= {rule["message"] for rule in schema.get(RULES_KEY, [])}
        for inner in schema.values():
            declared(inner, found)
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)
def test_every_rule_has_a_case(kind: Any) -> None:
    told = [case.told for case in CASES.values() if case.base["kind"] == kind.KIND]
    told += [text for thing, _, text in IMMUTABLE.values() if thing["kind"] == kind.KIND]
    missing = {message for message in declared(crd.schema(kind), set()) if not any(text in message for text in told)}
    assert missing == set()


URIS = [
    "pvc://lake/a/b.csv",
    "pvc://lake",
    "pvc://lake/my file, at @home: 100%.csv",
    "s3://bucket/date=2026-11-01/part.parquet",
    "pvc://lake/",
    "pvc:///a",
    "s3://bucket/key",
    "s3://",
    "gs://bucket/a/../b",
    "gs://bucket/a/..",
    "az://container/..a",
    "https://host:8443/x.parquet",
    "https://user:password@host/x",
    "https://host/x?y=1",
    "https://host/x#y",
    "http://host",
    "file:///a/b.csv",
    "file://host/a",
    "file:a",
    "/a/b.csv",
    "a.csv",
    "ftp://host/a",
]


@pytest.mark.parametrize("uri", URIS)
def test_takes_the_uris_that_the_pods_take(server: ApiServer, namespace: str, uri: str) -> None:
    try:
        expected = bool(Uri.parse(uri))
    except UriError:
        expected = False
    try:
        accepted = bool(server.create(namespace, edited(RUN, {DATA: uri, "metadata.name": "uri"}), dryRun="All"))
    except RefusedError:
        accepted = False
    assert expected == accepted


def test_the_base_objects_need_every_field_that_they_have(server: ApiServer, namespace: str) -> None:
    for base in (RUN, VERSION, ENDPOINT):
        for name in base["spec"]:
            with pytest.raises(RefusedError, match=f"spec.{name}: Required value"):
                server.create(namespace, edited(base, {f"spec.{name}": GONE}), dryRun="All")
