"""Serving's entry points as processes of their own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2

from builders.artifact import Artifact

DEADLINE = 20  # seconds until a process that hangs is killed
_LISTENING = re.compile(r"Listening on port (\d+)")


def environment(artifact: Artifact, folder: Path, **changes: object) -> dict[str, str]:
    """Return what the operator would set for ``artifact`` in ``folder``."""
    usual = {
        "WEIR_MODEL": artifact.model,
        "WEIR_VERSION": artifact.version,
        "WEIR_DEPLOYMENT": "crowd",
        "WEIR_ARTIFACT_DIGEST": artifact.digest,
        "WEIR_MODEL_DIR": folder,
        "WEIR_HANDOVER_SOCKET": folder.parent / "handover.sock",
        "WEIR_TERMINATION_LOG": folder.parent / "no-termination-log",
        "WEIR_HTTP_PORT": 0,
        "WEIR_SIDECAR_PORT": 0,
        "WEIR_THREADS": 1,
        "WEIR_DRAIN_SECONDS": 0,
    }
    return {name: str(value) for name, value in (usual | changes).items()}


def run(module: str, variables: dict[str, str]) -> tuple[int, str]:
    """Run an entry point to its end; return its exit code and what it wrote at error level or worse."""
    finished = subprocess.run(
        [sys.executable, "-m", f"weir_serving.{module}"],
        env=dict(os.environ) | variables,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    lines = finished.stderr.splitlines(keepends=True)
    return finished.returncode, "".join(line for line in lines if " INFO " not in line)


class Running:
    """An entry point that runs and listens."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self._process = process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path)

    def post(self, path: str, document: object) -> httpx2.Response:
        return httpx2.post(self.url + path, json=document)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        return self._process.wait(DEADLINE)


@contextlib.contextmanager
def running(module: str, variables: dict[str, str]) -> Iterator[Running]:
    """Run an entry point until the block ends; it listens when the block begins."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"weir_serving.{module}"],
        env=dict(os.environ) | variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process, _port(process))
    finally:
        process.kill()
        process.communicate()


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stderr:
        found = _LISTENING.search(line)
        if found:
            return int(found[1])
    raise AssertionError(f"exited with {process.wait()} before it listened")
