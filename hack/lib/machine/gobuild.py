"""Builds programs from pinned Go modules into the cache. Knows go.mod files, not what the programs do."""

import hashlib
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from machine.cache import cache_root, publish
from machine.console import say, step
from machine.errors import HackError
from machine.golang import go
from machine.run import run


@dataclass(frozen=True)
class Tool:
    """A program: the Go package to build inside a module folder of ours, and the module whose version it carries."""

    name: str
    folder: Path
    package: str
    module: str = ""
    stamps: tuple[str, ...] = ()  # linker variables; {version}, {major} and {minor} are the module's


def ensure(tools: Sequence[Tool]) -> dict[str, Path]:
    """Build what the cache does not hold yet; return where each program is."""
    absent = [tool for tool in tools if not target(tool).exists()]
    if absent:
        say(f"building {len(absent)} of {len(tools)} programs from Go modules; they are kept in {cache_root()}")
    return {tool.name: publish(target(tool), partial(_build, tool)) / tool.name for tool in tools}


def target(tool: Tool) -> Path:
    """The folder in the cache that holds this very version of a tool."""
    return cache_root() / "tools" / f"{tool.name}-{version(tool) or 'own'}-{key(tool)}"


def key(tool: Tool) -> str:
    """A hash of everything that decides what the program becomes."""
    digest = hashlib.sha256()
    own = (tool.folder / tool.package).rglob("*.go") if tool.package.startswith("./") else ()
    for path in sorted([*tool.folder.glob("go.*"), *own]):
        digest.update(path.relative_to(tool.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update("\0".join([tool.package, ldflags(tool), platform.machine()]).encode())
    return digest.hexdigest()[:12]


def version(tool: Tool) -> str:
    """The version of the tool's module that go.mod pins, or nothing for a program of our own."""
    return required_version((tool.folder / "go.mod").read_text(), tool.module) if tool.module else ""


def required_version(go_mod: str, module: str) -> str:
    """Read the required version of a module from a go.mod."""
    found = re.search(rf"^(?:require)?\s*{re.escape(module)} (v\S+)", go_mod, re.MULTILINE)
    if not found:
        raise HackError(f"go.mod does not require {module}")
    return found[1]


def ldflags(tool: Tool) -> str:
    """Linker flags: small, and with the version that `go install` of the module itself would not stamp either."""
    pinned = version(tool)
    major, minor = [*pinned.removeprefix("v").split("."), "", ""][:2]
    stamps = [stamp.format(version=pinned, major=major, minor=minor) for stamp in tool.stamps]
    return " ".join(["-s -w", *(f"-X {stamp}" for stamp in stamps)])


def _build(tool: Tool, folder: Path) -> None:
    # A caller's workspace, vendoring or version-control stamping must not change what comes out.
    environment = {
        "CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false",
    }  # fmt: skip
    with step(f"building {tool.name} {version(tool)}".rstrip()):
        run(
            go(), "build", "-trimpath", "-ldflags", ldflags(tool), "-o", folder / tool.name, tool.package,
            cwd=tool.folder, env=environment,
        )  # fmt: skip
    if not os.access(folder / tool.name, os.X_OK):
        raise HackError(f"go build said nothing, yet made no {tool.name} from {tool.package}")
