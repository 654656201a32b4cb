"""The chart's roles are what the code asks for: nothing missing, nothing more."""

from __future__ import annotations

from collections import Counter

import pytest

from contract.chart import Object, is_hook, only, render
from weir_operator.api.v1alpha1 import KINDS
from weir_operator.cluster.permissions import PERMISSIONS

pytestmark = pytest.mark.timeout(900)  # the first run on a machine builds helm

Lines = set[tuple[str, str, str]]

NEEDED: Lines = {(line.group, line.resource, verb) for line in PERMISSIONS for verb in line.verbs}
OURS = {kind.PLURAL for kind in KINDS}
WRITING = {"create", "update", "patch", "delete", "deletecollection"}


def lines(role: Object) -> Counter[tuple[str, str, str]]:
    """Return (group, resource, verb) of every rule, counted."""
    return Counter(
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    )


def test_the_cluster_role_is_what_the_code_declares() -> None:
    granted = lines(only(render(), "ClusterRole", "weir-operator"))
    assert set(granted) == NEEDED
    assert max(granted.values()) == 1


def test_the_role_in_a_watched_namespace_is_what_the_code_declares() -> None:
    roles = [t for t in render("watchNamespaces={a,b}") if t["kind"] == "Role" and not is_hook(t)]
    assert [set(lines(role)) for role in roles] == [NEEDED, NEEDED]


def test_no_role_has_a_wildcard_or_reads_secrets() -> None:
    roles = [t for t in render() if t["kind"] in ("ClusterRole", "Role")]
    for group, resource, verb in (line for role in roles for line in lines(role)):
        assert "*" not in (group, resource, verb)
        assert resource != "secrets"


@pytest.mark.parametrize("settings", [(), ("watchNamespaces={a,b}",)], ids=["cluster", "namespaces"])
def test_every_binding_names_a_role_and_an_account_that_are_there(settings: tuple[str, ...]) -> None:
    objects = render(*settings)
    named = {(t["kind"], t["metadata"].get("namespace"), t["metadata"]["name"]) for t in objects}
    bindings = [t for t in objects if t["kind"].endswith("RoleBinding") or t["kind"] == "RoleBinding"]
    assert bindings
    for binding in bindings:
        role = binding["roleRef"]
        assert (role["kind"], binding["metadata"].get("namespace"), role["name"]) in named
        for subject in binding["subjects"]:
            assert ("ServiceAccount", subject["namespace"], subject["name"]) in named


def test_viewers_read_and_do_not_write() -> None:
    granted = lines(only(render(), "ClusterRole", "weir-view"))
    assert {verb for _, _, verb in granted} & WRITING == set()
    assert {resource for _, resource, verb in granted if verb == "watch"} == OURS


def test_editors_write_every_kind_but_no_status() -> None:
    granted = set(lines(only(render(), "ClusterRole", "weir-edit")))
    assert {("weir.dev", kind, verb) for kind in OURS for verb in WRITING} <= granted
    assert [resource for _, resource, _ in granted if resource.endswith("/status")] == []
    assert ("weir.dev", "modeldeployments/scale", "patch") in granted


def test_the_uninstallation_may_stop_one_deployment_and_touch_our_objects() -> None:
    objects = render()
    stopping = only(objects, "Role", "weir-uninstall-operator")
    expected = {("apps", "deployments", "get"), ("apps", "deployments/scale", "patch"), ("", "pods", "list")}
    assert set(lines(stopping)) == expected
    named = [rule["resourceNames"] for rule in stopping["rules"] if rule["apiGroups"] == ["apps"]]
    assert named == [["weir-operator"], ["weir-operator"]]
    freeing = set(lines(only(objects, "ClusterRole", "weir-uninstall")))
    assert freeing == {("weir.dev", kind, verb) for kind in OURS for verb in ("list", "patch")}
