"""What a cluster could leave on a machine, as lines to compare. Changes nothing, judges nothing."""

from collections.abc import Callable
from pathlib import Path

from cluster.onenode import daemon, proc, strays, sysctls
from cluster.onenode.cgroups import ROOT
from cluster.onenode.settings import Settings
from machine.run import run

_TOP_FOLDERS = ("/run", "/var/lib", "/var/log", "/etc", "/opt", "/usr/libexec")


def snapshot(settings: Settings, spared: Settings) -> dict[str, set[str]]:
    """The machine by kinds of things that `up` makes, less what belongs to a cluster that may be up meanwhile."""
    theirs = {str(path) for path in strays.owned(spared)}
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
        "files": lambda: _files() - theirs,
    }
    marks = (f"{spared.state}/", f"/{spared.cgroup}/")
    return {kind: {thing for thing in look() if not any(m in thing for m in marks)} for kind, look in kinds.items()}


def differences(before: dict[str, set[str]], after: dict[str, set[str]]) -> list[str]:
    """One line per thing that is there and was not; a changed value is a new one. Pure."""
    lines = []
    for kind, things in before.items():
        lines += [f"{kind}: {thing}" for thing in sorted(after[kind] - things)]
    return lines


def _files() -> set[str]:
    tops = {str(path) for folder in map(Path, _TOP_FOLDERS) if folder.is_dir() for path in folder.iterdir()}
    return tops | {str(path) for folder in map(Path, strays.FOLDERS) if folder.is_dir() for path in folder.rglob("*")}
