"""Every unsuccessful answer becomes the error that says what to do about it."""

from __future__ import annotations

import json

import pytest

from weir_operator.cluster.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
    TransientError,
    from_response,
)


def status(message: str) -> str:
    return json.dumps({"kind": "Status", "message": message})


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        pytest.param(400, "", RejectedError, id="not a request"),
        pytest.param(401, "", TransientError, id="a token that rotated"),
        pytest.param(403, "", ForbiddenError, id="no permission"),
        pytest.param(404, "", NotFoundError, id="not there"),
        pytest.param(409, "", ConflictError, id="changed meanwhile"),
        pytest.param(410, "", NotFoundError, id="no longer there"),
        pytest.param(422, "", RejectedError, id="not valid"),
        pytest.param(429, "", TransientError, id="too busy"),
        pytest.param(500, "etcd is slow", TransientError, id="a bad moment"),
        pytest.param(
            500, ".status.surprise: field not declared in schema", RejectedError, id="a 500 that no retry can help"
        ),
        pytest.param(503, "", TransientError, id="not up"),
        pytest.param(504, "", TransientError, id="too slow"),
        pytest.param(0, "", TransientError, id="no answer"),
    ],
)
def test_an_answer_becomes_an_error(code: int, message: str, expected: type[ClusterError]) -> None:
    assert type(from_response(code, "Reason", status(message), action="get x")) is expected


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(status("jobs is forbidden"), "patch /x: jobs is forbidden", id="a Status"),
        pytest.param(b'{"message": "bytes"}', "patch /x: bytes", id="bytes"),
        pytest.param("404 page not found", "patch /x: 404 page not found", id="no JSON"),
        pytest.param("x" * 9999, f"patch /x: {'x' * 500}", id="a page of something"),
        pytest.param("[]", "patch /x: Reason", id="JSON of another kind"),
        pytest.param(None, "patch /x: Reason", id="nothing"),
    ],
)
def test_the_servers_own_words_are_kept(body: str | bytes | None, told: str) -> None:
    assert str(from_response(422, "Reason", body, action="patch /x")) == told
