"""kopf's way in: the same credentials as the client's."""

from __future__ import annotations

from typing import Any

import kopf

from weir_operator.cluster.login import configuration


async def log_in(**_: Any) -> kopf.ConnectionInfo:
    """Return what kopf needs to connect; called again when the API server no longer takes it, as tokens rotate."""
    found = await configuration()
    scheme, _space, token = (await found.get_api_key_with_prefix("BearerToken") or "").partition(" ")
    return kopf.ConnectionInfo(
        server=found.host,
        ca_path=found.ssl_ca_cert,
        insecure=not found.verify_ssl,
        scheme=scheme.title() or None,
        token=token or None,
        certificate_path=found.cert_file,
        private_key_path=found.key_file,
    )
