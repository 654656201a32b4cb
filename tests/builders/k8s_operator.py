"""The operator as a process, working for one namespace, that tests can kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self, TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 20.0, what: str = "") -> T:
    """Return the first true answer of ``look``, asked again and again; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or look}"
        time.sleep(0.01)
    return found


class OperatorProcess:
    """``python -m weir_operator`` with a kubeconfig."""

    def __init__(self, namespaces: str, log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._namespaces = namespaces
        self._extra = environment or {}
        self._log = log
        self.health_port, self.metrics_port = _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and return when it is healthy."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "weir_operator"], env=self._environment(), stdout=log, stderr=log
            )
        eventually(self.is_healthy, 60, f"the operator is healthy; its log: {self.log[-2000:]}")

    def kill(self) -> None:
        """End it the hard way, as a node that fails does."""
        self._end(signal.SIGKILL)

    def stop(self) -> tuple[int, float]:
        """End it as Kubernetes does; return the exit code and the seconds that it took."""
        began = time.monotonic()
        return self._end(signal.SIGTERM), time.monotonic() - began

    def is_healthy(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self.log[-2000:]
        try:
            return "ok" in self._get(self.health_port, "/healthz")
        except OSError:
            return False

    @property
    def metrics(self) -> str:
        return self._get(self.metrics_port, "/metrics")

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def rss_mib(self) -> float:
        """The memory that it has in use right now."""
        assert self._process
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def _end(self, how: signal.Signals) -> int:
        assert self._process
        self._process.send_signal(how)
        return self._process.wait(timeout=30)

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "WEIR_TRAINING_IMAGE": "weir.dev/training:test",
            "WEIR_SERVING_IMAGE": "weir.dev/serving:test",
            "WEIR_WATCH_NAMESPACES": self._namespaces,
            "WEIR_HEALTH_PORT": str(self.health_port),
            "WEIR_METRICS_PORT": str(self.metrics_port),
            "PYTHONUNBUFFERED": "1",
            **self._extra,
        }

    @staticmethod
    def _get(port: int, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
