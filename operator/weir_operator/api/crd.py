"""A kind's class to its CustomResourceDefinition."""

from __future__ import annotations

from typing import Any

from weir_operator.api.markers import RULES_KEY
from weir_operator.api.structural import Schema, structural
from weir_operator.api.v1alpha1.common import CATEGORY, Kind

_API_VERSION_HELP = "The version of the API that the object is written in."
_KIND_HELP = "The object's type."


def definition(kind: type[Kind]) -> dict[str, Any]:
    """Return the CustomResourceDefinition of ``kind``.

    Raises:
        SchemaError: a field has no form in a CRD; the message names its path.
    """
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.PLURAL}.{kind.GROUP}"},
        "spec": {
            "group": kind.GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind.KIND,
                "listKind": f"{kind.KIND}List",
                "plural": kind.PLURAL,
                "singular": kind.SINGULAR,
                "shortNames": list(kind.SHORT_NAMES),
                "categories": [CATEGORY],
            },
            "versions": [_version(kind)],
        },
    }


def _version(kind: type[Kind]) -> dict[str, Any]:
    version = {
        "name": kind.VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema(kind)},
        "subresources": {"status": {}} | ({"scale": kind.SCALE.document()} if kind.SCALE else {}),
        "additionalPrinterColumns": [column.document() for column in kind.COLUMNS],
    }
    if kind.SELECTABLE_FIELDS:
        version["selectableFields"] = [{"jsonPath": path} for path in kind.SELECTABLE_FIELDS]
    return version


def schema(kind: type[Kind]) -> Schema:
    """Return the structural schema of ``kind``."""
    return {
        "type": "object",
        "description": kind.__doc__,
        "required": ["spec"],
        RULES_KEY: [rule.document() for rule in kind.RULES],
        "properties": {
            "apiVersion": {"type": "string", "description": _API_VERSION_HELP},
            "kind": {"type": "string", "description": _KIND_HELP},
            "metadata": {"type": "object"},
            "spec": _part(kind, "spec", defaults=True),
            "status": _part(kind, "status", defaults=False),
        },
    }


def _part(kind: type[Kind], name: str, *, defaults: bool) -> Schema:
    field = kind.model_fields[name]
    model: Any = field.annotation
    return structural(model.model_json_schema(), defaults=defaults) | {"description": field.description}
