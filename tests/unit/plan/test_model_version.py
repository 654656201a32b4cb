"""A version: verified once by a Job, whose verdict stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from builders import resources
from builders.k8s import (
    NOW,
    UID,
    ago,
    by_kind,
    condition,
    environment,
    live,
    message,
    observed,
    pod_of,
    running,
    stored,
    terminated,
    told,
)
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, Outcome, TrainingResult, VerificationResult
from weir_operator.plan.kinds import PLANNERS, decide
from weir_operator.plan.observed import Reference
from weir_operator.plan.plan import Plan

Object = dict[str, Any]

GOOD = VerificationResult(resources.DIGEST, 16)
MADE_BY = {"name": "run-1", "uid": "u-run"}


def version(status: Object | None = None, **spec: Any) -> Object:
    return live(resources.model_version("tumour-1", **spec), status=status)


def job(*conditions: Object) -> Object:
    return stored(by_kind(decide(observed(version())).apply)["Job"], conditions=list(conditions))


def seen(outcome: Outcome | str, exit_code: int, status: Object | None = None) -> Plan:
    """Return the plan once the Job is over with a pod that left ``outcome``."""
    made = job(condition("Complete" if exit_code == 0 else "Failed"))
    return decide(observed(version(status), made, pod_of(made, terminated("verifier", exit_code, outcome))))


def test_the_first_pass_makes_the_job_and_is_not_ready() -> None:
    plan = decide(observed(version()))
    made = by_kind(plan.apply)["Job"]
    assert made["metadata"]["name"] == "tumour-1-verify"
    assert told(plan.status) == {"Verified": ("Unknown", "Pending"), "Ready": ("False", "Pending")}
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert environment(container) == {
        "WEIR_ARTIFACT_URI": "pvc://lake/models/tumour/1",
        "WEIR_ARTIFACT_DIGEST": resources.DIGEST,
    }
    assert container["volumeMounts"][0] == {"name": "claim-0", "mountPath": "/mnt/volumes/lake", "readOnly": True}


def test_while_the_job_runs_the_version_is_being_verified() -> None:
    made = job()
    plan = decide(observed(version(), made, pod_of(made, running("verifier"))))
    assert told(plan.status) == {"Verified": ("Unknown", "Verifying"), "Ready": ("False", "Verifying")}


def test_a_good_verdict_makes_it_ready() -> None:
    plan = seen(GOOD, 0)
    assert told(plan.status) == {"Verified": ("True", "Verified"), "Ready": ("True", "Verified")}
    assert plan.status
    assert (plan.status["verifiedTime"], plan.status["digest"]) == (ago(0), resources.DIGEST)
    assert "16 golden examples" in message(plan.status, "Ready")


@pytest.mark.parametrize(
    ("outcome", "exit_code", "reason"),
    [
        pytest.param(Failure("DigestMismatch", "model.onnx"), 42, "DigestMismatch", id="altered"),
        pytest.param(Failure("ArtifactUnavailable", "403"), 1, "ArtifactUnavailable", id="out of reach"),
        pytest.param("Traceback", 1, "VerifierCrashed", id="crashed"),
        pytest.param(VerificationResult("sha256:" + "f" * 64, 1), 0, "DigestMismatch", id="verified something else"),
        pytest.param(
            TrainingResult("u", resources.DIGEST, DataLineage("u", resources.DIGEST, 1, 1), {}),
            0,
            "VerifierCrashed",
            id="another image's result",
        ),
    ],
)
def test_a_bad_verdict_names_its_cause_and_how_to_ask_again(outcome: Outcome, exit_code: int, reason: str) -> None:
    plan = seen(outcome, exit_code)
    assert told(plan.status) == {
        "Verified": ("False", reason),
        "Ready": ("False", reason),
        "Stalled": ("True", reason),
    }
    assert "delete Job tumour-1-verify" in message(plan.status, "Stalled")


def test_a_bad_verdict_outlives_its_pod_but_not_its_job() -> None:
    bad = seen(Failure("ArtifactNotFound", "nothing there"), 42).status
    podless = decide(observed(version(bad), job(condition("Failed", since=60))))
    assert podless.status == bad
    again = decide(observed(version(bad)))
    assert list(by_kind(again.apply)) == ["Job"]
    assert told(again.status) == {"Verified": ("Unknown", "Pending"), "Ready": ("False", "Pending")}


def test_a_good_verdict_outlives_its_job() -> None:
    good = seen(GOOD, 0).status
    plan = decide(observed(version(good)))
    assert (plan.apply, plan.status, plan.events) == ((), good, ())


@pytest.mark.parametrize(("hours", "deleted"), [(0.5, 0), (1.0, 1)], ids=["kept for an hour", "then gone"])
def test_the_job_of_a_good_verdict_goes_in_time(hours: float, deleted: int) -> None:
    good = seen(GOOD, 0).status
    plan = decide(observed(version(good), job(condition("Complete")), now=NOW + timedelta(hours=hours)))
    assert len(plan.delete) == deleted
    assert plan.requeue_after == (None if deleted else 1800)


def test_the_job_of_a_bad_verdict_stays() -> None:
    bad = seen(Failure("LoadFailed", "opset"), 42).status
    assert decide(observed(version(bad), job(condition("Failed")), now=NOW + timedelta(days=9))).delete == ()


class TestMetrics:
    RUN = live(resources.training_job("run-1"), uid="u-run", status={"metrics": {"r2": 0.9}})

    @pytest.mark.parametrize(
        ("spec", "related", "metrics"),
        [
            pytest.param({"trainingJob": MADE_BY}, (RUN,), {"r2": 0.9}, id="those of its run"),
            pytest.param({"trainingJob": MADE_BY}, (), {}, id="its run is gone"),
            pytest.param({"trainingJob": {**MADE_BY, "uid": "u-0"}}, (RUN,), {}, id="another run of that name"),
            pytest.param({}, (RUN,), {}, id="it was not made by a run"),
        ],
    )
    def test_they_are_copied_when_they_can_be(
        self, spec: Object, related: tuple[Object, ...], metrics: dict[str, float]
    ) -> None:
        status = decide(observed(version(**spec), related=related)).status
        assert status
        assert status["metrics"] == metrics

    def test_they_stay_when_the_run_goes(self) -> None:
        noted = decide(observed(version(trainingJob=MADE_BY), related=(self.RUN,))).status
        status = decide(observed(version(noted, trainingJob=MADE_BY))).status
        assert status
        assert status["metrics"] == {"r2": 0.9}

    def test_the_version_hears_of_its_run(self) -> None:
        refers_to = PLANNERS["ModelVersion"].refers_to
        assert refers_to(version(trainingJob=MADE_BY), ()) == {Reference("TrainingJob", "run-1")}
        assert refers_to(version(), ()) == set()


def test_a_version_of_an_unusable_uri_is_invalid() -> None:
    plan = decide(observed(version(artifact={"uri": "file://host/x", "digest": resources.DIGEST})))
    assert told(plan.status) == {"Ready": ("False", "InvalidSpec"), "Stalled": ("True", "InvalidSpec")}
    assert "file://" in message(plan.status, "Ready")


def test_every_child_belongs_to_the_version() -> None:
    (owner,) = job()["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"], owner["controller"]) == ("ModelVersion", "tumour-1", UID, True)
