"""Starts and stops processes that outlive this program. Knows a component's command line, not its meaning."""

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

from cluster.onenode import proc
from cluster.onenode.components import Component
from cluster.onenode.settings import Settings
from machine.wait import holds_within

# Every process that we start carries this, and so does all that it starts itself, down to the shims.
MARK = "WEIR_ONENODE"


def start(component: Component, settings: Settings) -> None:
    """Start a component in a session of its own and record which process it is."""
    log = log_path(component.name, settings)
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".log.previous"))
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(settings.state),  # what writes there goes with the cluster
        MARK: str(settings.state),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            component.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    process.returncode = 0  # it is to outlive us: keeps Python from warning about a child that was not waited for
    record = {"pid": process.pid, "start": proc.start_ticks(process.pid), "digest": digest(component)}
    path = _record_path(component.name, settings)
    path.write_text(json.dumps(record) + "\n")


def running(component: Component, settings: Settings) -> int | None:
    """The pid of a component that runs as it is configured now; None when it is dead or out of date."""
    record = _record(component.name, settings)
    if record.get("digest") != digest(component):
        return None
    return pid_of(component.name, settings)


def pid_of(name: str, settings: Settings) -> int | None:
    """The recorded pid, if it still is the very process that was recorded."""
    record = _record(name, settings)
    pid = record.get("pid")
    if not isinstance(pid, int) or record.get("start") is None:
        return None
    return pid if proc.start_ticks(pid) == record["start"] else None


def stop(pids: Iterable[int], patience: float) -> None:
    """Ask processes to end, then make them end; returns when they are gone."""
    waiting = {pid: ticks for pid in pids if (ticks := proc.start_ticks(pid)) is not None}
    _signal(waiting, signal.SIGTERM if patience else signal.SIGKILL)
    if patience and not holds_within(lambda: not _alive(waiting), patience):
        _signal(_alive(waiting), signal.SIGKILL)
    holds_within(lambda: not _alive(waiting), 10)


def digest(component: Component) -> str:
    """A hash of a component's command line and of what it reads."""
    parts = [json.dumps(component.argv).encode(), *(path.read_bytes() for path in component.reads if path.exists())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def log_path(name: str, settings: Settings) -> Path:
    """Where a component writes."""
    return settings.logs / f"{name}.log"


def _alive(processes: dict[int, int]) -> dict[int, int]:
    return {pid: ticks for pid, ticks in processes.items() if proc.start_ticks(pid) == ticks}


def _signal(processes: dict[int, int], number: signal.Signals) -> None:
    for pid, ticks in processes.items():
        if proc.start_ticks(pid) == ticks:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _record_path(name: str, settings: Settings) -> Path:
    return settings.run / f"{name}.json"


def _record(name: str, settings: Settings) -> dict[str, object]:
    try:
        record = json.loads(_record_path(name, settings).read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
