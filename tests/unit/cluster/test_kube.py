"""Requests as they go over the wire, to an API server that is a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from kubernetes.aio.client.configuration import Configuration

from builders import resources
from builders.k8s import live
from weir_operator.cluster import kube as module
from weir_operator.cluster.errors import NotFoundError, RejectedError, TransientError
from weir_operator.cluster.keys import Key
from weir_operator.cluster.kube import Kube

Object = dict[str, Any]

KEY = Key("ModelVersion", "team-a", "v")
VERSION = live(resources.edited(resources.model_version("v"), {"metadata.resourceVersion": "7"}))
PATH = "/apis/weir.dev/v1alpha1/namespaces/team-a/modelversions/v"


@dataclass
class Api:
    """An API server that answers everything alike, and remembers what it was asked."""

    answer: Callable[[], web.StreamResponse] = field(default=lambda: web.json_response({"ok": True}))
    silent: bool = False
    asked: list[tuple[str, str, dict[str, str], Any, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text else None
        self.asked.append((request.method, request.path, dict(request.query), body, request.content_type))
        if self.silent:
            await asyncio.Event().wait()
        return self.answer()


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def kube(api: Api) -> AsyncIterator[Kube]:
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", api.handle)
    server = TestServer(application)
    await server.start_server(shutdown_timeout=0)
    settings = Configuration()
    settings.host = str(server.make_url("")).rstrip("/")
    client = Kube(settings)
    yield client
    await client.close()
    await server.close()


async def test_applying_sends_the_whole_manifest_by_force_in_our_name(api: Api, kube: Kube) -> None:
    manifest = resources.edited(resources.model_version("v"), {"metadata.namespace": "team-a"})
    assert await kube.apply(manifest) == {"ok": True}
    ((method, path, query, body, content),) = api.asked
    assert (method, path, body, content) == ("PATCH", PATH, manifest, "application/apply-patch+yaml")
    assert (query["fieldManager"], query["force"].lower()) == ("weir-operator", "true")


async def test_a_status_goes_through_the_subresource_in_another_name(api: Api, kube: Kube) -> None:
    await kube.apply_status(VERSION, {"url": "x"})
    ((method, path, query, body, _),) = api.asked
    assert (method, path, query["fieldManager"]) == ("PATCH", f"{PATH}/status", "weir-operator-status")
    assert body == {
        "apiVersion": "weir.dev/v1alpha1",
        "kind": "ModelVersion",
        "metadata": {"name": "v", "namespace": "team-a", "uid": "u-1", "resourceVersion": "7"},
        "status": {"url": "x"},
    }


async def test_deleting_names_the_very_object_and_takes_its_children(api: Api, kube: Kube) -> None:
    await kube.delete(Key("Job", "team-a", "j"), "u-1")
    ((method, path, _, body, _),) = api.asked
    assert (method, path) == ("DELETE", "/apis/batch/v1/namespaces/team-a/jobs/j")
    assert body == {"propagationPolicy": "Background", "preconditions": {"uid": "u-1"}}


async def test_the_core_group_has_a_path_of_its_own(api: Api, kube: Kube) -> None:
    await kube.get(Key("Service", "team-a", "s"))
    assert api.asked[0][1] == "/api/v1/namespaces/team-a/services/s"


async def test_a_kind_without_permissions_cannot_be_used(kube: Kube) -> None:
    with pytest.raises(KeyError):
        await kube.get(Key("Secret", "team-a", "s"))


def refusal(code: int, message: str) -> Callable[[], web.StreamResponse]:
    return lambda: web.json_response({"kind": "Status", "message": message}, status=code)


async def test_a_refusal_is_told_with_what_was_tried(api: Api, kube: Kube) -> None:
    api.answer = refusal(422, "spec.model: Required value")
    with pytest.raises(RejectedError, match=r"patch /apis/weir.dev/.*/v/status: spec.model: Required value"):
        await kube.apply_status(VERSION, {})


async def test_what_is_gone_is_deleted(api: Api, kube: Kube) -> None:
    api.answer = refusal(404, "not found")
    await kube.delete(KEY, "u-1")
    assert await kube.get(KEY) is None
    with pytest.raises(NotFoundError):
        await kube.apply_status(VERSION, {})


async def test_an_answer_that_does_not_come_is_transient(api: Api, kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    api.silent = True
    monkeypatch.setattr(module, "REQUEST_TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    with pytest.raises(TransientError, match="TimeoutError"):
        await kube.get(KEY)


async def test_a_server_that_is_not_there_is_transient() -> None:
    settings = Configuration()
    settings.host = "http://127.0.0.1:1"
    client = Kube(settings)
    with pytest.raises(TransientError, match="get /apis/weir"):
        await client.get(KEY)
    await client.close()


@pytest.mark.parametrize(("minor", "version"), [("35", (1, 35)), ("33+", (1, 33))])
async def test_the_version_is_read_as_numbers(api: Api, kube: Kube, minor: str, version: tuple[int, int]) -> None:
    api.answer = lambda: web.json_response({"major": "1", "minor": minor})
    assert await kube.server_version() == version


async def test_kinds_that_are_not_served_are_named(api: Api, kube: Kube) -> None:
    api.answer = lambda: web.json_response(
        {"resources": [{"name": "jobs"}, {"name": "pods"}, {"name": "trainingjobs"}]}
    )
    missing = await kube.missing_kinds()
    assert "modelversions (weir.dev/v1alpha1)" in missing
    assert "trainingjobs (weir.dev/v1alpha1)" not in missing


async def test_groups_that_are_not_served_miss_all_their_kinds(api: Api, kube: Kube) -> None:
    api.answer = refusal(404, "no such group")
    assert len(await kube.missing_kinds()) == 9
