"""Runs programs and reports a failure with its own words. Knows no program by name."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from machine.errors import HackError

TAIL_LINES = 15


def run(
    *argv: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float | None = None,
) -> str:
    """Run a program and return what it printed; a failure becomes a HackError with the end of its output."""
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **env} if env else None,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise HackError(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise HackError(f"no answer within {timeout:.0f} s from: {shlex.join(words)}") from error
    if done.returncode != 0:
        raise HackError(f"exit {done.returncode} from: {shlex.join(words)}\n{tail(done.stderr or done.stdout)}")
    return done.stdout


def succeeds(*argv: str | Path, timeout: float = 30) -> bool:
    """Say whether a program is there and exits with 0."""
    try:
        run(*argv, timeout=timeout)
    except HackError:
        return False
    return True


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of an output, indented so that they read as a quotation."""
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-lines:])


def program(name: str) -> Path | None:
    """Where a program is, also when the caller's PATH leaves out the system folders."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")
    return Path(found) if found else None
