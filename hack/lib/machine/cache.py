"""The user's cache: built things under a key, published whole or not at all. Knows nothing of what is built."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from machine.console import say


def cache_root() -> Path:
    """The folder of everything that hack programs keep between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "weir"


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock of this user; a second run says that it waits instead of doing the same work twice."""
    path = cache_root() / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another run holds {path}: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def publish(target: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder `target`, made by `make` in a temporary folder and renamed when it is complete."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent.name + "-" + target.name):
        if not target.exists():
            rough = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            try:
                make(rough)
                rough.chmod(0o755)
                rough.rename(target)
            finally:
                shutil.rmtree(rough, ignore_errors=True)
    return target
