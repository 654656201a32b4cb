"""The custom resources' types and the definitions (CRDs) made from them.

Knows pydantic and the standard library, and nothing else of Weir: types must not depend on what is done with them.
"""
