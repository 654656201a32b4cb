"""How many threads one inference may use: as many as the container has whole CPUs."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")


def threads_for(limit: float | None, cpus: int) -> int:
    """Return the thread count for a CPU ``limit`` on a machine with ``cpus`` usable CPUs.

    A fraction is rounded down: a thread more than there is time for gets the whole process throttled.
    """
    return max(1, min(int(limit), cpus) if limit is not None else cpus)


def available_threads() -> int:
    """Return the thread count for this process."""
    return threads_for(cpu_limit(CGROUP_ROOT), len(os.sched_getaffinity(0)))


def cpu_limit(root: Path) -> float | None:
    """Return the CPU limit in CPUs that the control group at ``root`` sets, version 2 or 1, or None for no limit."""
    quota = _words(root / "cpu.max")
    if not quota:
        quota = _words(root / "cpu" / "cpu.cfs_quota_us") + _words(root / "cpu" / "cpu.cfs_period_us")
    return parse_quota(quota)


def parse_quota(words: list[str]) -> float | None:
    """Return the CPUs that a quota and a period, both in microseconds, stand for; ``max`` and -1 are no limit."""
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return None
    quota, period = map(int, words)
    return quota / period if quota and period else None


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
