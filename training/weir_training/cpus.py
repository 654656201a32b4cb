"""How many CPUs this container may use: libraries that ask the machine instead start too many threads."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def available(limit: Path = CGROUP_LIMIT) -> int:
    """Return the CPUs of the affinity mask, bounded by the cgroup's quota (rounded up), at least 1."""
    return max(1, min(len(os.sched_getaffinity(0)), _quota(limit)))


def thread_counts() -> dict[str, str]:
    """Return the environment variables that tell BLAS, OpenMP and joblib how many threads to start."""
    return dict.fromkeys(_THREADS, str(available()))


def bounded(n_jobs: int) -> int:
    """Return scikit-learn's ``n_jobs`` as a number of workers that this container has CPUs for."""
    cpus = available()
    return max(1, cpus + 1 + n_jobs) if n_jobs < 0 else max(1, min(n_jobs, cpus))


def _quota(limit: Path) -> int:
    try:
        quota, period = limit.read_text().split()
    except (OSError, ValueError):
        return 1 << 16
    return 1 << 16 if quota == "max" else math.ceil(int(quota) / int(period))
