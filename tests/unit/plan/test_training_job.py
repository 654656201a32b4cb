"""A run: one Job until there is a result, then one ModelVersion, and never a Job again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from builders import resources
from builders.k8s import (
    NOW,
    SETTINGS,
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
    waiting,
)
from weir_model.manifest import DataLineage
from weir_model.outcome import Failure, TrainingResult
from weir_operator.plan.kinds import decide
from weir_operator.plan.observed import Observed, Settings
from weir_operator.plan.plan import Plan
from weir_operator.plan.pods import TMP_DIR

Object = dict[str, Any]

DATA = DataLineage("pvc://lake/tumour.csv", resources.DIGEST, 569, 31)
RESULT = TrainingResult("pvc://lake/models/tumour/1", resources.DIGEST, DATA, {"roc_auc": 0.99})
FAILURE = Failure("TargetMissing", "spec.data.target: there is no column 'malignant'")


def run(**spec: Any) -> Object:
    return live(resources.training_job("tumour-1", **spec))


def job(parent: Object | None = None, *conditions: Object, **fields: Any) -> Object:
    """Return the Job that the plan makes for a run, as the API server shows it."""
    made = by_kind(decide(observed(parent or run())).apply)["Job"]
    return stored(made, **fields, conditions=list(conditions))


def failed(**fields: Any) -> Object:
    return job(None, condition("Failed", reason="BackoffLimitExceeded", **fields))


def after(plan: Plan, parent: Object) -> Object:
    """Return the run with the status that the plan wrote."""
    return parent | {"status": plan.status}


def version(plan: Plan, **changes: Any) -> Object:
    return stored(resources.edited(by_kind(plan.apply)["ModelVersion"], changes))


class TestStart:
    def test_the_first_pass_makes_the_job_and_says_that_nothing_is_known(self) -> None:
        plan = decide(observed(run()))
        assert [item["metadata"]["name"] for item in plan.apply] == ["tumour-1-train"]
        assert told(plan.status) == {"DataAccepted": ("Unknown", "Pending"), "Succeeded": ("Unknown", "Pending")}
        assert plan.status
        assert plan.status["jobName"] == "tumour-1-train"
        assert "completionTime" not in plan.status

    def test_a_job_that_is_there_is_left_alone(self) -> None:
        # A Job's template cannot change, so an operator with another image must not apply it again.
        newer = Settings("weir.dev/training:2", "weir.dev/serving:2")
        plan = decide(observed(run(output={"uri": "pvc://lake/m"}), job(), settings=newer))
        assert plan.apply == ()

    def test_a_job_that_was_deleted_comes_back(self) -> None:
        begun = after(decide(observed(run(), job())), run())
        assert by_kind(decide(observed(begun)).apply)["Job"]["metadata"]["name"] == "tumour-1-train"

    def test_a_job_that_is_going_is_waited_for(self) -> None:
        going = resources.edited(job(), {"metadata.deletionTimestamp": ago(1)})
        plan = decide(observed(run(), going))
        assert (plan.apply, told(plan.status)["Succeeded"]) == ((), ("Unknown", "Pending"))

    def test_the_job_of_an_earlier_run_of_that_name_is_not_this_runs(self) -> None:
        other = live(resources.training_job("tumour-1"), uid="u-0")
        theirs = job(other)
        pod = pod_of(theirs, terminated("trainer", 0, RESULT))
        assert list(by_kind(decide(observed(run(), theirs, pod)).apply)) == ["Job"]


class TestJob:
    @pytest.fixture
    def container(self) -> Object:
        (found,) = job()["spec"]["template"]["spec"]["containers"]
        assert isinstance(found, dict)
        return found

    def test_the_container_gets_the_whole_request(self, container: Object) -> None:
        request = json.loads(environment(container)["WEIR_RUN_REQUEST"])
        assert (request["trainingJob"], request["trainingJobUid"], request["version"]) == (
            "tumour-1",
            "u-1",
            "tumour-1",
        )
        assert (request["output"], request["deadlineSeconds"]) == ("pvc://lake/models", 3600)
        assert request["data"]["split"] == {"holdout": 0.2, "strategy": "Random", "seed": 0}
        assert request["image"] == SETTINGS.training_image

    def test_choices_are_spelled_like_the_trainers(self) -> None:
        sklearn = {
            "estimator": "a.B",
            "params": {"depth": 3},
            "task": "Regression",
            "preprocessing": {"columns": {"age": "Numeric", "site": "Categorical"}, "exclude": ["id"], "scale": True},
        }
        made = job(run(trainer={"sklearn": sklearn}))
        request = json.loads(environment(made["spec"]["template"]["spec"]["containers"][0])["WEIR_RUN_REQUEST"])
        assert (request["task"], request["parameters"]) == ("regression", {"depth": 3})
        assert request["preprocessing"] == {
            "columns": {"age": "numeric", "site": "categorical"},
            "exclude": ["id"],
            "scale": True,
        }

    def test_crashes_are_tried_again_but_not_what_is_hopeless(self) -> None:
        spec = job(run(backoffLimit=3))["spec"]
        ignored, hopeless = spec["podFailurePolicy"]["rules"]
        assert spec["backoffLimit"] == 3
        assert ignored["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
        assert (hopeless["action"], hopeless["onExitCodes"]["values"]) == ("FailJob", [42, 43, 137])

    def test_kubernetes_ends_the_pod_a_minute_after_the_trainer_should_have(self) -> None:
        made = job(run(activeDeadlineSeconds=100))
        assert made["spec"]["template"]["spec"]["activeDeadlineSeconds"] == 160

    def test_the_job_never_expires_by_itself(self) -> None:
        # Kubernetes would count from the Job's end, and the result could vanish before it was read.
        assert "ttlSecondsAfterFinished" not in job(run(ttlSecondsAfterFinished=0))["spec"]

    @pytest.mark.parametrize(
        ("data", "output", "mounts"),
        [
            pytest.param("pvc://a/x.csv", "pvc://b/m", {"a": True, "b": False}, id="two claims, one written to"),
            pytest.param("pvc://a/x.csv", "pvc://a/m", {"a": False}, id="one claim for both is mounted once"),
            pytest.param("s3://a/x.csv", "s3://b/m", {}, id="object stores need no claim"),
            pytest.param("s3://a/x.csv", "pvc://b/m", {"b": False}, id="only the output is on a claim"),
        ],
    )
    def test_claims_are_mounted(self, data: str, output: str, mounts: dict[str, bool]) -> None:
        made = job(run(data={"uri": data, "target": "y"}, output={"uri": output}))["spec"]["template"]["spec"]
        found = {
            m["mountPath"]: m["readOnly"] for m in made["containers"][0]["volumeMounts"] if m["mountPath"] != TMP_DIR
        }
        volumes = {v["persistentVolumeClaim"]["claimName"] for v in made["volumes"] if v["name"] != "tmp"}
        assert (found, volumes) == ({f"/mnt/volumes/{c}": ro for c, ro in mounts.items()}, set(mounts))

    def test_what_the_user_asked_for_reaches_the_pod(self) -> None:
        made = job(
            run(
                nodeSelector={"disk": "fast"},
                tolerations=[{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
                serviceAccountName="trainer",
                credentialsSecretRef={"name": "s3"},
                resources={"limits": {"memory": "4Gi"}},
            )
        )["spec"]["template"]["spec"]
        assert made["nodeSelector"] == {"disk": "fast"}
        assert made["tolerations"] == [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]
        assert made["serviceAccountName"] == "trainer"
        assert made["containers"][0]["envFrom"] == [{"secretRef": {"name": "s3"}}]
        assert made["containers"][0]["resources"] == {"limits": {"memory": "4Gi"}}


class TestRefusal:
    @pytest.mark.parametrize(
        ("spec", "related", "settings", "reason", "words"),
        [
            pytest.param({}, (), Settings("t", "s"), "OutputMissing", "spec.output.uri", id="nowhere to publish to"),
            pytest.param(
                {},
                (stored(resources.model_version("tumour-1")),),
                SETTINGS,
                "VersionExists",
                "somewhere else",
                id="somebody applied a version of that name",
            ),
            pytest.param(
                {},
                (stored(resources.model_version("tumour-1", trainingJob={"name": "tumour-1", "uid": "u-0"})),),
                SETTINGS,
                "VersionExists",
                "an earlier TrainingJob tumour-1",
                id="an earlier run of that name made the version",
            ),
            pytest.param(
                {"data": {"target": "y"}}, (), SETTINGS, "InvalidSpec", "spec.data.uri", id="a field is missing"
            ),
            pytest.param(
                {"data": {"uri": "ftp://x/y", "target": "y"}}, (), SETTINGS, "InvalidSpec", "ftp", id="no such scheme"
            ),
        ],
    )
    def test_a_run_that_may_not_start_says_why_and_makes_no_job(
        self, spec: Object, related: tuple[Object, ...], settings: Settings, reason: str, words: str
    ) -> None:
        plan = decide(observed(run(**spec), related=related, settings=settings))
        assert plan.apply == ()
        assert (told(plan.status)["Succeeded"], told(plan.status)["Stalled"]) == (("False", reason), ("True", reason))
        assert words in message(plan.status, "Succeeded")
        assert [(event.type, event.reason) for event in plan.events] == [("Warning", reason)]

    def test_it_starts_when_nothing_forbids_it_any_more(self) -> None:
        foreign = (stored(resources.model_version("tumour-1")),)
        refused = after(decide(observed(run(), related=foreign)), run())
        plan = decide(observed(refused))
        assert list(by_kind(plan.apply)) == ["Job"]
        assert "Stalled" not in told(plan.status)


class TestWaiting:
    @pytest.mark.parametrize(
        ("pod", "reason", "words"),
        [
            pytest.param({"containers": [running("trainer")]}, "Running", "running", id="it runs"),
            pytest.param({"containers": []}, "Pending", "starting", id="it starts"),
            pytest.param(
                {
                    "conditions": [
                        condition("PodScheduled", "False", reason="Unschedulable", message='claim "x" not found')
                    ]
                },
                "Unschedulable",
                'claim "x" not found',
                id="no node can take it",
            ),
            pytest.param(
                {
                    "conditions": [
                        condition(
                            "PodScheduled",
                            "False",
                            reason="Unschedulable",
                            message='0/1 nodes are available: persistentvolumeclaim "lake" not found. not found',
                        )
                    ]
                },
                "ClaimNotFound",
                "there is no PersistentVolumeClaim lake in the namespace",
                id="a claim is missing",
            ),
            pytest.param(
                {"containers": [waiting("trainer", "ImagePullBackOff", "no such tag")]},
                "ImagePullFailed",
                "weir.dev/x:1): ImagePullBackOff: no such tag",
                id="the image cannot be pulled",
            ),
            pytest.param(
                {"containers": [waiting("trainer", "CreateContainerConfigError", 'secret "s3" not found')]},
                "ContainerNotStarted",
                'secret "s3" not found',
                id="a Secret is missing",
            ),
            pytest.param({"containers": [waiting("trainer", "ContainerCreating")]}, "Pending", "", id="it is created"),
        ],
    )
    def test_the_condition_says_what_is_waited_for(self, pod: Object, reason: str, words: str) -> None:
        made = job()
        status = {key: value for key, value in pod.items() if key != "containers"}
        plan = decide(observed(run(), made, pod_of(made, *pod.get("containers", ()), **status)))
        assert told(plan.status)["Succeeded"] == ("Unknown", reason)
        assert words in message(plan.status, "Succeeded")

    def test_a_job_without_a_pod_says_where_to_look(self) -> None:
        early, late = (decide(observed(run(), job(created=age))) for age in (5, 60))
        assert (early.requeue_after, late.requeue_after) == (10, None)
        assert [told(plan.status)["Succeeded"][1] for plan in (early, late)] == ["Pending", "PodNotCreated"]
        assert "kubectl describe job tumour-1-train" in message(late.status, "Succeeded")

    def test_a_crash_that_is_tried_again_is_no_result_yet(self) -> None:
        made = job()
        crashed = pod_of(made, terminated("trainer", 1, "boom"), phase="Failed")
        plan = decide(observed(run(), made, crashed))
        assert told(plan.status)["Succeeded"] == ("Unknown", "Pending")
        again = pod_of(made, running("trainer"), name="second", created=5)
        assert told(decide(observed(run(), made, crashed, again)).status)["Succeeded"] == ("Unknown", "Running")


class TestSuccess:
    @pytest.fixture
    def seen(self) -> Observed:
        made = job()  # Kubernetes has not counted the pod yet: the result is what matters
        return observed(run(), made, pod_of(made, terminated("trainer", 0, RESULT)))

    def test_the_version_is_made_and_the_result_recorded_in_one_pass(self, seen: Observed) -> None:
        plan = decide(seen)
        made = by_kind(plan.apply)["ModelVersion"]
        assert made["spec"] == {
            "model": "tumour",
            "artifact": {"uri": RESULT.uri, "digest": RESULT.digest},
            "trainingJob": {"name": "tumour-1", "uid": "u-1"},
        }
        assert "ownerReferences" not in made["metadata"]
        assert told(plan.status) == {"DataAccepted": ("True", "DataRead"), "Succeeded": ("True", "Succeeded")}
        assert plan.status is not None
        assert plan.status["data"] == {"uri": DATA.uri, "digest": DATA.digest, "rows": 569, "columns": 31}
        assert (plan.status["metrics"], plan.status["modelVersion"]) == ({"roc_auc": 0.99}, "tumour-1")
        assert plan.status["completionTime"] == ago(0)

    def test_the_version_can_read_the_artifact_as_the_run_could(self) -> None:
        parent = run(serviceAccountName="lake", credentialsSecretRef={"name": "s3"})
        made = job(parent)
        plan = decide(observed(parent, made, pod_of(made, terminated("trainer", 0, RESULT))))
        spec = by_kind(plan.apply)["ModelVersion"]["spec"]
        assert (spec["serviceAccountName"], spec["credentialsSecretRef"]) == ("lake", {"name": "s3"})

    def test_once_recorded_nothing_is_made_any_more(self, seen: Observed) -> None:
        plan = decide(seen)
        done = after(plan, seen.parent)
        again = decide(observed(done, related=(version(plan),)))
        assert (again.apply, again.delete, again.status, again.events) == ((), (), done["status"], ())

    def test_a_version_that_was_deleted_comes_back(self, seen: Observed) -> None:
        plan = decide(seen)
        assert decide(observed(after(plan, seen.parent))).apply == plan.apply

    def test_another_version_of_that_name_is_left_alone_afterwards(self, seen: Observed) -> None:
        plan = decide(seen)
        foreign = version(plan, **{"spec.trainingJob.uid": "u-0"})
        assert decide(observed(after(plan, seen.parent), related=(foreign,))).apply == ()

    def test_an_operator_killed_before_it_wrote_the_status_finds_the_version(self, seen: Observed) -> None:
        made = version(decide(seen))
        plan = decide(observed(run(), related=(made,)))  # its Job has gone, too
        assert list(by_kind(plan.apply)) == ["ModelVersion"]
        assert told(plan.status)["Succeeded"] == ("True", "Succeeded")
        assert plan.status
        assert plan.status["artifact"] == {"uri": RESULT.uri, "digest": RESULT.digest}

    def test_a_result_counts_whatever_happens_to_the_job_afterwards(self) -> None:
        made = failed()
        plan = decide(observed(run(), made, pod_of(made, terminated("trainer", 0, RESULT))))
        assert told(plan.status)["Succeeded"] == ("True", "Succeeded")


class TestFailure:
    @pytest.mark.parametrize(
        ("pod", "reason", "words"),
        [
            pytest.param(
                {"container": terminated("trainer", 42, FAILURE)}, "TargetMissing", "malignant", id="it said so"
            ),
            pytest.param(
                {"container": terminated("trainer", 137, "Killed", reason="OOMKilled")},
                "OutOfMemory",
                "2Gi",
                id="the kernel killed it",
            ),
            pytest.param(
                {"container": terminated("trainer", 137, "Killed")},
                "OutOfMemory",
                "2Gi",
                id="the kernel killed its worker, and the runtime did not notice why",
            ),
            pytest.param(
                {"container": terminated("trainer", 137), "reason": "Evicted", "message": "the node was low on disk"},
                "TrainerCrashed",
                "Evicted: the node was low on disk",
                id="the node killed it",
            ),
            pytest.param(
                {"container": terminated("trainer", 1, "Traceback: boom")},
                "TrainerCrashed",
                "exit code 1; the last lines of its log:\nTraceback: boom",
                id="it crashed",
            ),
            pytest.param(
                {"container": terminated("trainer", 128, "runc: container init was OOM-killed", reason="StartError")},
                "OutOfMemory",
                "2Gi",
                id="the limit is too low to even start",
            ),
            pytest.param(
                {"container": terminated("trainer", 139)}, "TrainerCrashed", "exit code 139 (signal 11)", id="a signal"
            ),
            pytest.param(
                {"container": terminated("trainer", 137), "reason": "DeadlineExceeded"},
                "DeadlineExceeded",
                "deadline",
                id="Kubernetes ended the pod",
            ),
            pytest.param({"reason": "DeadlineExceeded"}, "DeadlineExceeded", "deadline", id="ended before it began"),
            pytest.param(
                {"reason": "Evicted", "message": "low on disk"}, "TrainerCrashed", "Evicted: low on disk", id="evicted"
            ),
            pytest.param(
                {"container": terminated("trainer", 0, "no JSON")}, "TrainerCrashed", "exit code 0", id="no result"
            ),
        ],
    )
    def test_the_cause_is_named(self, pod: Object, reason: str, words: str) -> None:
        made = failed()
        status = {key: value for key, value in pod.items() if key != "container"}
        containers = [pod["container"]] if "container" in pod else []
        plan = decide(observed(run(), made, pod_of(made, *containers, phase="Failed", **status)))
        assert (told(plan.status)["Succeeded"], told(plan.status)["Stalled"]) == (("False", reason), ("True", reason))
        assert words in message(plan.status, "Succeeded")
        assert plan.apply == ()
        assert plan.status
        assert plan.status["completionTime"] == ago(0)
        assert ("Warning", reason) in {(event.type, event.reason) for event in plan.events}

    @pytest.mark.parametrize(
        ("failure", "accepted"),
        [
            pytest.param(FAILURE, ("False", "TargetMissing"), id="the data's fault"),
            pytest.param(
                Failure("ParityFailed", "off", DATA, {"r2": 0.5}), ("True", "DataRead"), id="after it was read"
            ),
            pytest.param(Failure("UnknownEstimator", "a.B"), ("Unknown", "UnknownEstimator"), id="before it was read"),
        ],
    )
    def test_data_is_accepted_or_not_or_nobody_knows(self, failure: Failure, accepted: tuple[str, str]) -> None:
        made = failed()
        plan = decide(observed(run(), made, pod_of(made, terminated("trainer", 42, failure))))
        assert told(plan.status)["DataAccepted"] == accepted

    def test_what_was_measured_before_a_failure_is_kept(self) -> None:
        made = failed()
        failure = Failure("ParityFailed", "off", DATA, {"r2": 0.5})
        status = decide(observed(run(), made, pod_of(made, terminated("trainer", 42, failure)))).status
        assert status
        assert (status["data"]["rows"], status["metrics"]) == (569, {"r2": 0.5})

    def test_the_newest_pod_speaks(self) -> None:
        made = failed()
        first = pod_of(made, terminated("trainer", 1, "first"), name="first", created=20)
        second = pod_of(made, terminated("trainer", 1, "second"), name="second", created=10)
        assert "second" in message(decide(observed(run(), made, first, second)).status, "Succeeded")

    def test_a_pod_that_is_seen_later_than_its_jobs_end_is_waited_for(self) -> None:
        plan = decide(observed(run(), failed(since=5)))
        assert (told(plan.status)["Succeeded"], plan.requeue_after) == (("Unknown", "Running"), 10)

    def test_a_result_that_nobody_can_read_any_more_is_lost(self) -> None:
        plan = decide(observed(run(), failed(since=60)))
        assert told(plan.status)["Succeeded"] == ("False", "ResultLost")
        assert "BackoffLimitExceeded" in message(plan.status, "Succeeded")

    def test_a_failed_run_does_not_run_again_when_its_job_is_deleted(self) -> None:
        made = failed()
        done = after(decide(observed(run(), made, pod_of(made, terminated("trainer", 42, FAILURE)))), run())
        again = decide(observed(done))
        assert (again.apply, again.status) == ((), done["status"])


class TestTimeToLive:
    @pytest.mark.parametrize(
        ("ttl", "later", "deleted", "again"),
        [
            pytest.param(None, 10**6, 0, None, id="none keeps the Job"),
            pytest.param(60, 20, 0, 40, id="not yet"),
            pytest.param(60, 60, 1, None, id="its time is over"),
            pytest.param(0, 0, 1, None, id="at once, but only after the result was recorded"),
        ],
    )
    def test_the_job_goes_in_time(self, ttl: int | None, later: float, deleted: int, again: float | None) -> None:
        parent = run(ttlSecondsAfterFinished=ttl) if ttl is not None else run()
        made = job(parent)
        pod = pod_of(made, terminated("trainer", 0, RESULT))
        recorded = decide(observed(parent, made, pod))
        assert recorded.delete == ()
        done = after(recorded, parent)
        plan = decide(observed(done, made, pod, related=(version(recorded),), now=NOW + timedelta(seconds=later)))
        assert (len(plan.delete), plan.requeue_after) == (deleted, again)
