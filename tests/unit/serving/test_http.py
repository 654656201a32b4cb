"""The routes: V2, named columns, errors, limits; through the ASGI application, without sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import numpy as np
import pytest
from onnx import TensorProto

from builders.artifact import busy, identity, mixed, sums
from builders.serving import Remembered, Server, serving, settings
from weir_serving.errors import RequestError
from weir_serving.server.http.app import create_app
from weir_serving.server.http.responses import STATUSES
from weir_serving.server.startup import load_data_plane

ROW = {"name": "features", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}


@pytest.fixture
async def server(tmp_path: Path):
    async with serving(sums(), tmp_path) as running:
        yield running


@pytest.fixture
async def people(tmp_path: Path):
    async with serving(mixed(), tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v2", {"name": "weir", "version": "0.1.0", "extensions": []}),
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"ready": True}),
        ("/v2/models/sums/ready", {"name": "sums", "ready": True}),
        ("/v2/models/sums/versions/sums-1/ready", {"name": "sums", "ready": True}),
        *(
            (
                path,
                {
                    "name": "sums",
                    "versions": ["sums-1"],
                    "platform": "onnxruntime_onnx",
                    "inputs": [{"name": "features", "datatype": "FP32", "shape": [-1, 2]}],
                    "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [-1, 1]}],
                },
            )
            for path in ("/v2/models/sums", "/v2/models/sums/versions/sums-1")
        ),
    ],
)
async def test_health_and_metadata_are_the_protocol_s(server: Server, path: str, expected) -> None:
    response = await server.client.get(path)
    assert (200, expected) == (response.status_code, response.json())


@pytest.mark.parametrize("path", ["/v2/models/sums/infer", "/v2/models/sums/versions/sums-1/infer"])
async def test_tensors_are_answered(server: Server, path: str) -> None:
    response = await server.client.post(path, json={"id": "7", "inputs": [ROW]})
    assert response.json() == {
        "model_name": "sums",
        "model_version": "sums-1",
        "id": "7",
        "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [1, 1], "data": [3.0]}],
    }
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/v1/models/sums:predict", "/v1/models/sums/versions/sums-1:predict"])
async def test_named_columns_are_answered(server: Server, path: str) -> None:
    response = await server.client.post(path, json={"instances": [{"c0": 1, "c1": 2}, {"c0": None, "c1": 2}]})
    assert response.json() == {"model_name": "sums", "model_version": "sums-1", "predictions": [3.0, None]}


async def test_a_classifier_is_answered_in_both_forms(people: Server) -> None:
    table = await people.predict({"dataframe_split": {"columns": ["sex", "age"], "data": [["f", 1], ["m", 1]]}})
    document = table.json()
    assert (document["predictions"], document["classes"]) == (["yes", "no"], ["no", "yes"])
    age = {"name": "age", "datatype": "FP32", "shape": [2, 1], "data": [1, 1]}
    sex = {"name": "sex", "datatype": "BYTES", "shape": [2, 1], "data": ["f", "m"]}
    tensors = await people.infer({"inputs": [sex, age], "outputs": [{"name": "probabilities"}]})
    output = tensors.json()["outputs"]
    assert [entry["name"] for entry in output] == ["probabilities"]
    np.testing.assert_allclose(np.ravel(document["probabilities"]), output[0]["data"])


@pytest.mark.parametrize(
    ("datatype", "element_type", "data"),
    [
        ("BOOL", TensorProto.BOOL, [True, False]),
        ("UINT8", TensorProto.UINT8, [0, 255]),
        ("UINT16", TensorProto.UINT16, [0, 65535]),
        ("UINT32", TensorProto.UINT32, [0, 2**32 - 1]),
        ("UINT64", TensorProto.UINT64, [0, 2**64 - 1]),
        ("INT8", TensorProto.INT8, [-128, 127]),
        ("INT16", TensorProto.INT16, [-32768, 32767]),
        ("INT32", TensorProto.INT32, [-(2**31), 2**31 - 1]),
        ("INT64", TensorProto.INT64, [-(2**63), 2**63 - 1]),
        ("FP16", TensorProto.FLOAT16, [0.5, None]),
        ("FP32", TensorProto.FLOAT, [0.1, None]),
        ("FP64", TensorProto.DOUBLE, [0.1, None]),
        ("BYTES", TensorProto.STRING, ["", 'ü "quoted"\n']),
    ],
)
async def test_every_datatype_goes_in_and_comes_out(tmp_path: Path, datatype, element_type, data) -> None:
    tensor = {"name": "x", "datatype": datatype, "shape": [1, 2], "data": [data]}
    async with serving(identity(datatype, element_type), tmp_path) as echo:
        response = await echo.infer({"inputs": [tensor]})
    expected = {"name": "y", "datatype": datatype, "shape": [1, 2], "data": data}
    assert [expected] == response.json()["outputs"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"inputs": [ROW | {"name": "x"}]}, "input 'x' is unknown"),
        ({"inputs": [ROW | {"datatype": "FP64"}]}, "input 'features' has datatype 'FP64', but the model takes FP32"),
        ({"inputs": [ROW | {"shape": [2, 1]}]}, "input 'features' has shape [2, 1], but the model takes [-1, 2]"),
        ({"inputs": [ROW | {"data": [1]}]}, "input 'features': data has 1 values"),
        ({"inputs": [ROW | {"data": [1, "b"]}]}, "row 0, column 'c1': expected a number, got \"b\""),
        ({"inputs": [ROW | {"shape": [0, 2], "data": []}]}, "input 'features' is empty"),
        ({"inputs": [ROW], "outputs": [{"name": "y"}]}, "output 'y' is unknown; the model has 'prediction'"),
        ({}, "inputs: expected an array"),
    ],
)
async def test_a_wrong_request_is_told_why(server: Server, body, message: str) -> None:
    response = await server.infer(body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert message in response.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/v2/models/other", 404, "model 'other' is not served here; 'sums' is"),
        ("GET", "/v2/models/other/ready", 404, "model 'other' is not served here; 'sums' is"),
        ("POST", "/v2/models/other/infer", 404, "model 'other' is not served here; 'sums' is"),
        ("POST", "/v1/models/other:predict", 404, "model 'other' is not served here; 'sums' is"),
        ("GET", "/v2/models/sums/versions/2", 404, "version '2' of 'sums' is not served here; 'sums-1' is"),
        ("POST", "/v2/models/sums/versions/2/infer", 404, "version '2' of 'sums' is not served here; 'sums-1' is"),
        ("GET", "/nothing", 404, "GET /nothing: Not Found"),
        ("GET", "/v2/", 404, "GET /v2/: Not Found"),
        ("GET", "/" + "x" * 1000, 404, "GET /" + "x" * 59 + "…: Not Found"),
        ("GET", "/v2/models/sums/infer", 405, "GET /v2/models/sums/infer: Method Not Allowed"),
    ],
)
async def test_what_is_not_here_is_told_so(server: Server, method: str, path: str, status: int, message: str) -> None:
    response = await server.client.request(method, path)
    assert (status, {"error": message}) == (response.status_code, response.json())


async def test_a_method_that_is_not_allowed_is_told_which_is(server: Server) -> None:
    response = await server.client.put("/v2/models/sums/infer")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"content-encoding": "gzip"}, "content-encoding 'gzip' is not supported; send the body as it is"),
        ({"inference-header-content-length": "10"}, "binary tensor data is not supported; send the tensors as JSON"),
    ],
)
async def test_encodings_that_are_not_spoken_are_refused(server: Server, headers, message: str) -> None:
    response = await server.client.post("/v2/models/sums/infer", headers=headers, content=b"\x1f\x8b")
    assert (415, {"error": message}) == (response.status_code, response.json())


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20])
async def test_a_body_over_the_limit_is_refused(server: Server, size: int) -> None:
    response = await server.client.post("/v2/models/sums/infer", content=b"x" * size)
    error = {"error": "the body is larger than 1 MiB; send fewer rows at a time"}
    assert (413, error, "close") == (response.status_code, response.json(), response.headers["connection"])


async def test_a_client_that_asks_first_is_refused_before_it_sends(server: Server) -> None:
    async def never():
        raise AssertionError("the body was asked for")
        yield b""

    headers = {"expect": "100-continue", "content-length": str(2 << 20)}
    response = await server.client.post("/v2/models/sums/infer", headers=headers, content=never())
    assert response.status_code == 413


async def test_a_body_of_exactly_the_limit_is_read(server: Server) -> None:
    response = await server.client.post("/v2/models/sums/infer", content=b"x" * (1 << 20))
    assert "not JSON" in response.json()["error"]


async def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    async def body():
        yield b"{"
        await asyncio.Event().wait()

    async with serving(sums(), tmp_path, timeout_seconds=0.05) as server:
        response = await server.client.post("/v2/models/sums/infer", content=body())
    assert (response.status_code, response.json()) == (408, {"error": "the body did not arrive in time"})
    assert response.headers["connection"] == "close"


async def test_a_model_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async with serving(busy(), tmp_path, timeout_seconds=0.2) as server:
        response = await server.predict({"instances": [{"c0": 1e9}]})
    assert (response.status_code, response.json()) == (504, {"error": "the model did not answer 1 rows in time"})
    assert [(answer.error, answer.code) for answer in server.handover.answers] == [("deadline", 504)]


async def test_a_process_that_leaves_is_not_ready_but_answers(server: Server) -> None:
    server.data_plane.withdraw()
    for path in ("/v2/health/ready", "/v2/models/sums/ready"):
        response = await server.client.get(path)
        assert (response.status_code, response.json()["ready"]) == (503, False)
    assert (await server.client.get("/v2/health/live")).status_code == 200
    assert (await server.infer({"inputs": [ROW]})).status_code == 200


async def test_every_prediction_is_handed_over_with_what_it_was_made_from(people: Server) -> None:
    await people.predict({"instances": [{"age": 1, "sex": "f"}, {"age": 2, "sex": None}]})
    (answer,) = people.handover.answers
    assert (answer.protocol, answer.code, answer.rows, answer.error) == ("v1-rest", 200, 2, None)
    assert 0 < answer.seconds < 10
    assert {k: v.tolist() for k, v in answer.inputs.items()} == {"age": [[1.0], [2.0]], "sex": [["f"], [""]]}
    assert answer.outputs["label"].tolist() == ["yes", "no"]
    assert answer.outputs["probabilities"].shape == (2, 2)


async def test_outputs_that_the_client_did_not_select_are_counted_too(server: Server) -> None:
    await server.infer({"inputs": [ROW], "outputs": [{"name": "prediction"}]})
    assert server.handover.answers[0].outputs["prediction"].tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("/v2/models/sums/infer", b"{", ("v2-rest", 400, "invalid_input")),
        ("/v1/models/sums:predict", b"{}", ("v1-rest", 400, "invalid_input")),
        ("/v2/models/other/infer", b"{}", ("v2-rest", 404, "unknown_model")),
        ("/v2/models/sums/infer", b"x" * (2 << 20), ("v2-rest", 413, "too_large")),
    ],
)
async def test_failed_requests_are_handed_over_without_tensors(server: Server, path, content, expected) -> None:
    await server.client.post(path, content=content)
    (answer,) = server.handover.answers
    assert expected == (answer.protocol, answer.code, answer.error)
    assert (answer.rows, answer.inputs, answer.outputs) == (0, {}, {})


async def test_a_model_without_columns_hands_over_no_tensors(tmp_path: Path) -> None:
    async with serving(identity("FP32", TensorProto.FLOAT), tmp_path) as echo:
        await echo.infer({"inputs": [{"name": "x", "datatype": "FP32", "shape": [3, 2], "data": [0] * 6}]})
    (answer,) = echo.handover.answers
    assert (answer.rows, answer.inputs, answer.outputs) == (3, {}, {})


async def test_a_defect_is_answered_counted_and_raised_on(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_inputs, _deadline):
        raise ZeroDivisionError

    monkeypatch.setattr(server.data_plane, "run", broken)
    response = await server.infer({"inputs": [ROW]})
    error = {"error": "internal error; the server's log has the details"}
    assert (500, error) == (response.status_code, response.json())
    assert [(answer.code, answer.error) for answer in server.handover.answers] == [(500, "internal")]
    transport = httpx2.ASGITransport(create_app(server.settings, server.data_plane, Remembered()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://weir") as client:
        with pytest.raises(ZeroDivisionError):
            await client.post("/v2/models/sums/infer", json={"inputs": [ROW]})


async def test_a_model_that_fails_says_so(tmp_path: Path) -> None:
    async with serving(sums(), tmp_path) as server:
        server.data_plane._engine.close()
        failing = load_data_plane(settings(sums(), tmp_path))
        failing._engine._model._outputs = ("missing",)
        server.client._transport.app = create_app(server.settings, failing, server.handover)
        response = await server.infer({"inputs": [ROW]})
    assert response.status_code == 500
    assert response.json()["error"].startswith("the model failed on this input: ")


def test_every_request_error_has_a_status() -> None:
    assert set(RequestError.__subclasses__()) == set(STATUSES)


async def test_the_documentation_page_knows_every_route(server: Server) -> None:
    assert (await server.client.get("/docs")).status_code == 200
    document = (await server.client.get("/openapi.json")).json()
    assert {
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models/{model}",
        "/v2/models/{model}/ready",
        "/v2/models/{model}/infer",
        "/v2/models/{model}/versions/{version}",
        "/v2/models/{model}/versions/{version}/ready",
        "/v2/models/{model}/versions/{version}/infer",
        "/v1/models/{model}:predict",
        "/v1/models/{model}/versions/{version}:predict",
    } == set(document["paths"])
    assert [
        entry["name"]
        for entry in document["paths"]["/v2/models/{model}/versions/{version}/infer"]["post"]["parameters"]
    ] == ["model", "version"]


@pytest.mark.parametrize("path", ["/v2/models/{model}/infer", "/v1/models/{model}:predict"])
async def test_the_documentation_s_examples_work(people: Server, path: str) -> None:
    document = (await people.client.get("/openapi.json")).json()
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    response = await people.client.post(path.format(model="people"), json=content["example"])
    assert response.status_code == 200, response.text


async def test_the_hand_over_lives_as_long_as_the_application(tmp_path: Path) -> None:
    chosen = settings(sums(), sums().write(tmp_path))
    handover = Remembered()
    app = create_app(chosen, load_data_plane(chosen), handover)
    async with app.router.lifespan_context(app):
        assert handover.running
    assert not handover.running
