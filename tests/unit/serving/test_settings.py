"""Settings from the environment: the names in weir_model.contract, the defaults, and what a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from weir_model import contract
from weir_serving.errors import SettingsError
from weir_serving.fetch.settings import FetchSettings
from weir_serving.process.env import Environment
from weir_serving.server.settings import ServerSettings
from weir_serving.sidecar.settings import SidecarSettings
from weir_serving.verify.settings import VerifySettings

DIGEST = "sha256:" + "0a" * 32
SERVER = {"WEIR_MODEL": "tumour", "WEIR_VERSION": "tumour-1", "WEIR_ARTIFACT_DIGEST": DIGEST}
SIDECAR = SERVER | {"WEIR_DEPLOYMENT": "tumour"}
FETCH = {"WEIR_ARTIFACT_URI": "pvc://models/tumour", "WEIR_ARTIFACT_DIGEST": DIGEST}


def test_the_server_needs_three_variables_and_has_the_contract_s_defaults() -> None:
    expected = ServerSettings(
        model="tumour",
        version="tumour-1",
        digest=DIGEST,
        folder=Path(contract.MODEL_DIR),
        socket=Path(contract.HANDOVER_SOCKET),
        port=contract.HTTP_PORT,
        threads=3,
        timeout_seconds=30.0,
        max_request_bytes=16 << 20,
        drain_seconds=5.0,
    )
    assert expected == ServerSettings.parse(SERVER | {"WEIR_THREADS": "3"})


def test_the_server_reads_every_variable_that_the_operator_sets() -> None:
    variables = SERVER | {
        contract.ENV_MODEL_DIR: "/m",
        contract.ENV_HANDOVER_SOCKET: "/s",
        contract.ENV_HTTP_PORT: "81",
        contract.ENV_THREADS: "4",
        contract.ENV_TIMEOUT_SECONDS: "2.5",
        contract.ENV_MAX_REQUEST_MIB: "2",
        contract.ENV_DRAIN_SECONDS: "0",
    }
    expected = ServerSettings("tumour", "tumour-1", DIGEST, Path("/m"), Path("/s"), 81, 4, 2.5, 2 << 20, 0.0)
    assert expected == ServerSettings.parse(variables)


def test_threads_come_from_the_machine_when_nobody_says_otherwise() -> None:
    assert ServerSettings.parse(SERVER).threads >= 1


def test_the_sidecar_reads_every_variable_that_the_operator_sets() -> None:
    assert SidecarSettings("tumour", "tumour-1", "tumour", DIGEST, Path("/m"), Path("/s"), 91) == SidecarSettings.parse(
        SIDECAR | {"WEIR_MODEL_DIR": "/m", "WEIR_HANDOVER_SOCKET": "/s", "WEIR_SIDECAR_PORT": "91"}
    )


def test_the_sidecar_has_the_contract_s_defaults() -> None:
    settings = SidecarSettings.parse(SIDECAR)
    expected = (Path(contract.MODEL_DIR), Path(contract.HANDOVER_SOCKET), contract.SIDECAR_PORT)
    assert expected == (settings.folder, settings.socket, settings.port)


def test_fetch_writes_where_the_server_reads() -> None:
    assert FetchSettings("pvc://models/tumour", DIGEST, Path(contract.MODEL_DIR)) == FetchSettings.parse(FETCH)


def test_verify_needs_no_folder() -> None:
    expected = VerifySettings("pvc://models/tumour", DIGEST, 2)
    assert expected == VerifySettings.parse(FETCH | {"WEIR_THREADS": "2"})


@pytest.mark.parametrize(
    ("parse", "variables"),
    [
        (parse, {key: value for key, value in variables.items() if key != left_out})
        for parse, variables in (
            (ServerSettings.parse, SERVER),
            (SidecarSettings.parse, SIDECAR),
            (FetchSettings.parse, FETCH),
            (VerifySettings.parse, FETCH),
        )
        for left_out in variables
    ],
)
def test_every_required_variable_is_named_when_it_is_missing(parse, variables) -> None:
    missing = next(name for name in (*SIDECAR, *FETCH) if name not in variables and name in _required(parse))
    with pytest.raises(SettingsError, match=f"^{missing} is not set$"):
        parse(variables)


def _required(parse) -> dict[str, str]:
    return {ServerSettings: SERVER, SidecarSettings: SIDECAR}.get(parse.__self__, FETCH)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("WEIR_HTTP_PORT", "http", "WEIR_HTTP_PORT='http': expected a whole number"),
        ("WEIR_HTTP_PORT", "70000", "WEIR_HTTP_PORT='70000': expected a number from 0 to 65535"),
        ("WEIR_THREADS", "0", "WEIR_THREADS='0': expected a number from 1 to 1024"),
        ("WEIR_THREADS", "1.5", "WEIR_THREADS='1.5': expected a whole number"),
        ("WEIR_MAX_REQUEST_MIB", "-1", "WEIR_MAX_REQUEST_MIB='-1': expected a number from 1 to 1024"),
        ("WEIR_TIMEOUT_SECONDS", "soon", "WEIR_TIMEOUT_SECONDS='soon': expected a number of seconds"),
        ("WEIR_TIMEOUT_SECONDS", "0", "WEIR_TIMEOUT_SECONDS='0': expected 0.001 to 3600 seconds"),
        ("WEIR_DRAIN_SECONDS", "nan", "WEIR_DRAIN_SECONDS='nan': expected 0 to 3600 seconds"),
        ("WEIR_ARTIFACT_DIGEST", "sha256:12", "WEIR_ARTIFACT_DIGEST='sha256:12': expected sha256: and 64 hex digits"),
        ("WEIR_MODEL", "  ", "WEIR_MODEL is not set"),
    ],
)
def test_a_malformed_variable_is_named_with_what_would_fit(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ServerSettings.parse(SERVER | {name: value})
    assert message == str(caught.value)


def test_an_empty_variable_counts_as_unset() -> None:
    assert Environment({"A": ""}).integer("A", 7, low=0, high=9) == 7
