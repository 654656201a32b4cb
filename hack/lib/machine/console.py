"""Progress lines on standard error, so that standard output stays for answers. Knows nothing of what is done."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

HEARTBEAT_SECONDS = 20.0


def say(text: str) -> None:
    """Print one progress line."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Time a step: a heartbeat line while it is long, one line with the seconds when it ends."""
    started = time.monotonic()
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            say(f"  {label}: still at it after {time.monotonic() - started:.0f} s")

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield
    except BaseException:
        say(f"  {label}: failed after {time.monotonic() - started:.1f} s")
        raise
    finally:
        ended.set()
        heart.join()
    say(f"  {label}: {time.monotonic() - started:.1f} s")
