"""Versions that have to be written in more than one place are the same everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from weir_model.version import VERSION

ROOT = Path(__file__).parents[2]


def test_code_package_and_chart_are_one_release() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    chart = yaml.safe_load((ROOT / "charts/weir/Chart.yaml").read_text())
    assert {VERSION, package, chart["version"], chart["appVersion"]} == {VERSION}


@pytest.mark.parametrize("image", ["operator", "training", "serving"])
def test_images_are_built_with_the_uv_that_locked_them(image: str) -> None:
    wanted = re.search(r"^UV_VERSION=(\S+)$", (ROOT / "hack/setup").read_text(), re.MULTILINE)
    assert wanted
    assert re.findall(r"uv==(\S+)", (ROOT / image / "Dockerfile").read_text()) == [wanted[1]]
