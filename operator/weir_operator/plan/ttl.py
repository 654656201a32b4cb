"""When a finished Job may go: some time after its result was recorded, so that it cannot vanish unread."""

from __future__ import annotations

from datetime import datetime, timedelta

from weir_operator.plan.objects import Object, is_going


def expired(
    jobs: tuple[Object, ...], recorded: datetime, keep: timedelta | None, now: datetime
) -> tuple[tuple[Object, ...], float | None]:
    """Return the Jobs whose time is over, and in how many seconds to look again.

    Args:
        jobs: the finished Jobs.
        recorded: when the parent's status got their result.
        keep: how long they are kept after that; None keeps them for ever.
        now: the time of the look.
    """
    waiting = tuple(job for job in jobs if not is_going(job))
    if keep is None or not waiting:
        return (), None
    left = (recorded + keep - now).total_seconds()
    return ((), left) if left > 0 else (waiting, None)
