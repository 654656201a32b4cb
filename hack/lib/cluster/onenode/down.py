"""Takes the one-node cluster away from any state it may be in, and leaves nothing of it behind."""

import os
import shutil

from cluster.onenode import cgroups, daemon, mounts, network, proc, strays, sysctls
from cluster.onenode.settings import Settings
from machine.console import step
from machine.errors import HackError
from machine.run import program
from machine.wait import until

# The kubelet first, so that nothing comes back; containerd last, so that it can still write what happened.
_ORDER = ("kubelet", "kube-proxy", "local-path-provisioner", "coredns", "kube-scheduler", "kube-controller-manager",
          "kube-apiserver", "etcd")  # fmt: skip


def down(settings: Settings) -> None:
    """Remove processes, mounts, network, cgroups and files; safe to repeat."""
    if os.geteuid() != 0:
        raise HackError("the one-node cluster belongs to root; run hack/cluster down as root")
    with step("removing the one-node cluster"):
        _end_processes(settings)
        mounts.unmount_below(settings.state)
        if program("nft") and program("ip"):  # without them there never was a cluster here
            network.remove(settings)
        if not cgroups.remove(settings):
            raise HackError(f"cgroups are still busy: {', '.join(map(str, cgroups.groups(settings)[:3]))}")
        sysctls.restore(settings)
        strays.remove(settings)
        shutil.rmtree(settings.state, ignore_errors=True)
        if settings.state.exists():
            raise HackError(f"{settings.state} could not be removed; see what holds it: fuser -vm {settings.state}")


def _end_processes(settings: Settings) -> None:
    """First in order and politely, then whatever carries our mark or sits in our cgroup."""
    for name in _ORDER:
        pid = daemon.pid_of(name, settings)
        if pid is not None:
            daemon.stop([pid], patience=0 if name in ("kubelet", "kube-proxy") else 5)

    def none_left() -> bool:
        # Repeated: a process may have started another one while we looked.
        left = proc.in_cgroup(settings.cgroup) | proc.marked(daemon.MARK, str(settings.state))
        daemon.stop(left - {os.getpid()}, patience=0)
        return not left

    until(none_left, 30, "the cluster's processes to end")
