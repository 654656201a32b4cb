"""The plan of a ModelDeployment: pods beside pods, then one switch, then the old pods go.

    pods of the new version, beside the old ones -> all ready -> the Service selects them -> the old pods go

A version that may not serve, or cannot, changes nothing for the one that does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from weir_operator.api.v1alpha1 import ModelDeployment
from weir_operator.api.v1alpha1.model_deployment import ModelDeploymentStatus, TrafficStatus
from weir_operator.plan import labels
from weir_operator.plan.conditions import conditions, events
from weir_operator.plan.model_deployment import load_failures, network, traffic, workload
from weir_operator.plan.model_deployment.findings import findings
from weir_operator.plan.model_deployment.rollout import version_of
from weir_operator.plan.model_deployment.view import View
from weir_operator.plan.objects import Object, is_going, label
from weir_operator.plan.observed import Observed, Reference
from weir_operator.plan.plan import Plan

FULL: Final = 100  # percent


def refers_to(parent: Object, children: tuple[Object, ...]) -> frozenset[Reference]:
    """Return the versions that an endpoint serves, served, or should serve."""
    named = {label(child, labels.VERSION) for child in children}
    named |= {parent.get("spec", {}).get("version"), parent.get("status", {}).get("stableVersion")}
    return frozenset(Reference("ModelVersion", name) for name in named if name)


def plan(deployment: ModelDeployment, observed: Observed) -> Plan:
    """Return what to do about an endpoint."""
    view = View(deployment, observed)
    before, generation = deployment.status.conditions, deployment.metadata.generation
    current = conditions(before, findings(view), generation, observed.now)
    status = ModelDeploymentStatus(observed_generation=generation, conditions=current, **_status(view))
    gone, again = _removable(view)
    return Plan(
        apply=tuple(_wanted(view)),
        delete=gone,
        status=status.model_dump(mode="json", by_alias=True, exclude_none=True),
        events=events(before, current),
        requeue_after=again,
    )


def _wanted(view: View) -> Iterator[Object]:
    goal = view.goal
    if goal is None:
        return
    yield from _workload(view, goal)
    if view.current not in (None, goal) and view.current not in map(version_of, view.workloads):
        yield from _workload(view, str(view.current))
    stable, now = view.deployment.status.stable_version, view.observed.now
    selection = traffic.next_selection(view.selection, stable, goal, view.rollout(goal), now)
    yield network.service(view.deployment, selection)
    yield network.disruption_budget(view.deployment)


def _workload(view: View, name: str) -> Iterator[Object]:
    """Yield the Deployment of a version; what serves a version that was deleted is left as it is."""
    version = view.version(name)
    if version is not None:
        yield workload.manifest(view.deployment, version, view.observed.settings)


def _removable(view: View) -> tuple[tuple[Object, ...], float | None]:
    """Return the Deployments that nobody needs any more, and in how many seconds to ask again."""
    needed = {view.goal, view.current}
    spare = tuple(item for item in view.workloads if version_of(item) not in needed and not is_going(item))
    wait = traffic.settles_in(view.selection, view.observed.now)
    if not spare or wait is None:
        return (), None
    return (spare, None) if wait == 0 else ((), wait)


def _status(view: View) -> dict[str, object]:
    stable = _stable(view)
    return {
        "url": network.url(view.deployment),
        "stable_version": stable,
        "candidate_version": view.goal if view.goal != stable else None,
        "traffic": tuple(_traffic(view)),
        "replicas": sum(view.rollout(version_of(item)).pods for item in view.workloads),
        "selector": ",".join(f"{key}={value}" for key, value in labels.parent_selector(view.deployment).items()),
        "load_failures": load_failures.status(view.failures),
    }


def _stable(view: View) -> str | None:
    """Return the version that answers. The first one counts only once it could."""
    return view.current if view.has_answered else None


def _traffic(view: View) -> Iterator[TrafficStatus]:
    shares = {view.selection.version: FULL} if view.selection else {}
    if view.goal is not None:
        shares.setdefault(view.goal, 0)
    for version, weight in shares.items():
        seen = view.rollout(version)
        yield TrafficStatus(version=version, weight=weight, ready_replicas=seen.ready, digest=seen.digest)
