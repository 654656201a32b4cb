"""A cached program is named by everything that decides what it becomes."""

import pytest

from cluster.onenode.tools import HELM, KIND, ONENODE_TOOLS
from machine import gobuild, golang
from machine.errors import HackError
from machine.gobuild import Tool

GO_MOD = """\
module weir.dev/x

require example.com/one v1.2.3

require (
\texample.com/two v4.5.6 // indirect
\texample.com/two/three v7.8.9
)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "go.mod").write_text(GO_MOD)
    (tmp_path / "go.sum").write_text("sums\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/main.go").write_text("package main\n")
    return tmp_path


def make_tool(folder, **changes):
    return Tool(
        **{"name": "x", "folder": folder, "package": "example.com/one/cmd", "module": "example.com/one", **changes}
    )


VERSIONS = {"example.com/one": "v1.2.3", "example.com/two": "v4.5.6", "example.com/two/three": "v7.8.9"}


@pytest.mark.parametrize(("module", "expected"), VERSIONS.items())
def test_required_version(module, expected):
    assert expected == gobuild.required_version(GO_MOD, module)


def test_a_module_that_is_not_required_is_an_error():
    with pytest.raises(HackError, match=r"example\.com/four"):
        gobuild.required_version(GO_MOD, "example.com/four")


def test_stamps_take_the_modules_version(folder):
    tool = make_tool(folder, stamps=("p.full={version}", "p.major={major}", "p.minor={minor}"))
    assert gobuild.ldflags(tool) == "-s -w -X p.full=v1.2.3 -X p.major=1 -X p.minor=2"


CHANGES = {
    "a dependency": lambda folder: (folder / "go.mod").write_text(GO_MOD.replace("v4.5.6", "v4.5.7")),
    "a checksum": lambda folder: (folder / "go.sum").write_text("others\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_key_changes_with(folder, change):
    before = gobuild.key(make_tool(folder))
    change(folder)
    assert gobuild.key(make_tool(folder)) != before


def test_the_key_changes_with_a_stamp(folder):
    assert gobuild.key(make_tool(folder)) != gobuild.key(make_tool(folder, stamps=("p.v={version}",)))


def test_only_a_program_of_our_own_depends_on_our_sources(folder):
    own, foreign = make_tool(folder, package="./own", module=""), make_tool(folder)
    before = gobuild.key(own), gobuild.key(foreign)
    (folder / "own/main.go").write_text("package main // changed\n")
    assert gobuild.key(own) != before[0]
    assert gobuild.key(foreign) == before[1]


def test_every_tool_of_the_cluster_has_a_key_and_a_version():
    tools = (*ONENODE_TOOLS, KIND)
    assert len({gobuild.target(tool) for tool in tools}) == len(tools)


def test_kubectl_and_helm_share_their_client_library():
    assert gobuild.required_version((HELM.folder / "go.mod").read_text(), "k8s.io/kubernetes").startswith("v1.35.")


GO_VERSIONS = {
    "go version go1.26.8 linux/amd64": (1, 26),
    "go version go1.19.8 linux/amd64": (1, 19),
    "go version devel go1.27-abc linux/amd64": (1, 27),
    "something else": (0, 0),
}


@pytest.mark.parametrize(("text", "expected"), GO_VERSIONS.items())
def test_go_version(text, expected):
    assert expected == golang.version_of(text)
