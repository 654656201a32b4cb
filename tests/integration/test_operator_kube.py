"""The client against a real API server: the same manners as the fake's, and errors that only a real one makes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from builders import resources
from builders.cluster_contract import ClusterContract
from weir_operator.cluster.errors import NotFoundError, RejectedError
from weir_operator.cluster.events import EventWriter
from weir_operator.cluster.keys import Key
from weir_operator.cluster.kube import Kube
from weir_operator.cluster.login import configuration


@pytest.fixture
async def cluster() -> AsyncIterator[Kube]:
    client = Kube(await configuration())
    yield client
    await client.close()


class TestKube(ClusterContract):
    async def test_a_field_outside_the_schema_is_refused_for_good(self, cluster: Kube, namespace: str) -> None:
        made = await cluster.apply(self.version(namespace, "schema"))
        with pytest.raises(RejectedError, match="field not declared in schema"):
            await cluster.apply_status(made, {"surprise": True})

    async def test_an_immutable_spec_is_refused_for_good(self, cluster: Kube, namespace: str) -> None:
        await cluster.apply(self.version(namespace, "fixed"))
        with pytest.raises(RejectedError, match="cannot be changed"):
            await cluster.apply(self.version(namespace, "fixed", model="other"))

    async def test_a_namespace_that_is_not_there_is_not_found(self, cluster: Kube) -> None:
        with pytest.raises(NotFoundError):
            await cluster.apply(self.version("no-such-namespace", "v"))

    async def test_the_server_is_new_enough_and_serves_every_kind(self, cluster: Kube, namespace: str) -> None:
        assert namespace
        assert await cluster.server_version() >= (1, 33)
        assert await cluster.missing_kinds() == []

    async def test_an_event_is_taken_and_not_twice(self, cluster: Kube, namespace: str) -> None:
        made = await cluster.apply(self.version(namespace, "event"))
        writer = EventWriter(cluster, "test")
        for _ in range(2):
            await writer.write(made, "Warning", "DigestMismatch", "Verified", "é" * 999, datetime.now(UTC))

    async def test_a_resource_of_the_smallest_kind_is_stored(self, cluster: Kube, namespace: str) -> None:
        thing = resources.edited(resources.training_job("small"), {"metadata.namespace": namespace})
        stored = await cluster.create(thing)
        assert (await cluster.get(Key.of(stored)) or {})["spec"]["activeDeadlineSeconds"] == 3600
