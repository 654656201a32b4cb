"""kubectl, helm and kind: the ones on the PATH, or built from the pinned modules. Knows no cluster."""

from pathlib import Path

from cluster.onenode.tools import HELM, KIND, KUBECTL
from machine import gobuild
from machine.gobuild import Tool
from machine.run import program


def kubectl() -> Path:
    """A kubectl."""
    return _found_or_built(KUBECTL)


def helm() -> Path:
    """A helm."""
    return _found_or_built(HELM)


def kind() -> Path:
    """A kind."""
    return _found_or_built(KIND)


def _found_or_built(tool: Tool) -> Path:
    # A pinned one that was built before wins: it is the one that the tests were written against.
    built = gobuild.target(tool) / tool.name
    return built if built.exists() else program(tool.name) or gobuild.ensure([tool])[tool.name]
