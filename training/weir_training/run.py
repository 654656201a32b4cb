"""One run from request to published artifact: the order of the steps, and nothing of what is inside them."""

from __future__ import annotations

from dataclasses import dataclass

from sklearn.base import BaseEstimator

from weir_model.codec import to_json
from weir_model.contract import GOLDEN_FILE, MANIFEST_FILE, MODEL_FILE, PROFILE_FILE
from weir_model.errors import UriError
from weir_model.golden import Golden
from weir_model.manifest import DataLineage, FileEntry, Manifest, OnnxInfo, Parity, digest_of
from weir_model.outcome import TrainingResult
from weir_model.profile import Profile
from weir_model.run import RunRequest
from weir_model.signature import Task
from weir_model.uri import Uri
from weir_training import columns, convert, estimator, examples, fit, load, metrics, parity, publish, reference, split
from weir_training.errors import UserError
from weir_training.features import Features, extract
from weir_training.findings import Findings
from weir_training.lineage import lineage
from weir_training.progress import Progress
from weir_training.runtime import Runtime
from weir_training.target import Target, read_target


@dataclass(frozen=True)
class Prepared:
    """Data that a model can be fitted on: rows with a known target, divided."""

    features: Features
    target: Target
    sides: split.Sides


@dataclass(frozen=True)
class Proven:
    """A graph that answers like the original, and what was learned while proving it."""

    graph: bytes
    onnx: OnnxInfo
    parity: Parity
    golden: Golden
    profile: Profile


def run(request: RunRequest, progress: Progress, findings: Findings) -> TrainingResult:
    """Train, prove and publish what ``request`` asks for; ``findings`` is filled on the way.

    Raises:
        TrainingError: with the reason that the user gets to see.
    """
    with progress.stage("request"):
        source, output = _uri("spec.data.uri", request.data.uri), _uri(publish.FIELD, request.output)
        publish.check(output)
    with progress.stage("estimator"):
        model = estimator.build(request.estimator, request.parameters, request.data.split.seed)
        task = estimator.task_of(model, request.estimator, request.task)
    data, prepared = _prepare(request, source, task, progress)
    findings.data = data
    with progress.stage("fit"):
        fitted = _fit(request, model, task, prepared)
    with progress.stage("measure"):
        findings.metrics = _measure(fitted, prepared)
        progress.say("measured", **findings.metrics)
    proven = _prove(request, fitted, prepared, progress)
    with progress.stage("publish"):
        files = _files(request, data, findings.metrics, fitted, proven)
        folder = publish.publish(output, request.model, files)
    digest = digest_of(files[MANIFEST_FILE])
    progress.say("published", uri=str(folder), digest=digest)
    return TrainingResult(str(folder), digest, data, findings.metrics)


def _uri(field: str, text: str) -> Uri:
    try:
        return Uri.parse(text)
    except UriError as error:
        raise UserError("InvalidRequest", f"{field}: {error}") from error


def _prepare(request: RunRequest, source: Uri, task: Task, progress: Progress) -> tuple[DataLineage, Prepared]:
    text_columns = [name for name, kind in request.preprocessing.columns.items() if kind == "categorical"]
    with progress.stage("load"):
        dataset = load.load(source, text_columns)
        table = dataset.table
        data = DataLineage(str(source), dataset.digest, table.num_rows, table.num_columns)
        progress.say("loaded", files=dataset.files, rows=data.rows, columns=data.columns, digest=data.digest)
    with progress.stage("columns"):
        chosen = columns.choose(table, request)
        target = read_target(table, request.data.target, task)
        features = extract(table, chosen.kinds).take(target.known)
        unused = table.num_rows - len(target.known)
        progress.say("columns", **_census(chosen), rows_without_target=unused)
    with progress.stage("split"):
        sides = split.divide(request.data.split, table.take(target.known), target)
        kept = features.informed(sides.fit)
        silent = [name for name in features.kinds if name not in kept.kinds]
        progress.say("split", fit_rows=len(sides.fit), holdout_rows=len(sides.holdout), left_out_as_empty=silent)
        if not kept.kinds:
            raise UserError("InvalidColumn", f"{request.data.uri}: no column has a value in the rows to fit on")
    return data, Prepared(kept, target, sides)


def _census(chosen: columns.Columns) -> dict[str, object]:
    kinds = list(chosen.kinds.values())
    numeric = kinds.count("numeric")
    return {"numeric": numeric, "categorical": len(kinds) - numeric, "left_out_as_empty": list(chosen.empty)}


def _fit(request: RunRequest, model: BaseEstimator, task: Task, prepared: Prepared) -> fit.Model:
    classes, rows = prepared.target.classes, prepared.sides.fit
    if classes is not None:
        estimator.name_classes(model, classes)
    scale = request.preprocessing.scale
    return fit.fit(model, task, prepared.features.take(rows), prepared.target.values[rows], classes, scale)


def _measure(fitted: fit.Model, prepared: Prepared) -> dict[str, float]:
    rows = prepared.sides.holdout
    answers = fitted.answers(prepared.features.take(rows))
    return metrics.measure(answers, prepared.target.values[rows], prepared.target.classes, len(prepared.sides.fit))


def _prove(request: RunRequest, fitted: fit.Model, prepared: Prepared, progress: Progress) -> Proven:
    sides, target = prepared.sides, prepared.target
    with progress.stage("convert"):
        graph = convert.convert(fitted, {"weir.model": request.model, "weir.version": request.version})
        content = graph.SerializeToString(deterministic=True)
        runtime = Runtime(content)
    with progress.stage("parity"):
        allowed = parity.tolerance(target.values[sides.fit], target.classes)
        compared = prepared.features.take(parity.compared_rows(sides))
        answers = runtime.answers(compared.tensors())
        found = parity.compare(fitted.signature, compared, answers, fitted.answers(compared), allowed)
        progress.say("parity", rows=found.rows, max_error=found.max_error, bytes=len(content))
    with progress.stage("profile"):
        golden = examples.golden(fitted, prepared.features.take(sides.holdout), allowed, runtime)
        held = {name: values[: len(sides.holdout)] for name, values in answers.items()}
        profile = reference.profile(prepared.features, held, allowed)
    return Proven(content, convert.describe(graph), found, golden, profile)


def _files(
    request: RunRequest, data: DataLineage, measured: dict[str, float], fitted: fit.Model, proven: Proven
) -> dict[str, bytes]:
    contents = {
        MODEL_FILE: proven.graph,
        PROFILE_FILE: to_json(proven.profile),
        GOLDEN_FILE: to_json(proven.golden),
    }
    manifest = Manifest(
        model=request.model,
        version=request.version,
        signature=fitted.signature,
        onnx=proven.onnx,
        files={name: FileEntry(digest_of(content), len(content)) for name, content in contents.items()},
        metrics=measured,
        parity=proven.parity,
        lineage=lineage(request, data),
    )
    return contents | {MANIFEST_FILE: to_json(manifest)}
