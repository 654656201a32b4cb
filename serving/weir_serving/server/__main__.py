"""``python -m weir_serving.server``."""

from __future__ import annotations

from collections.abc import Mapping

from weir_serving.process.exit import run
from weir_serving.process.listen import listen
from weir_serving.server.handover.socket import SocketHandover
from weir_serving.server.http.app import create_app
from weir_serving.server.http.listener import serve
from weir_serving.server.settings import ServerSettings
from weir_serving.server.startup import load_data_plane


def main(variables: Mapping[str, str]) -> None:
    """Load the model, then listen until a signal ends it."""
    settings = ServerSettings.parse(variables)
    data_plane = load_data_plane(settings)
    app = create_app(settings, data_plane, SocketHandover(settings.socket))
    serve(app, settings, data_plane, listen(settings.port))


if __name__ == "__main__":
    run(main)
