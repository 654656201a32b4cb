"""URIs in specs, with the rules that let the API server refuse at once what no pod could open.

The rules say the same as ``weir_model.uri.Uri.parse``, which this package may not import; a test holds them together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from weir_operator.api.markers import Rule

URI_LIMIT = 2048

READABLE_SCHEMES = ("file", "pvc", "s3", "gs", "az", "https", "http")
WRITABLE_SCHEMES = ("file", "pvc", "s3", "gs", "az")


def _scheme_rule(schemes: tuple[str, ...]) -> Rule:
    forms = ", ".join(f"{scheme}://" for scheme in schemes)
    return Rule(f"self.matches('^({'|'.join(schemes)})://')", f"the URI must begin with one of {forms}")


_AUTHORITY = Rule(
    "self.startsWith('file://') ? self.startsWith('file:///') : self.matches('^[a-z0-9]+://[^/?#]+')",
    "after :// comes the claim, bucket, container or host; file:// takes an absolute path (three slashes)",
)
_CLAIM = Rule(
    "!self.startsWith('pvc://') || self.matches('^pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/|$)')",
    "pvc://<claim>/<path>: the claim must be the name of a PersistentVolumeClaim",
)
_PLAIN = Rule(
    "!self.matches('[?#[:cntrl:]]') && !self.matches('^[a-z0-9]+://[^/]*@')",
    "a query, a fragment, line breaks or credentials do not belong into the URI; use credentialsSecretRef",
)
_NO_PARENT = Rule("!self.matches('/[.][.](/|$)')", "'..' is not allowed in the path")

_URI_RULES = (_AUTHORITY, _CLAIM, _PLAIN, _NO_PARENT)

ReadableUri = Annotated[str, Field(min_length=1, max_length=URI_LIMIT), _scheme_rule(READABLE_SCHEMES), *_URI_RULES]
WritableUri = Annotated[str, Field(min_length=1, max_length=URI_LIMIT), _scheme_rule(WRITABLE_SCHEMES), *_URI_RULES]
