"""Errors of the types.

SchemaError   a type says something that a CRD cannot express; a mistake of ours, found when the CRDs are generated

What people write wrong is pydantic's ValidationError, from ``Kind.parse``.
"""


class SchemaError(TypeError):
    """A type cannot become a structural schema; the message names the field's path and what stands in the way."""
