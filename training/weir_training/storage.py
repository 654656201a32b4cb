"""Object stores by URI: clients, credentials and what their errors mean.

Credentials and endpoints come from the standard environment variables only (AWS_*, GOOGLE_*, AZURE_*), which a Secret
or a workload identity sets. Plain HTTP is used only for an endpoint that such a variable spells with http://.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, HTTPStore, ObjectStore, S3Store

from weir_model.outcome import FailureReason
from weir_model.uri import Uri
from weir_training.errors import TrainingError, TransientError, UserError, first_line

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig  # exist for type checkers only

# What a client's option for its endpoint is called, and the variables that may hold it.
_ENDPOINTS = {
    "s3": ("endpoint", ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")),
    "gs": ("base_url", ("GOOGLE_BASE_URL",)),
    "az": ("endpoint", ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")),
}


def open_store(uri: Uri, environ: Mapping[str, str] | None = None) -> ObjectStore:
    """Return a client of the bucket, container or host that ``uri`` names. Nothing is sent yet."""
    environ = os.environ if environ is None else environ
    option, endpoint = _endpoint(uri.scheme, environ)
    client: ClientConfig = {"connect_timeout": "5s", "timeout": "15min"}
    if endpoint.startswith("http://") or uri.scheme == "http":
        client["allow_http"] = True
    retry: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
    place: Any = {option: endpoint} if endpoint else {}
    match uri.scheme:
        case "s3":
            place["region"] = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
            return S3Store(uri.authority, config=place, client_options=client, retry_config=retry)
        case "gs":
            return GCSStore(uri.authority, config=place, client_options=client, retry_config=retry)
        case "az":
            return AzureStore(uri.authority, config=place, client_options=client, retry_config=retry)
        case _:
            return HTTPStore.from_url(f"{uri.scheme}://{uri.authority}", client_options=client, retry_config=retry)


def _endpoint(scheme: str, environ: Mapping[str, str]) -> tuple[str, str]:
    option, names = _ENDPOINTS.get(scheme, ("", ()))
    return option, next((environ[name] for name in names if environ.get(name)), "")


def access_error(error: Exception, reason: FailureReason, field: str, uri: Uri) -> TrainingError:
    """Return what an error of the client means to the user of ``field``; what may pass is transient."""
    detail = first_line(error)
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return UserError(
            reason, f"{field}: {uri}: access denied; check the credentials in spec.credentialsSecretRef: {detail}"
        )
    message = f"{field}: {uri}: {detail} (the store's address and credentials come from spec.credentialsSecretRef)"
    return TransientError(reason, message)
