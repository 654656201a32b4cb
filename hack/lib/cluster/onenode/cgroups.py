"""The cgroup below which all pods live, in either version of the hierarchy. Knows no pods."""

from pathlib import Path

from cluster.onenode.settings import Settings
from machine.wait import holds_within

ROOT = Path("/sys/fs/cgroup")
# Controllers that the kubelet asks for.
_UNIFIED = ("cpuset", "cpu", "io", "memory", "hugetlb", "pids")


def ensure(settings: Settings) -> None:
    """Make the root group in every hierarchy."""
    if (ROOT / "cgroup.controllers").exists():
        _ensure_unified(ROOT / settings.cgroup)
    for hierarchy in hierarchies():
        _ensure_v1(hierarchy / settings.cgroup)


def remove(settings: Settings) -> bool:
    """Remove the groups from the leaves up; False when one is still busy."""
    return holds_within(lambda: not _remove_all(settings), 10)


def groups(settings: Settings) -> list[Path]:
    """Every group of ours that exists, deepest first."""
    tops = [folder / settings.cgroup for folder in (ROOT, *hierarchies())]
    found = [path for top in tops if top.is_dir() for path in (top, *(p for p in top.rglob("*") if p.is_dir()))]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def hierarchies() -> list[Path]:
    """The version 1 hierarchies, and a unified one beside them, if any; none where all is unified."""
    if (ROOT / "cgroup.controllers").exists():
        return []
    return [path for path in sorted(ROOT.iterdir()) if path.is_dir() and (path / "cgroup.procs").exists()]


def _remove_all(settings: Settings) -> list[Path]:
    for group in groups(settings):
        try:
            group.rmdir()
        except OSError:  # a process that was killed just now is not quite gone
            continue
    return groups(settings)


def _ensure_unified(group: Path) -> None:
    available = (ROOT / "cgroup.controllers").read_text().split()
    wanted = " ".join(f"+{name}" for name in _UNIFIED if name in available)
    (ROOT / "cgroup.subtree_control").write_text(wanted)
    group.mkdir(exist_ok=True)
    (group / "cgroup.subtree_control").write_text(wanted)


def _ensure_v1(group: Path) -> None:
    group.mkdir(exist_ok=True)
    for name in ("cpuset.cpus", "cpuset.mems"):  # empty in a new group, and then no process may enter
        path = group / name
        if path.exists() and not path.read_text().strip():
            path.write_text((group.parent / name).read_text())
