"""Whether a Docker daemon answers and which images it has. Knows docker's command line."""

from machine.errors import HackError
from machine.run import program, run, succeeds


def answers() -> bool:
    """A docker program alone is not enough: its daemon must answer."""
    return program("docker") is not None and succeeds("docker", "info", timeout=10)


def image_id(reference: str) -> str | None:
    """The id of a local image, or None."""
    try:
        return run("docker", "image", "inspect", "--format", "{{.Id}}", reference).strip()
    except HackError:
        return None
