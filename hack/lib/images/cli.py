"""The command line of hack/images. Knows words; building is build's and naming is tags'."""

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path

from images import build, tags
from machine.errors import guarded

ROOT = Path(__file__).resolve().parents[3]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what it answers goes to standard output."""
    options = _parser().parse_args(argv)
    return guarded(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    references = {image: tags.reference(ROOT, image) for image in options.images or tags.IMAGES}
    if options.command == "build":
        for image, reference in references.items():
            build.ensure(ROOT, tags.dockerfile_of(ROOT, image), reference)
    for image, reference in references.items():
        print(f"{image}={reference}", flush=True)
    if options.command == "build" and options.load:
        return subprocess.run([ROOT / "hack" / "cluster", "load", *references.values()], check=False).returncode
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hack/images", description="The project's container images.")
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="build what changed; print IMAGE=REFERENCE lines")
    building.add_argument("--load", action="store_true", help="then make them available to the cluster of hack/cluster")
    naming = commands.add_parser("tags", help="print IMAGE=REFERENCE lines for the working tree; build nothing")
    for command in (building, naming):
        # No `choices`: argparse would refuse the empty list that means all.
        command.add_argument("images", nargs="*", metavar="IMAGE", help=f"default: all ({', '.join(tags.IMAGES)})")
    return parser
