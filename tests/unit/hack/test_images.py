"""An image's name follows its content: what the Dockerfile copies, and nothing else."""

import subprocess

import pytest

from images import base, dockerfile, network, tags
from machine.errors import HackError

DOCKERFILE = """\
# COPY nothing /
ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
COPY pyproject.toml uv.lock ./
COPY --chown=1:1 model/ \\
     ./operator/ /src/
COPY ["LICENSE", "/LICENSE"]
RUN --mount=type=cache,target=/cache --mount=type=bind,source=hack/x.py,target=/x.py python /x.py
RUN --mount=type=bind,from=build,source=/y,target=/y true
ADD https://example.com/file /file
FROM ${PYTHON_IMAGE}
COPY --from=build /opt /opt
"""


def test_sources_are_what_the_context_gives():
    expected = ["LICENSE", "hack/x.py", "model", "operator", "pyproject.toml", "uv.lock"]
    assert expected == dockerfile.sources(DOCKERFILE)


def test_the_default_of_an_argument():
    assert dockerfile.argument(DOCKERFILE, "PYTHON_IMAGE") == "docker.io/library/python:3.11-slim-bookworm"
    assert dockerfile.argument(DOCKERFILE, "OTHER") is None


@pytest.fixture
def root(tmp_path):
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\n[project]\nname = "weir"\nversion = "1.2.3"\n',
        "operator/Dockerfile": DOCKERFILE,
        "operator/code.py": "1\n",
        "model/code.py": "1\n",
        "serving/code.py": "1\n",
        ".gitignore": "ignored/\n",
        "model/ignored/x": "1\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "add", "pyproject.toml", "operator"], check=True)
    return tmp_path


ROLLING = {
    "a copied file that git tracks": ("operator/code.py", True),
    "a copied file that git does not know yet": ("model/code.py", True),
    "a new file in a copied folder": ("model/new.py", True),
    "the Dockerfile": ("operator/Dockerfile", True),
    "what the context leaves out": (".dockerignore", True),
    "another image's code": ("serving/code.py", False),
    "an ignored file": ("model/ignored/x", False),
    "a document": ("README.md", False),
}


@pytest.mark.parametrize(("name", "rolls"), ROLLING.values(), ids=ROLLING.keys())
def test_a_name_changes_with(root, name, rolls):
    before = tags.reference(root, "operator")
    path = root / name
    path.write_text((path.read_text() if path.exists() else "") + "# changed\n")
    assert rolls == (tags.reference(root, "operator") != before)


def test_a_name_changes_when_a_file_becomes_a_program(root):
    before = tags.reference(root, "operator")
    (root / "model/code.py").chmod(0o755)
    assert tags.reference(root, "operator") != before


def test_a_name_changes_when_a_tracked_file_is_deleted(root):
    before = tags.reference(root, "operator")
    (root / "operator/code.py").unlink()
    assert tags.reference(root, "operator") != before


def test_a_name_holds_the_projects_version(root):
    assert tags.reference(root, "operator").startswith("weir.dev/operator:1.2.3-")
    assert len(tags.reference(root, "operator").rpartition("-")[2]) == 12


def test_an_image_without_a_dockerfile_is_an_error(root):
    with pytest.raises(HackError, match="serving/Dockerfile does not exist"):
        tags.reference(root, "serving")


def test_moving_bytes_between_files_changes_the_hash():
    assert tags.content_hash({"a": (False, b"xy"), "b": (False, b"")}) != tags.content_hash(
        {"a": (False, b"x"), "b": (False, b"y")}
    )


MIRRORS = {
    "one line": ("deb http://one/debian bookworm main contrib\n", "http://one/debian"),
    "one line with options": ("deb [signed-by=/k] http://two/debian bookworm main\n", "http://two/debian"),
    "paragraphs": (
        "Types: deb\nURIs: http://three/debian\nSuites: bookworm bookworm-updates\nComponents: main\n",
        "http://three/debian",
    ),
    "another repository": ("deb http://four/apt bookworm stable\n", None),
    "another suite": ("Types: deb\nURIs: http://five\nSuites: noble\nComponents: main\n", None),
    "a comment": ("# deb http://six/debian bookworm main\n", None),
}


@pytest.mark.parametrize(("text", "expected"), MIRRORS.values(), ids=MIRRORS.keys())
def test_mirror(text, expected):
    assert expected == base.mirror(text, "bookworm")


VERSIONS = {
    "docker.io/library/python:3.11-slim-bookworm": "3.11",
    "python:3.13-slim": "3.13",
    "gcr.io/distroless/static": "",
}


@pytest.mark.parametrize(("reference", "expected"), VERSIONS.items())
def test_python_version(reference, expected):
    assert expected == base.python_version(reference)


def test_a_stand_in_is_named_by_its_recipe():
    assert base.recipe_key("3.11") != base.recipe_key("3.13")


PIP = {
    "a file": ({"f": "[global]\nindex-url = http://a\n"}, {}, {"index-url": "http://a"}),
    "a variable beats a file": ({"f": "[global]\nindex-url = http://a\n"}, {"PIP_INDEX_URL": "b"}, {"index-url": "b"}),
    "a folder of this machine stays here": ({}, {"PIP_FIND_LINKS": "/opt/wheels"}, {}),
    "an authority": ({"f": "[global]\ncert = /etc/ca.crt\n"}, {}, {"cert": "/etc/ca.crt"}),
}


@pytest.mark.parametrize(("files", "environment", "expected"), PIP.values(), ids=PIP.keys())
def test_pip_options(files, environment, expected):
    assert expected == network.pip_options(files, environment)


def test_pip_in_a_build_trusts_the_mounted_bundle_not_the_machines_path():
    text = network.pip_config({"cert": "/somewhere/ca.crt", "index-url": "http://a"}, own_authority=True)
    assert text == "[global]\nindex-url = http://a\ncert = /etc/ssl/certs/ca-certificates.crt\n"


def test_uv_in_a_build_looks_where_pip_looks():
    text = network.uv_config({"index-url": "http://a", "extra-index-url": "http://b http://c"}, own_authority=True)
    assert text == "index-url = \"http://a\"\nextra-index-url = ['http://b', 'http://c']\nnative-tls = true\n"


def test_a_plain_machine_mounts_nothing(monkeypatch, tmp_path):
    for name in (*network._OWN_AUTHORITY, "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(network, "_pip_files", dict)
    assert network.mounts(tmp_path) == []
