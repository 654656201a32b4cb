"""The sockets that server and sidecar listen on."""

import socket
from pathlib import Path

from weir_serving.errors import SettingsError

BACKLOG = 2048


def listen(port: int) -> socket.socket:
    """Return a socket that listens on every address, IPv6 and IPv4 where the machine has both.

    Args:
        port: 0 takes any free one.

    Raises:
        SettingsError: the port is taken or not allowed.
    """
    try:
        if socket.has_dualstack_ipv6():
            return socket.create_server(("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True)
        return socket.create_server(("", port), backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(f"cannot listen on port {port}: {error.strerror}") from error


def listen_unix(path: Path) -> socket.socket:
    """Return a stream socket that listens at ``path``, in place of what a process that crashed may have left there.

    Raises:
        SettingsError: it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(f"cannot listen at {path}: {error.strerror or error}") from error
    return listener
