"""Mounts below the state folder. Knows no component."""

from pathlib import Path

from machine.run import run, succeeds

_TABLE = Path("/proc/self/mountinfo")


def unmount_below(folder: Path) -> None:
    """Unmount everything below a folder, the deepest first; lazily when something still holds one."""
    for point in below(_TABLE.read_text(), str(folder)):
        if not succeeds("umount", point):
            run("umount", "--lazy", point)


def below(mountinfo: str, folder: str) -> list[str]:
    """Mount points at or below a folder, in the order to unmount them. Pure."""
    points = [_unescape(line.split()[4]) for line in mountinfo.splitlines() if line]
    # The table is in the order of mounting, so the reverse unmounts what lies on top first.
    return [point for point in reversed(points) if point == folder or point.startswith(folder.rstrip("/") + "/")]


def _unescape(text: str) -> str:
    """The kernel writes space, tab, newline and backslash as octal numbers."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
