"""The TCP listener of server and sidecar."""

import socket

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
