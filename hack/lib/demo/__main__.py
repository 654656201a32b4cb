"""Run the main job and tell it. Wants KUBECONFIG, kubectl on PATH and Weir installed: ./hack/demo sees to that."""

from __future__ import annotations

import os
import sys

from demo import chapters, samples
from demo.story import Story


def main() -> int:
    """Run the demo; return the process' exit code."""
    image = os.environ["WEIR_TRAINING_IMAGE"]
    demo = chapters.Demo(Story(), samples.load(image), image)
    try:
        chapters.prepare(demo)
        began = chapters.train(demo)
        chapters.deploy(demo, began)
        chapters.check(demo)
        chapters.measure(demo)
        chapters.leave(demo)
    except AssertionError as error:
        print(f"\nThe demo stopped: {chapters.explain(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
