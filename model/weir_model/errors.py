"""Errors of the shared vocabulary.

WeirModelError
├── DocumentError   a JSON document does not have the shape that its type asks for
├── HandoverError   bytes from the server are not a frame for the sidecar
└── UriError        a URI cannot be used, and why
"""


class WeirModelError(ValueError):
    """Base of every error that weir_model raises."""


class DocumentError(WeirModelError):
    """A document does not fit its type; the message names the field's path and what was expected there."""


class HandoverError(WeirModelError):
    """What came over the hand-over socket is not a frame."""


class UriError(WeirModelError):
    """A URI is not one of the supported forms; the message names the forms."""
