"""The image store that buildah keeps. Knows buildah's command line."""

from machine.errors import HackError
from machine.run import program, run


def image_id(reference: str) -> str | None:
    """The id of a local image, or None."""
    if program("buildah") is None:
        return None
    try:
        return run("buildah", "inspect", "--type", "image", "--format", "{{.FromImageID}}", reference).strip()
    except HackError:
        return None


def label(reference: str, name: str) -> str:
    """The value of a label of a local image, or nothing."""
    template = f'{{{{index .OCIv1.Config.Labels "{name}"}}}}'
    try:
        return run("buildah", "inspect", "--type", "image", "--format", template, reference).strip()
    except HackError:
        return ""
