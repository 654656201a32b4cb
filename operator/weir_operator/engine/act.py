"""Carries a plan out: apply in order, then delete. And tells: the status if it changed, then the Events."""

from __future__ import annotations

import logging
from typing import Final

from weir_operator.cluster.errors import ClusterError
from weir_operator.cluster.keys import Key, Object
from weir_operator.engine.errors import NameTakenError
from weir_operator.engine.ports import Cluster, EventLog
from weir_operator.plan.objects import owner_uid, uid
from weir_operator.plan.observed import Observed
from weir_operator.plan.plan import Event, Plan

_LOG: Final = logging.getLogger(__name__)


async def carry_out(plan: Plan, observed: Observed, cluster: Cluster) -> None:
    """Make the children what the plan says.

    Raises:
        ClusterError: the API server refused, or could not be asked.
        NameTakenError: a child's name belongs to somebody else.
    """
    mine = uid(observed.parent)
    known = {Key.of(child) for child in observed.children if owner_uid(child) == mine}
    for manifest in plan.apply:
        if Key.of(manifest) not in known:
            await _refuse_to_take_over(manifest, cluster)
        await cluster.apply(manifest)
    for item in plan.delete:
        await cluster.delete(Key.of(item), uid(item))


async def tell(plan: Plan, observed: Observed, cluster: Cluster, events: EventLog) -> None:
    """Write the status, if it says anything new, and then the Events about it.

    Raises:
        ClusterError: the API server refused, or could not be asked.
    """
    parent = observed.parent
    if plan.status is None or plan.status == parent.get("status"):
        return
    await cluster.apply_status(parent, plan.status)
    for event in plan.events:
        _LOG.info("%s: %s: %s", Key.of(parent), event.reason, event.note)
        await _post(event, observed, events)


async def _post(event: Event, observed: Observed, events: EventLog) -> None:
    """Write an Event. The status has said it already, so that it cannot be written does not fail the pass."""
    try:
        await events.write(observed.parent, event.type, event.reason, event.action, event.note, observed.now)
    except ClusterError as error:
        _LOG.warning("%s: an Event could not be written: %s", Key.of(observed.parent), error)


async def _refuse_to_take_over(manifest: Object, cluster: Cluster) -> None:
    """Make sure that applying creates a child, or meets one of ours that the watch has not shown yet.

    Server-side apply would quietly take over whatever has the name: another team's Service, or the Job of an earlier
    object of the parent's name, with its result.
    """
    wanted = owner_uid(manifest)
    if wanted is None:
        return
    found = await cluster.get(Key.of(manifest))
    if found is not None and owner_uid(found) != wanted:
        raise NameTakenError(f"{Key.of(manifest)} exists and does not belong to this object; {_way_out(found)}")


def _way_out(found: Object) -> str:
    going = "deletionTimestamp" in found["metadata"]
    return "it is being deleted" if going else "delete it, or give this object another name"
