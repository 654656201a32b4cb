"""Rendered configuration is a pure function of settings and facts, and stays inside the state folder."""

import base64
import ipaddress
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.onenode import network, pki
from cluster.onenode.components import components
from cluster.onenode.render import Facts, render
from cluster.onenode.render.kubernetes import kubeconfig
from cluster.onenode.settings import Settings, from_environment

SETTINGS = Settings(state=Path("/s"), network="10.77")
FACTS = Facts(node_image="weir.dev/onenode:abc", may_raise_priority=True)
PROGRAMS = {
    name: Path("/bin") / name
    for name in (
        "etcd", "containerd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy",
        "coredns", "local-path-provisioner",
    )
}  # fmt: skip


def make_files(settings=SETTINGS, facts=FACTS):
    return render(settings, facts)


def test_equal_input_gives_equal_files():
    assert make_files() == make_files()


def test_every_json_file_is_json():
    for name, content in make_files().items():
        if name.endswith((".json", ".conflist")):
            json.loads(content)


def test_no_file_names_a_path_that_down_would_not_remove():
    shared = {"/usr/lib/cni", "/etc/resolv.conf", "/volume", "/pause"}
    for name, content in make_files().items():
        paths = set(re.findall(r"(?<![\w:/.])/[\w./-]+", content)) - shared
        assert [path for path in paths if not path.startswith("/s/") and path != "/weir-onenode"] == [], name


def test_a_moved_network_moves_every_address():
    moved = "".join(make_files(replace(SETTINGS, network="10.99")).values())
    assert "10.77" not in moved
    assert "10.99.0.1" in moved


@pytest.mark.parametrize("may_raise", [True, False])
def test_containerd_restricts_scores_only_where_it_has_to(may_raise):
    content = make_files(facts=replace(FACTS, may_raise_priority=may_raise))["containerd.toml"]
    assert f"restrict_oom_score_adj = {str(not may_raise).lower()}" in content


def test_the_node_is_the_gateway_of_its_pods():
    pods = ipaddress.ip_network(SETTINGS.pod_cidr)
    services = ipaddress.ip_network(SETTINGS.service_cidr)
    assert ipaddress.ip_address(SETTINGS.node_ip) == pods[1]
    assert not pods.overlaps(services)
    assert f"IP:{services[1]}" in pki.others(SETTINGS)[0].addresses


def test_socket_paths_fit_the_kernels_limit():
    assert len(str(Settings().containerd) + ".ttrpc") <= 107


def test_the_network_can_be_moved_by_the_environment(monkeypatch):
    monkeypatch.setenv("WEIR_ONENODE_NETWORK", "10.99")
    assert from_environment().node_ip == "10.99.0.1"


def test_components_listen_on_the_node_never_on_every_address():
    for component in components(SETTINGS, PROGRAMS):
        assert "0.0.0.0" not in " ".join(component.argv)  # noqa: S104 - this looks for it


def test_components_start_in_stages():
    stages = [component.stage for component in components(SETTINGS, PROGRAMS)]
    assert stages == sorted(stages)


def test_components_run_the_programs_they_were_given():
    assert [str(PROGRAMS[c.name]) for c in components(SETTINGS, PROGRAMS)] == [
        component.argv[0] for component in components(SETTINGS, PROGRAMS)
    ]


def test_every_file_that_a_component_reads_is_rendered_or_issued():
    rendered = {str(SETTINGS.conf / name) for name in make_files()}
    issued = {str(pki.kubeconfig_path(SETTINGS, identity.name)) for identity in pki.clients(SETTINGS)}
    keys = {"/s/pki/ca.crt", "/s/pki/apiserver.crt", "/s/pki/sa.pub"}
    for component in components(SETTINGS, PROGRAMS):
        assert {str(path) for path in component.reads} <= rendered | issued | keys


def test_a_kubeconfig_stands_alone():
    content = kubeconfig(SETTINGS, "me", b"ca", b"certificate", b"key")
    user = content["users"][0]["user"]
    assert base64.b64decode(user["client-key-data"]) == b"key"
    assert content["clusters"][0]["cluster"]["server"] == "https://10.77.0.1:6443"


def test_addons_hold_one_default_storage_class():
    items = json.loads(make_files()["addons.json"])["items"]
    classes = [item for item in items if item["kind"] == "StorageClass"]
    assert [item["metadata"]["name"] for item in classes] == ["standard"]
    assert classes[0]["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}


def test_masquerading_replaces_its_table_and_spares_inner_traffic():
    table = network.masquerading(SETTINGS)
    assert table.index("delete table ip weir-onenode") > table.index("table ip weir-onenode {}")
    assert "ip saddr 10.77.0.0/24 ip daddr != { 10.77.0.0/24, 10.77.16.0/20 } masquerade" in table


OVERLAPS = {
    "the same range": (["10.77.0.0/24"], ["10.77.0.0/24"]),
    "a wider range": (["default", "10.0.0.0/8"], ["10.0.0.0/8"]),
    "inside the Services' range": (["10.77.20.0/24"], ["10.77.20.0/24"]),
    "a neighbour": (["10.78.0.0/16", "192.0.2.0/24"], []),
    "everything is no claim": (["default"], []),
}


@pytest.mark.parametrize(("routes", "expected"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_overlaps(routes, expected):
    assert expected == network.overlaps(routes, SETTINGS)


FORWARDING = {
    "a firewall that drops": ("type filter hook forward priority filter; policy drop;", True),
    "one that accepts": ("type filter hook forward priority filter; policy accept;", False),
    "dropping what comes in is another matter": ("type filter hook input priority filter; policy drop;", False),
}


@pytest.mark.parametrize(("ruleset", "expected"), FORWARDING.values(), ids=FORWARDING.keys())
def test_forwarding_dropped(ruleset, expected):
    assert expected == network.forwarding_dropped(ruleset)
