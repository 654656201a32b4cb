"""Reads /proc: who runs, since when, with which mark. Knows nothing of components."""

from collections.abc import Collection, Iterator
from pathlib import Path

PROC = Path("/proc")


def start_ticks(pid: int) -> int | None:
    """When a process started, in ticks since boot: with the pid it names one process for ever. None: not running."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def pids() -> Iterator[int]:
    """Every process."""
    return (int(path.name) for path in PROC.iterdir() if path.name.isdigit())


def marked(variable: str, value: str) -> set[int]:
    """Processes that carry an environment variable, thus were started by us or by a child of ours."""
    wanted = f"{variable}={value}".encode()
    return {pid for pid in pids() if wanted in _read(pid, "environ").split(b"\0") and start_ticks(pid) is not None}


def in_cgroup(name: str) -> set[int]:
    """Processes below a cgroup of this name: the containers, whoever their parent is by now."""
    return {pid for pid in pids() if cgroup_has(_read(pid, "cgroup").decode(errors="replace"), name)}


def cgroup_has(text: str, name: str) -> bool:
    """Say whether a /proc/PID/cgroup names a group at the root called `name`, or one below it."""
    paths = [line.split(":", 2)[-1] for line in text.splitlines()]
    return any(path.split("/")[1:2] == [name] for path in paths)


def named(names: Collection[str]) -> set[int]:
    """Processes by program name that share our network: one inside a container of somebody's is not meant."""
    ours = _namespace("self")
    return {
        pid
        for pid in pids()
        if _read(pid, "comm").decode(errors="replace").strip() in names and _namespace(str(pid)) == ours
    }


def boot_id() -> str:
    """Changes with every boot."""
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _namespace(pid: str) -> str:
    try:
        return str((PROC / pid / "ns/net").readlink())
    except OSError:
        return ""


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
