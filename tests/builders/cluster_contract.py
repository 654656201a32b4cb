"""How a cluster behaves, whether it is a fake or a real API server: the same tests hold both to it."""

from __future__ import annotations

from typing import Any

import pytest

from builders import resources
from builders.fake_cluster import FakeCluster
from weir_operator.cluster.errors import ConflictError, NotFoundError
from weir_operator.cluster.keys import Key
from weir_operator.cluster.kube import Kube

Object = dict[str, Any]
STATUS = {"observedGeneration": 1, "conditions": [], "metrics": {"r2": 0.5}}


class ClusterContract:
    """Subclasses bring the fixtures ``cluster`` and ``namespace``; the cluster knows Weir's kinds."""

    def version(self, namespace: str, name: str = "v", **spec: Any) -> Object:
        return resources.edited(resources.model_version(name, **spec), {"metadata.namespace": namespace})

    def service(self, namespace: str, name: str, **spec: Any) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"ports": [{"name": "http", "port": 80, "targetPort": 80, "protocol": "TCP"}], **spec},
        }

    async def test_what_is_not_there_is_none(self, cluster: Kube | FakeCluster, namespace: str) -> None:
        assert await cluster.get(Key("ModelVersion", namespace, "nothing")) is None

    async def test_applying_makes_and_applying_again_changes_nothing(
        self, cluster: Kube | FakeCluster, namespace: str
    ) -> None:
        first = await cluster.apply(self.version(namespace, "twice"))
        second = await cluster.apply(self.version(namespace, "twice"))
        assert (first["metadata"]["uid"], first["metadata"]["generation"]) == (second["metadata"]["uid"], 1)
        assert (await cluster.get(Key.of(first)) or {})["spec"] == first["spec"]

    async def test_a_field_that_is_no_longer_applied_is_gone(self, cluster: Kube | FakeCluster, namespace: str) -> None:
        await cluster.apply(self.service(namespace, "field", selector={"a": "1", "b": "2"}))
        applied = await cluster.apply(self.service(namespace, "field", selector={"a": "3"}))
        assert applied["spec"]["selector"] == {"a": "3"}

    async def test_a_status_is_written_without_touching_the_rest(
        self, cluster: Kube | FakeCluster, namespace: str
    ) -> None:
        made = await cluster.apply(self.version(namespace, "status"))
        written = await cluster.apply_status(made, STATUS)
        assert (written["status"], written["spec"]) == (STATUS, made["spec"])
        assert written["metadata"]["generation"] == 1

    async def test_a_status_is_not_written_to_another_object_of_that_name(
        self, cluster: Kube | FakeCluster, namespace: str
    ) -> None:
        made = await cluster.apply(self.version(namespace, "other"))
        await cluster.delete(Key.of(made), made["metadata"]["uid"])
        again = await cluster.apply(self.version(namespace, "other"))
        with pytest.raises(ConflictError):
            await cluster.apply_status(made, STATUS)
        assert "status" not in (await cluster.get(Key.of(again)) or {})

    async def test_a_status_is_written_although_the_object_has_changed_meanwhile(
        self, cluster: Kube | FakeCluster, namespace: str
    ) -> None:
        made = await cluster.apply(self.version(namespace, "moving"))
        await cluster.apply(resources.edited(self.version(namespace, "moving"), {"metadata.labels": {"a": "b"}}))
        assert (await cluster.apply_status(made, STATUS))["status"] == STATUS

    async def test_a_status_does_not_make_an_object(self, cluster: Kube | FakeCluster, namespace: str) -> None:
        gone = resources.edited(self.version(namespace, "gone"), {"metadata.uid": "u", "metadata.resourceVersion": "1"})
        with pytest.raises(NotFoundError):
            await cluster.apply_status(gone, STATUS)
        assert await cluster.get(Key.of(gone)) is None

    async def test_deleting_means_that_one_object(self, cluster: Kube | FakeCluster, namespace: str) -> None:
        made = await cluster.apply(self.service(namespace, "deleted"))
        key, uid = Key.of(made), made["metadata"]["uid"]
        with pytest.raises(ConflictError):
            await cluster.delete(key, "another-uid")
        await cluster.delete(key, uid)
        await cluster.delete(key, uid)  # that it is gone already is fine
        assert await cluster.get(key) is None

    async def test_nothing_is_created_twice(self, cluster: Kube | FakeCluster, namespace: str) -> None:
        await cluster.create(self.service(namespace, "created"))
        with pytest.raises(ConflictError):
            await cluster.create(self.service(namespace, "created"))
