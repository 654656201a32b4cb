"""What a type can say about its schema beyond its fields: CEL rules, list types, printer columns, scale.

Declared beside the types and carried through pydantic's JSON schema; ``api.crd`` puts them where Kubernetes wants them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

RULES_KEY = "x-kubernetes-validations"

RuleReason = Literal["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired"]


@dataclass(frozen=True)
class Rule:
    """A CEL rule, checked by the API server; put on a field through ``Annotated`` or on a model through ``RULES``.

    Attributes:
        cel: an expression over ``self`` (and ``oldSelf`` for what must not change) that is true for what is allowed.
        message: what the person who applied the object reads.
        path: the field below ``self`` that is to blame, as ``.name``.
    """

    cel: str
    message: str
    reason: RuleReason = "FieldValueInvalid"
    path: str | None = None

    def document(self) -> dict[str, str]:
        """Return the rule as an entry of ``x-kubernetes-validations``."""
        entry = {"rule": self.cel, "message": self.message, "reason": self.reason}
        return entry if self.path is None else entry | {"fieldPath": self.path}

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the rule to the field's schema, after those that stand left of it."""
        schema = handler(core)
        return schema | {RULES_KEY: [*schema.get(RULES_KEY, []), self.document()]}


@dataclass(frozen=True)
class ListType:
    """How server-side apply merges a list: as a whole, as a set, or by the entries' ``keys``."""

    kind: Literal["atomic", "set", "map"]
    keys: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the list type to the field's schema."""
        schema = handler(core) | {"x-kubernetes-list-type": self.kind}
        return schema | {"x-kubernetes-list-map-keys": list(self.keys)} if self.keys else schema


@dataclass(frozen=True)
class IntOrString:
    """A field that people write as a number or as text, and that we read as text (a quantity).

    Attributes:
        pattern: what a text must match; whole numbers from zero may be written as such.
        max_length: the longest text.
    """

    pattern: str
    max_length: int

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the field's whole schema."""
        return {
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "pattern": self.pattern,
            "maxLength": self.max_length,
            "minimum": 0,
            "x-kubernetes-int-or-string": True,
        }


@dataclass(frozen=True)
class PrinterColumn:
    """A column of ``kubectl get``; ``wide`` ones need ``-o wide``."""

    name: str
    path: str
    description: str
    type: Literal["string", "integer", "date"] = "string"
    wide: bool = False

    def document(self) -> dict[str, Any]:
        """Return the column as an entry of ``additionalPrinterColumns``."""
        entry = {"name": self.name, "type": self.type, "jsonPath": self.path, "description": self.description}
        return entry | {"priority": 1} if self.wide else entry


@dataclass(frozen=True)
class Scale:
    """The scale subresource: where ``kubectl scale`` and autoscalers read and write."""

    spec_replicas: str
    status_replicas: str
    selector: str

    def document(self) -> dict[str, str]:
        """Return the subresource as Kubernetes spells it."""
        return {
            "specReplicasPath": self.spec_replicas,
            "statusReplicasPath": self.status_replicas,
            "labelSelectorPath": self.selector,
        }


AGE = PrinterColumn("Age", ".metadata.creationTimestamp", "When the object was created.", type="date")


def condition_column(name: str, condition: str, field: str = "status", *, wide: bool = False) -> PrinterColumn:
    """Return a column that shows a field of one of the conditions."""
    path = f'.status.conditions[?(@.type=="{condition}")].{field}'
    return PrinterColumn(name, path, f"The {field} of condition {condition}.", wide=wide)
