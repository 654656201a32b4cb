"""The command lines that go to kind, docker, buildah and kubectl, seen by programs that only write them down."""

import os

import pytest

from cluster.existing import Existing
from cluster.kind import Kind
from images import base, build
from machine.errors import HackError

SCRIPT = """\
#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $*" in
{answers}
esac
"""


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A PATH with programs of our own in front; returns a function that installs one, and one that lists calls."""
    folder, calls = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    calls.touch()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CALLS", str(calls))

    def install(name, **answers):
        cases = "\n".join(f"  *'{words.replace('_', ' ')}'*) {command} ;;" for words, command in answers.items())
        (folder / name).write_text(SCRIPT.format(answers=cases or "  *) ;;"))
        (folder / name).chmod(0o755)

    return install, lambda: calls.read_text().splitlines()


def test_kind_creates_a_cluster_with_a_kubeconfig_of_its_own(machine):
    install, calls = machine
    install("kind")
    install("kubectl")
    Kind().up()
    assert calls()[1] == f"kind create cluster --name=weir --kubeconfig={Kind().kubeconfig()} --wait=180s"


def test_kind_leaves_a_running_cluster_alone(machine):
    install, calls = machine
    install("kind", get_clusters="echo other; echo weir")
    install("kubectl")
    Kind().up()
    assert not [call for call in calls() if "create" in call]


def test_kind_deletes_only_its_own(machine):
    install, calls = machine
    install("kind")
    Kind().down()
    assert calls() == [f"kind delete cluster --name=weir --kubeconfig={Kind().kubeconfig()}"]


def test_kind_loads_what_docker_has(machine):
    install, calls = machine
    install("kind")
    install("docker", image_inspect="echo sha256:1")
    Kind().load(["weir.dev/x:1"])
    assert calls()[-1] == "kind load docker-image weir.dev/x:1 --name=weir"


def test_kind_says_how_to_get_an_image_that_is_not_there(machine):
    install, _ = machine
    install("kind")
    install("docker", image_inspect="exit 1")
    with pytest.raises(HackError, match="hack/images build"):
        Kind().load(["weir.dev/x:1"])


def test_an_existing_cluster_gets_a_kubeconfig_with_one_context(machine):
    install, calls = machine
    install("kubectl", config_view="echo flattened")
    Existing("a/b").up()
    assert Existing("a/b").kubeconfig().read_text() == "flattened\n"
    assert Existing("a/b").kubeconfig().stat().st_mode & 0o777 == 0o600
    assert calls()[0] == "kubectl config view --context a/b --minify --flatten --raw"


def test_an_existing_cluster_takes_no_images_and_says_what_to_do():
    with pytest.raises(HackError, match=r"Push weir\.dev/x:1 to a registry"):
        Existing("a").load(["weir.dev/x:1"])


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "Dockerfile"
    path.write_text("ARG PYTHON_IMAGE=docker.io/library/python:3.11-slim-bookworm\nFROM ${PYTHON_IMAGE}\n")
    return path


def test_docker_builds_where_its_daemon_answers(machine, monkeypatch, recipe):
    install, calls = machine
    install("docker", image_inspect="exit 1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    for name in ("HTTP_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    build.ensure(recipe.parent, recipe, "weir.dev/x:1")
    assert calls()[-1] == (
        f"docker buildx build --load --build-arg HTTPS_PROXY --file {recipe} --tag weir.dev/x:1 {recipe.parent}"
    )


def test_an_image_of_this_very_name_is_not_built_again(machine, recipe):
    install, calls = machine
    install("docker", image_inspect="echo sha256:1")
    build.ensure(recipe.parent, recipe, "weir.dev/x:1")
    assert not [call for call in calls() if "build" in call]


def test_buildah_builds_where_no_daemon_answers(machine, monkeypatch, recipe):
    install, calls = machine
    install("docker", info="exit 1")
    install("buildah", inspect="exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(base, "ensure", lambda reference: None)
    monkeypatch.setattr(build.network, "mounts", lambda scratch: [(scratch / "pip.conf", "/etc/pip.conf")])
    build.ensure(recipe.parent, recipe, "weir.dev/x:1")
    words = calls()[-1].split()
    assert words[:6] == ["buildah", "build", "--layers", "--isolation=chroot", "--network=host", "--pull-never"]
    assert words[6].endswith("/pip.conf:/etc/pip.conf:ro")


def test_without_docker_and_without_root_the_fix_is_named(machine, monkeypatch, recipe):
    install, _ = machine
    install("docker", info="exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(HackError, match="run as root, or start Docker"):
        build.ensure(recipe.parent, recipe, "weir.dev/x:1")


def test_the_real_base_image_is_preferred(machine):
    install, calls = machine
    install("buildah", inspect="exit 1", pull="echo id")
    base.ensure("docker.io/library/python:3.11-slim-bookworm")
    assert calls()[-1] == "buildah pull --quiet docker.io/library/python:3.11-slim-bookworm"


def test_a_base_image_without_a_stand_in_is_an_error(machine):
    install, _ = machine
    install("buildah", inspect="exit 1", pull="exit 1")
    with pytest.raises(HackError, match="no Debian carries a stand-in"):
        base.ensure("docker.io/library/python:3.12-slim")


def test_a_stand_in_of_an_older_recipe_is_made_again(machine, monkeypatch):
    install, _ = machine
    install("buildah", FromImageID="echo id", Labels="echo old", pull="exit 1")
    made = []
    monkeypatch.setattr(base, "_stand_in", lambda reference, version: made.append((reference, version)))
    base.ensure("docker.io/library/python:3.11-slim-bookworm")
    assert made == [("docker.io/library/python:3.11-slim-bookworm", "3.11")]
