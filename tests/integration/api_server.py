"""A real API server, in the words of the tests: create, patch, get; refusals with their causes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import DynamicApiError

from builders.k8s_operator import eventually
from weir_operator.api.v1alpha1 import KINDS

Object = dict[str, Any]

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PLURALS = {kind.KIND: kind.PLURAL for kind in KINDS}
API_VERSION = KINDS[0].API_VERSION
GROUP = f"/apis/{API_VERSION}"


@dataclass(frozen=True)
class Cause:
    """One cause of a refusal: the field to blame, and what the user reads."""

    field: str
    message: str


class RefusedError(Exception):
    """The API server refused; the text is its message."""

    def __init__(self, status: Object) -> None:
        super().__init__(status["message"])
        self.code: int = status["code"]
        causes = status.get("details", {}).get("causes", [])
        self.causes = [Cause(cause.get("field", ""), cause["message"]) for cause in causes]


class ApiServer:
    def __init__(self, client: DynamicClient) -> None:
        self._client = client

    def send(
        self, method: str, path: str, body: Object | None = None, *, content: str = "application/json", **query: str
    ) -> Object:
        """Send one request; unknown fields are refused unless the query says otherwise."""
        parameters = list(({"fieldValidation": "Strict"} | query if body is not None else query).items())
        try:
            response = self._client.request(
                method, path, body=body, query_params=parameters, content_type=content, serialize=False
            )
        except DynamicApiError as error:
            raise RefusedError(json.loads(error.body)) from error
        answer: Object = json.loads(response.data)
        return answer

    def create(self, namespace: str, thing: Object, **query: str) -> Object:
        return self.send("post", self._folder(namespace, thing["kind"]), thing, **query)

    def delete(self, namespace: str, kind: str, name: str) -> None:
        self.send("delete", f"{self._folder(namespace, kind)}/{name}")

    def get(self, namespace: str, kind: str, name: str, subresource: str = "") -> Object:
        return self.send("get", f"{self._folder(namespace, kind)}/{name}{subresource}")

    def patch(
        self, namespace: str, kind: str, name: str, changes: Object, subresource: str = "", **query: str
    ) -> Object:
        return self.send(
            "patch", f"{self._folder(namespace, kind)}/{name}{subresource}", changes, content=MERGE, **query
        )

    def names(self, namespace: str, kind: str, field_selector: str) -> list[str]:
        found = self.send("get", self._folder(namespace, kind), fieldSelector=field_selector)
        return [item["metadata"]["name"] for item in found["items"]]

    def table(self, namespace: str, kind: str) -> Object:
        """Return what `kubectl get` prints, one row for each object, by the columns' names."""
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
        response = self._client.request(
            "get", self._folder(namespace, kind), header_params={"Accept": accept}, serialize=False
        )
        found = json.loads(response.data)
        columns = [column["name"] for column in found["columnDefinitions"]]
        return {row["cells"][0]: dict(zip(columns, row["cells"], strict=True)) for row in found["rows"]}

    def definitions(self) -> dict[str, Object]:
        """Return every definition by its name."""
        return {found["metadata"]["name"]: found for found in self.send("get", DEFINITIONS)["items"]}

    def apply_definition(self, definition: Object) -> None:
        """Apply a definition and wait until its kind is served."""
        path = f"{DEFINITIONS}/{definition['metadata']['name']}"
        self.send("patch", path, definition, content=APPLY, fieldManager="helm", force="true")
        eventually(lambda: self._is_served(path, definition["spec"]["names"]["plural"]), 30, f"{path} is served")

    def delete_definition(self, definition: Object) -> None:
        """Delete a definition, with all of its objects, and wait until it is gone."""
        name = definition["metadata"]["name"]
        self.send("delete", f"{DEFINITIONS}/{name}")
        eventually(lambda: name not in self.definitions(), 60, f"{name} is deleted")

    def _is_served(self, path: str, plural: str) -> bool:
        conditions = self.send("get", path).get("status", {}).get("conditions") or []
        if ("Established", "True") not in [(c["type"], c["status"]) for c in conditions]:
            return False
        try:
            served = self.send("get", f"/apis/{API_VERSION}")["resources"]
        except RefusedError:
            return False
        return plural in [resource["name"] for resource in served]

    def _folder(self, namespace: str, kind: str) -> str:
        return f"/apis/{API_VERSION}/namespaces/{namespace}/{PLURALS[kind]}"
