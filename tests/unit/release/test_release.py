"""Letting go of every object before the operator is uninstalled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from weir_operator import release
from weir_operator.api.v1alpha1 import Kind, ModelDeployment, ModelVersion, TrainingJob
from weir_operator.api.v1alpha1.common import FINALIZER

Object = dict[str, Any]

FOREIGN = "foregroundDeletion"


def thing(name: str, *finalizers: str) -> Object:
    metadata: Object = {"name": name, "namespace": "team-a"}
    return {"metadata": metadata | ({"finalizers": list(finalizers)} if finalizers else {})}


class FakeCluster:
    """A cluster in memory.

    Attributes:
        pods: how many pods the operator has at each look, the last one for ever.
        stubborn: how many patches find that the object has changed meanwhile.
    """

    def __init__(self, pods: tuple[int, ...] = (0,), stubborn: int = 0, **things: list[Object]) -> None:
        self.pods, self.stubborn, self.things = list(pods), stubborn, things
        self.told: list[str] = []

    def stop(self) -> None:
        self.told.append("stop")

    def running(self) -> int:
        self.told.append("running")
        return self.pods.pop(0) if len(self.pods) > 1 else self.pods[0]

    def objects(self, kind: type[Kind]) -> Iterator[Object]:
        self.told.append(f"list {kind.PLURAL}")
        yield from self.things.get(kind.KIND, [])

    def patch(self, kind: type[Kind], namespace: str, name: str, operations: list[Object]) -> bool:
        self.told.append(f"patch {namespace}/{name}")
        if self.stubborn:
            self.stubborn -= 1
            return False
        (found,) = (entry for entry in self.things[kind.KIND] if entry["metadata"]["name"] == name)
        test, remove = operations
        finalizers = found["metadata"]["finalizers"]
        index = int(remove["path"].rpartition("/")[2])
        assert (test["path"], test["value"]) == (remove["path"], finalizers[index])
        del finalizers[index]
        return True


def run(cluster: FakeCluster) -> FakeCluster:
    release.release(cluster, pause=lambda: cluster.told.append("pause"), say=lambda _text: None)
    return cluster


def test_takes_only_our_finalizer_off_every_kind() -> None:
    cluster = run(
        FakeCluster(
            TrainingJob=[thing("a", FINALIZER), thing("b"), thing("c", FOREIGN)],
            ModelVersion=[thing("a", FOREIGN, FINALIZER)],
            ModelDeployment=[thing("a", FINALIZER, FOREIGN)],
        )
    )
    left = {
        kind: [entry["metadata"].get("finalizers", []) for entry in entries] for kind, entries in cluster.things.items()
    }
    assert left == {"TrainingJob": [[], [], [FOREIGN]], "ModelVersion": [[FOREIGN]], "ModelDeployment": [[FOREIGN]]}


def test_waits_until_the_operator_is_gone_before_it_looks_at_objects() -> None:
    cluster = run(FakeCluster(pods=(1, 1, 0), TrainingJob=[thing("a", FINALIZER)]))
    assert cluster.told[:7] == ["stop", "running", "pause", "running", "pause", "running", "list trainingjobs"]


def test_tries_again_what_has_changed_meanwhile() -> None:
    cluster = run(FakeCluster(stubborn=2, ModelVersion=[thing("a", FINALIZER)]))
    assert cluster.told.count("patch team-a/a") == 3
    assert cluster.told.count("pause") == 2


def test_leaves_a_cluster_without_objects_alone() -> None:
    kinds = [f"list {kind.PLURAL}" for kind in (TrainingJob, ModelVersion, ModelDeployment)]
    assert run(FakeCluster()).told == ["stop", "running", *kinds]


@pytest.mark.parametrize("arguments", [[], ["--namespace=weir-system"], ["--deployment=weir-operator"]])
def test_must_be_told_which_operator(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        release.main(arguments)
    assert "required" in capsys.readouterr().err
