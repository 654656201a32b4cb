"""Brings the one-node cluster up, or heals it: what runs well is left alone. Knows the order, not the details."""

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from cluster.onenode import api, cgroups, daemon, health, network, pki, proc, store, strays, sysctls
from cluster.onenode.components import NODE_STAGE, Component, components
from cluster.onenode.render import Facts, render
from cluster.onenode.render.runtime import CNI_PLUGINS
from cluster.onenode.settings import Settings
from cluster.onenode.tools import ONENODE_TOOLS
from machine import gobuild, packages
from machine.console import say, step
from machine.errors import HackError
from machine.files import write_if_different
from machine.run import program, tail
from machine.wait import holds_within

PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "containernetworking-plugins": f"{CNI_PLUGINS}/ptp",
    "conntrack": "conntrack",
    "nftables": "nft",
    "iproute2": "ip",
    "mount": "umount",
    "openssl": "openssl",
    "ca-certificates": "/etc/ssl/certs/ca-certificates.crt",  # Go asks the system whom to trust
}
_START_SECONDS = 90
_CAP_SYS_RESOURCE = 24
_KUBELETS = ("kubelet", "k3s-server", "k3s-agent", "kubelite")  # some distributions build it into one program


def up(settings: Settings) -> None:
    """Make the cluster usable; safe to call at any time."""
    if os.geteuid() != 0:
        raise HackError("a one-node cluster needs root; run as root, or install Docker for kind")
    _refuse_second_kubelet(settings)
    packages.ensure(PACKAGES, "a one-node cluster")
    programs = gobuild.ensure(ONENODE_TOOLS)
    _prepare(settings)
    wanted = components(settings, {**programs, "containerd": _containerd()})
    with step("one-node cluster"):
        for number, stage in groupby(wanted, key=lambda component: component.stage):
            if number == NODE_STAGE:  # DNS and storage may not do anything before
                store.ensure_node_image(settings, programs)
                api.apply_addons(settings, programs["kubectl"])
            _run_stage(settings, list(stage))
        api.wait_usable(settings, programs["kubectl"])


def _prepare(settings: Settings) -> None:
    """Everything that components find in place when they start."""
    for folder in (settings.state, settings.run, settings.logs, settings.conf, settings.state / "volumes"):
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    _forget_earlier_boot(settings)
    strays.remember(settings)
    sysctls.ensure(settings)
    cgroups.ensure(settings)
    network.ensure(settings)
    pki.issue(settings)
    for name, content in render(settings, Facts(store.node_image(), _may_raise_priority())).items():
        write_if_different(settings.conf / name, content)


def _run_stage(settings: Settings, stage: Sequence[Component]) -> None:
    """Start what is not running as configured, then wait for all of it."""
    for component in stage:
        if not _well(component, settings):
            pid = daemon.pid_of(component.name, settings)
            if pid is not None:
                say(f"  restarting {component.name}")
                daemon.stop([pid], patience=3)
            daemon.start(component, settings)
    for component in stage:
        _wait(component, settings)


def _well(component: Component, settings: Settings) -> bool:
    """Running and healthy. A process that was only just started by another run gets the time to become so."""
    if daemon.running(component, settings) is None:
        return False
    return holds_within(lambda: health.healthy(component.health), 5)


def _wait(component: Component, settings: Settings) -> None:
    """Wait for health; stop waiting as soon as the process is gone."""

    def decided() -> bool:
        return daemon.running(component, settings) is None or health.healthy(component.health)

    holds_within(decided, _START_SECONDS, 0.2)
    if daemon.running(component, settings) is None or not health.healthy(component.health):
        log = daemon.log_path(component.name, settings)
        raise HackError(f"{component.name} did not become healthy; the end of {log}:\n{tail(log.read_text()[-20000:])}")


def _refuse_second_kubelet(settings: Settings) -> None:
    """Two kube-proxies in one network would undo each other."""
    foreign = proc.named(_KUBELETS) - proc.marked(daemon.MARK, str(settings.state))
    if foreign:
        raise HackError(
            f"another kubelet runs on this machine (pid {min(foreign)}); "
            "use that cluster instead: hack/cluster up --provider existing --context NAME"
        )


def _forget_earlier_boot(settings: Settings) -> None:
    """After a reboot, sockets and process records mean nothing any more."""
    memory = settings.state / "boot-id"
    if memory.exists() and memory.read_text() != proc.boot_id():
        raise HackError("this cluster was up before the machine was restarted; run first: hack/cluster down")
    memory.write_text(proc.boot_id())


def _may_raise_priority() -> bool:
    status = Path("/proc/self/status").read_text()
    bounding = next(line for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(bounding.split()[1], 16) >> _CAP_SYS_RESOURCE & 1)


def _containerd() -> Path:
    found = program("containerd")
    if found is None:
        raise HackError("containerd is not on the PATH; as root on Debian or Ubuntu: apt-get install -y containerd")
    return found
