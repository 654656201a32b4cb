"""What a run says while it runs."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path

import pytest

from weir_training.cpus import available
from weir_training.progress import Progress


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_the_seconds_and_the_facts() -> None:
    stream = io.StringIO()
    Progress(stream=stream).say("loaded", rows=3, uri="größe")
    [line] = _lines(stream)
    assert line.pop("seconds") is not None
    assert line == {"event": "loaded", "rows": 3, "uri": "größe"}


def test_a_stage_is_announced_when_it_begins() -> None:
    announced: list[str] = []
    progress = Progress(announced.append, io.StringIO())
    with progress.stage("fit"):
        assert announced == ["fit"]


def test_a_warning_is_said_once_however_often_it_was_raised() -> None:
    stream = io.StringIO()
    with Progress(stream=stream).stage("fit"):
        for _ in range(3):
            warnings.warn("not converged", UserWarning, stacklevel=1)
        warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    assert [line["text"] for line in _lines(stream) if line["event"] == "warning"] == ["UserWarning: not converged"]


@pytest.mark.parametrize(
    ("limit", "cpus"),
    [("100000 100000", 1), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", None), (None, None)],
    ids=["one CPU", "one and a half", "half a CPU", "no limit", "no cgroup"],
)
def test_the_containers_limit_bounds_the_cpus(tmp_path: Path, limit: str | None, cpus: int | None) -> None:
    if limit is not None:
        (tmp_path / "cpu.max").write_text(limit)
    machine = available(tmp_path / "nothing")
    assert available(tmp_path / "cpu.max") == (machine if cpus is None else min(cpus, machine))
