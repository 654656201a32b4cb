"""What a cluster could leave on a machine, as lines to compare. Changes nothing, judges nothing."""

from collections.abc import Callable
from pathlib import Path

from cluster.onenode import daemon, proc, strays, sysctls
from cluster.onenode.cgroups import ROOT
from cluster.onenode.settings import Settings
from machine.run import run

_TOP_FOLDERS = ("/run", "/var/lib", "/var/log", "/etc", "/opt", "/usr/libexec")


def snapshot(settings: Settings) -> dict[str, set[str]]:
    """The machine by kinds of things that `up` makes."""
    kinds: dict[str, Callable[[], set[str]]] = {
        "processes": lambda: set(
            map(str, proc.in_cgroup(settings.cgroup) | proc.marked(daemon.MARK, str(settings.state)))
        ),
        "mounts": lambda: {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()},
        "links": lambda: {line.split(":")[1] for line in run("ip", "-oneline", "link", "show").splitlines()},
        "routes": lambda: set(run("ip", "route", "show", "table", "all").splitlines()),
        "firewall": lambda: set(run("nft", "list", "tables").splitlines()),
        "cgroups": lambda: {str(path) for path in ROOT.rglob("*") if path.is_dir()},
        "sysctls": lambda: {f"{name} = {(sysctls.ROOT / name).read_text().strip()}" for name in sysctls.NAMES},
        "files": _files,
    }
    return {kind: look() for kind, look in kinds.items()}


def differences(before: dict[str, set[str]], after: dict[str, set[str]]) -> list[str]:
    """One line per thing that came or went. Pure."""
    lines = []
    for kind, things in before.items():
        lines += [f"{kind}: left behind: {thing}" for thing in sorted(after[kind] - things)]
        lines += [f"{kind}: gone: {thing}" for thing in sorted(things - after[kind])]
    return lines


def _files() -> set[str]:
    tops = {str(path) for folder in map(Path, _TOP_FOLDERS) if folder.is_dir() for path in folder.iterdir()}
    return tops | {str(path) for folder in map(Path, strays.FOLDERS) if folder.is_dir() for path in folder.rglob("*")}
