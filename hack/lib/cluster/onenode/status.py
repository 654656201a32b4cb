"""Tells how each part of the one-node cluster is doing. Changes nothing."""

from collections.abc import Mapping
from pathlib import Path

from cluster.onenode import daemon, health
from cluster.onenode.components import components
from cluster.onenode.settings import Settings
from cluster.onenode.tools import ONENODE_TOOLS
from machine import gobuild


def report(settings: Settings) -> tuple[list[str], bool]:
    """One line per component, and whether all of it is well."""
    # Where a program would be; whether it was built is not asked.
    programs: Mapping[str, Path] = {tool.name: gobuild.target(tool) / tool.name for tool in ONENODE_TOOLS}
    lines, well = [], True
    for component in components(settings, {**programs, "containerd": Path("containerd")}):
        pid = daemon.pid_of(component.name, settings)
        state = "down" if pid is None else "healthy" if health.healthy(component.health) else "unhealthy"
        well = well and state == "healthy"
        where = daemon.log_path(component.name, settings)
        lines.append(f"{component.name:<24} {state:<10} {f'pid {pid}' if pid else '':<12} {where}")
    return lines, well
