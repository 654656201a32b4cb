"""Labels on children: they find the parent, the role and the version."""

from __future__ import annotations

from typing import Final, Literal

from weir_operator.api.v1alpha1 import Kind

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
MANAGER: Final = "weir"
NAME: Final = "app.kubernetes.io/name"
INSTANCE: Final = "app.kubernetes.io/instance"
PARENT_KIND: Final = "weir.dev/kind"
PARENT_NAME: Final = "weir.dev/name"
MODEL: Final = "weir.dev/model"
VERSION: Final = "weir.dev/version"

Role = Literal["training", "verification", "serving"]


def child(parent: Kind, role: Role, *, model: str, version: str | None = None) -> dict[str, str]:
    """Return the labels of a child of ``parent``."""
    labels = {
        MANAGED_BY: MANAGER,
        NAME: role,
        INSTANCE: parent.metadata.name,
        **parent_selector(parent),
        MODEL: model,
    }
    return labels if version is None else labels | {VERSION: version}


def parent_selector(parent: Kind) -> dict[str, str]:
    """Return the labels that everything of one parent has, and nothing else."""
    return {PARENT_KIND: parent.KIND, PARENT_NAME: parent.metadata.name}


def version_selector(parent: Kind, version: str) -> dict[str, str]:
    """Return the labels that the pods of one version of a parent have, and no others."""
    return {**parent_selector(parent), VERSION: version}
