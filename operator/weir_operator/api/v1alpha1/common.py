"""What every kind is made of: bases, metadata, names.

Specs are frozen and refuse unknown fields. Statuses ignore them, so that an old operator reads a newer object.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from weir_operator.api.markers import RULES_KEY, PrinterColumn, Rule, Scale

GROUP = "weir.dev"
VERSION = "v1alpha1"
CATEGORY = "weir"
FINALIZER = "weir.dev/finalizer"

NAME_LIMIT = 52  # children add suffixes, and a Job's name must fit into a label (63)
NAME_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
SUBDOMAIN_PATTERN = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"

ModelName = Annotated[str, Field(min_length=1, max_length=63, pattern=NAME_PATTERN)]
VersionName = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT, pattern=NAME_PATTERN)]
ObjectName = Annotated[str, Field(min_length=1, max_length=253, pattern=SUBDOMAIN_PATTERN)]
Uid = Annotated[str, Field(min_length=1, max_length=63)]
Digest = Annotated[str, Field(min_length=71, max_length=71, pattern=r"^sha256:[0-9a-f]{64}$")]
ColumnName = Annotated[str, Field(min_length=1, max_length=256)]
Message = Annotated[str, Field(max_length=32768)]


class ApiModel(BaseModel):
    """Base of every type: camelCase on the wire, snake_case in Python, rules of the class in its schema."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    RULES: ClassVar[tuple[Rule, ...]] = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add ``RULES`` to the model's schema."""
        schema = handler(core)
        if cls.RULES:
            handler.resolve_ref_schema(schema)[RULES_KEY] = [rule.document() for rule in cls.RULES]
        return schema


class SpecModel(ApiModel):
    """Base of what people write."""

    model_config = ConfigDict(extra="forbid")


class StatusModel(ApiModel):
    """Base of what the operator writes."""

    model_config = ConfigDict(extra="ignore")


class ObjectMeta(StatusModel):
    """The part of an object's metadata that the operator reads."""

    name: str
    namespace: str
    uid: str
    generation: int = 1
    resource_version: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    creation_timestamp: AwareDatetime | None = None
    deletion_timestamp: AwareDatetime | None = None


class Kind(StatusModel):
    """Base of the custom resources. Subclasses add ``spec`` and ``status`` and fill in the constants."""

    GROUP: ClassVar[str] = GROUP
    VERSION: ClassVar[str] = VERSION
    API_VERSION: ClassVar[str] = f"{GROUP}/{VERSION}"
    KIND: ClassVar[str]
    PLURAL: ClassVar[str]
    SINGULAR: ClassVar[str]
    SHORT_NAMES: ClassVar[tuple[str, ...]]
    COLUMNS: ClassVar[tuple[PrinterColumn, ...]]
    SELECTABLE_FIELDS: ClassVar[tuple[str, ...]] = ()
    SCALE: ClassVar[Scale | None] = None

    metadata: ObjectMeta

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> Self:
        """Return the object that the API server's ``raw`` document spells.

        Raises:
            pydantic.ValidationError: a field is missing, unknown or wrong; ``errors()`` names each by its path.
        """
        return cls.model_validate(raw)


def name_rules(pattern: str = NAME_PATTERN, allowed: str = "lower-case letters, digits and '-'") -> tuple[Rule, ...]:
    """Return the rules for the name of an object whose children add suffixes to it."""
    return (
        Rule(
            f"self.metadata.name.size() <= {NAME_LIMIT}",
            f"the name must be at most {NAME_LIMIT} characters long: names of its Jobs and Deployments add to it",
        ),
        Rule(
            f"self.metadata.name.matches('{pattern}')",
            f"the name must consist of {allowed}: it becomes part of labels and of other names",
        ),
    )
