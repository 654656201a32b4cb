"""How many CPUs this container may use: libraries that ask the machine instead start too many threads."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def available(limit: Path = CGROUP_LIMIT) -> int:
    """Return the CPUs of the affinity mask, bounded by the cgroup's quota (rounded up), at least 1."""
    return max(1, min(len(os.sched_getaffinity(0)), _quota(limit)))


def thread_environment(environ: dict[str, str]) -> dict[str, str]:
    """Return ``environ`` with the thread counts of BLAS, OpenMP and joblib set, where it does not set them itself."""
    return dict.fromkeys(_THREAD_VARIABLES, str(available())) | environ


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
