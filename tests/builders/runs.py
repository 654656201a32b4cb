"""Builders for tests of training: small tables, requests for runs on them, and runs."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from weir_model.codec import from_json
from weir_model.contract import GOLDEN_FILE, MANIFEST_FILE, MODEL_FILE, PROFILE_FILE
from weir_model.golden import Golden
from weir_model.manifest import Manifest
from weir_model.outcome import TrainingResult
from weir_model.profile import Profile
from weir_model.run import Data, Preprocessing, RunRequest, Split
from weir_model.uri import Uri
from weir_training.findings import Findings
from weir_training.progress import Progress
from weir_training.run import run

LOGISTIC = "sklearn.linear_model.LogisticRegression"
TREE = "sklearn.tree.DecisionTreeClassifier"
LINEAR = "sklearn.linear_model.LinearRegression"


def make_table(rows: int = 160, *, classes: int = 2, mixed: bool = False, missing: bool = False) -> pa.Table:
    """Columns a to d of different magnitudes, ``label`` (0, 1, ...), ``name`` (its text) and ``amount`` (a number)."""
    generator = np.random.default_rng(3)
    base = generator.normal(size=(rows, 4))
    signal = base[:, 0] - base[:, 1] + 0.3 * generator.normal(size=rows)
    label = np.searchsorted(np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1]), signal)
    values = base * [1, 100, 0.01, 30000] + [0, 20, 5, 0]
    columns: dict[str, Any] = {name: values[:, i] for i, name in enumerate("abcd")}
    if mixed:
        columns["colour"] = np.array(["red", "green", "blue"])[np.digitize(base[:, 2], [-0.5, 0.5])]
        columns["size"] = np.array(["s", "m", "l", "xl"])[generator.integers(0, 4, rows)]
    if missing:
        for name in ("a", "d", "colour"):
            if name in columns:
                columns[name] = pa.array(columns[name], mask=generator.random(rows) < 0.15)
    words = np.array([f"class {index}" for index in range(classes)], dtype=object)[label]
    return pa.table(columns | {"label": label, "name": words, "amount": 50 + 10 * signal + base[:, 3]})


def write_table(path: Path, table: pa.Table) -> str:
    """Write ``table`` as parquet and return its URI."""
    parquet.write_table(table, path)
    return f"file://{path}"


def make_request(folder: Path, data: str | pa.Table | None = None, **changes: Any) -> RunRequest:
    """A request for a decision tree on ``data`` (a URI or a table), publishing below ``folder``."""
    table = make_table() if data is None else data
    uri = table if isinstance(table, str) else write_table(folder / "data.parquet", table)
    split = Split(**changes.pop("split", {}))
    ignored = {"name", "amount", "label"} - {changes.get("target", "label")}
    preprocessing = Preprocessing(**{"exclude": tuple(sorted(ignored)), **changes.pop("preprocessing", {})})
    request = RunRequest(
        namespace="lab",
        training_job="first",
        training_job_uid="uid-1",
        model="tumour",
        version="first",
        data=Data(uri, changes.pop("target", "label"), split),
        estimator=TREE,
        output=f"file://{folder / 'out'}",
        preprocessing=preprocessing,
    )
    return replace(request, **changes)


@dataclass(frozen=True)
class Artifact:
    """What a run published."""

    result: TrainingResult
    folder: Path

    @property
    def graph(self) -> bytes:
        return (self.folder / MODEL_FILE).read_bytes()

    @property
    def manifest(self) -> Manifest:
        return from_json(Manifest, (self.folder / MANIFEST_FILE).read_bytes())

    @property
    def profile(self) -> Profile:
        return from_json(Profile, (self.folder / PROFILE_FILE).read_bytes())

    @property
    def golden(self) -> Golden:
        return from_json(Golden, (self.folder / GOLDEN_FILE).read_bytes())


def finish(request: RunRequest, log: io.StringIO | None = None) -> TrainingResult:
    """Run ``request``, with its log lines written to ``log``."""
    return run(request, Progress(stream=log or io.StringIO()), Findings())


def train(request: RunRequest, log: io.StringIO | None = None) -> Artifact:
    """Run ``request``, which publishes to a folder, and return what it published."""
    result = finish(request, log)
    path = Uri.parse(result.uri).local_path
    assert path is not None
    return Artifact(result, Path(path))
