"""The command line of hack/cluster. Knows words, not clusters."""

import argparse
import os
from collections.abc import Sequence

from cluster import provider, tools
from cluster.existing import Existing
from cluster.kind import Kind
from cluster.onenode import settings
from cluster.onenode.provider import OneNode
from cluster.provider import Provider
from machine import docker
from machine.console import say
from machine.errors import HackError, guarded


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what it answers goes to standard output."""
    options = _parser().parse_args(argv)
    return guarded(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    name, context = provider.choose(
        provider.asked(options.provider, options.context),
        provider.remembered(),
        docker_answers=docker.answers(),
    )
    chosen = _make(name, context)
    if options.command == "up":
        if name != "existing":  # also a half-made cluster must be found by `down`; a foreign one is only looked at
            provider.remember(name)
        chosen.up()
        provider.remember(f"{name}:{context}".rstrip(":"))
        say(f'{name} cluster is up; to use it: eval "$(hack/cluster env)"')
    elif options.command == "down":
        chosen.down()
        provider.remember(None)
        say(f"{name} cluster {'is forgotten, and stays as it is' if name == 'existing' else 'is down'}")
    elif options.command == "load":
        _require_up(chosen)
        chosen.load(options.images)
    else:
        return _tell(options.command, chosen, name)
    return 0


def _tell(command: str, chosen: Provider, name: str) -> int:
    """The commands that only answer."""
    if command == "status":
        lines, well = chosen.status()
        print("\n".join([f"provider: {name}", *lines]))
        return 0 if well else 1
    _require_up(chosen)
    if command == "kubeconfig":
        print(chosen.kubeconfig())
    else:
        folders = dict.fromkeys(str(tool().parent) for tool in (tools.kubectl, tools.helm))
        print(f"export KUBECONFIG={chosen.kubeconfig()}")
        print(f"export PATH={os.pathsep.join(folders)}{os.pathsep}$PATH")
    return 0


def _require_up(chosen: Provider) -> None:
    if not chosen.kubeconfig().exists():
        raise HackError("there is no cluster; start one: hack/cluster up")


def _make(name: str, context: str) -> Provider:
    if name == "existing":
        return Existing(context)
    return Kind() if name == "kind" else OneNode(settings.from_environment())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hack/cluster", description="A Kubernetes cluster to try Weir on.")
    parser.add_argument("--provider", choices=provider.NAMES, help="default: kind if Docker answers, else onenode")
    parser.add_argument("--context", help="context of an existing cluster; also WEIR_CLUSTER=existing:CONTEXT")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="make the cluster usable; heals it when it is up already")
    commands.add_parser("down", help="remove it and everything that came with it")
    commands.add_parser("status", help="tell how each component is doing and where its log is")
    load = commands.add_parser("load", help="make locally built images available to pods")
    load.add_argument("images", nargs="+", metavar="IMAGE")
    commands.add_parser("kubeconfig", help="print the path of the administrator's kubeconfig")
    commands.add_parser("env", help="print shell lines that set KUBECONFIG and PATH (kubectl, helm)")
    return parser
