"""The one exception that hack programs raise on purpose. Knows nothing else."""

import sys
from collections.abc import Callable


class HackError(Exception):
    """Something that a person can fix: the message says what is wrong and names the fix."""


def guarded(main: Callable[[], int]) -> int:
    """Run a program's main; turn a HackError into one message instead of a traceback."""
    try:
        return main()
    except HackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
