"""The node image is a well-formed OCI archive that says what is in it."""

import hashlib
import io
import json
import tarfile

import pytest

from cluster.onenode.ociarchive import archive


@pytest.fixture
def programs(tmp_path):
    (tmp_path / "pause").write_bytes(b"program")
    return {"/pause": tmp_path / "pause"}


def test_equal_input_gives_equal_bytes(programs):
    assert archive("weir.dev/x:1", programs, ["/pause"]) == archive("weir.dev/x:1", programs, ["/pause"])


def test_every_blob_is_named_by_its_digest_and_reachable(programs):
    with tarfile.open(fileobj=io.BytesIO(archive("weir.dev/x:1", programs, ["/pause"]))) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    blobs = {name.rpartition("/")[2]: content for name, content in files.items() if name.startswith("blobs/")}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())
    described = json.loads(files["index.json"])["manifests"][0]
    assert described["annotations"] == {"io.containerd.image.name": "weir.dev/x:1"}
    manifest = json.loads(blobs[described["digest"].removeprefix("sha256:")])
    config = json.loads(blobs[manifest["config"]["digest"].removeprefix("sha256:")])
    assert config["config"]["Entrypoint"] == ["/pause"]
    layer = blobs[manifest["layers"][0]["digest"].removeprefix("sha256:")]
    with tarfile.open(fileobj=io.BytesIO(layer), mode="r:gz") as tar:
        assert [(member.name, member.mode) for member in tar] == [("pause", 0o755)]
