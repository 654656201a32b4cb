"""One pass over one object: observe, plan, act, tell. Whatever happens, it ends with an answer to "when again?"."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from weir_operator.cluster.errors import ClusterError
from weir_operator.cluster.keys import Key, Object
from weir_operator.engine import act
from weir_operator.engine.errors import EngineError
from weir_operator.engine.failures import Meaning, meaning
from weir_operator.engine.ports import Cluster, EventLog, Observer
from weir_operator.plan import kinds
from weir_operator.plan.conditions import Finding
from weir_operator.plan.observed import Observed
from weir_operator.plan.plan import Plan

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pass:
    """How a pass ended.

    Attributes:
        status: the object's status as far as it is known; None when the object is gone.
        requeue_after: seconds after which the plan asked to be made again.
        failure: what went wrong, if anything did.
    """

    status: Object | None = None
    requeue_after: float | None = None
    failure: Meaning | None = None


@dataclass(frozen=True)
class Reconciler:
    """Makes passes over objects of all kinds."""

    observer: Observer
    cluster: Cluster
    events: EventLog
    decide: Callable[[Observed], Plan] = kinds.decide

    async def run(self, key: Key, attempt: int = 1) -> Pass:
        """Make a pass; ``attempt`` is how many failures in a row there would be if this one failed, too."""
        observed: Observed | None = None
        try:
            observed = await self.observer.observe(key)
            return await self._act(observed) if observed else Pass()
        except Exception as error:  # noqa: BLE001 - the loop must outlive whatever a pass runs into
            return await self._failed(key, observed, error, attempt)

    async def _act(self, observed: Observed) -> Pass:
        plan = self.decide(observed)
        await act.carry_out(plan, observed, self.cluster)
        await act.tell(plan, observed, self.cluster, self.events)
        return Pass(plan.status or {}, plan.requeue_after)

    async def _failed(self, key: Key, observed: Observed | None, error: Exception, attempt: int) -> Pass:
        means = meaning(error, attempt)
        _log(key, error, means)
        if observed is None:
            return Pass({}, failure=means)
        status = observed.parent.get("status", {})
        if means.telling:
            status = await self._tell(key, observed, error, means)
        return Pass(status, failure=means)

    async def _tell(self, key: Key, observed: Observed, error: Exception, means: Meaning) -> Object:
        """Write the failure into the object's status, so that people see it where they look."""
        message = str(error) if not means.bug else f"{type(error).__name__}: {error}"
        finding = Finding(kinds.top_condition(key.kind), means.holds, means.reason, message)
        plan = kinds.trouble(observed, finding)
        try:
            await act.tell(plan, observed, self.cluster, self.events)
        except ClusterError as failure:
            _LOG.warning("%s: its status could not be written: %s", key, failure)
        return plan.status or observed.parent.get("status", {})


def _log(key: Key, error: Exception, means: Meaning) -> None:
    if isinstance(error, ClusterError | EngineError) and not means.bug:
        _LOG.warning("%s: %s: %s", key, type(error).__name__, error)
    else:
        _LOG.error("%s: a pass failed in a way that nobody foresaw", key, exc_info=error)
