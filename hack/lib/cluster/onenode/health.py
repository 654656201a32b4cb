"""Asks components whether they are well. Knows addresses, not processes."""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

_SECONDS = 3


def healthy(address: str) -> bool:
    """Ask a URL for a 200, or a socket for a connection; nothing to ask counts as well."""
    if not address:
        return True
    url = urlsplit(address)
    try:
        return _accepts(url.path) if url.scheme == "unix" else _answers(address)
    except (OSError, http.client.HTTPException):
        return False


def _accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_SECONDS)
        connection.connect(path)
    return True


def _answers(address: str) -> bool:
    # http.client, not urllib: a proxy from the environment must not come between us and our own node.
    url = urlsplit(address)
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        # Some of these serve a certificate that they made up themselves; a health answer proves nothing else.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(url.netloc, timeout=_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(url.netloc, timeout=_SECONDS)
    try:
        connection.request("GET", url.path)
        return connection.getresponse().status == http.client.OK
    finally:
        connection.close()
