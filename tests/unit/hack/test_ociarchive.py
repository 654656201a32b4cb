"""The node image is a well-formed OCI archive that says what is in it."""

import hashlib
import io
import json
import tarfile

import pytest

from cluster.onenode import delivery
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


def test_a_delivery_leaves_out_what_is_held(tmp_path):
    blobs = {hashlib.sha256(content).hexdigest(): content for content in (b"config", b"base", b"app")}
    config, base, app = (f"sha256:{name}" for name in blobs)
    manifest = {"config": {"digest": config}, "layers": [{"digest": base}, {"digest": app}, {"digest": app}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    for name, content in blobs.items():
        (tmp_path / name).write_bytes(content)
    stream = io.BytesIO()
    delivery.write(stream, tmp_path, "weir.dev/x:1", held={base})
    stream.seek(0)
    with tarfile.open(fileobj=stream) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    described = json.loads(files.pop("index.json"))["manifests"][0]
    assert described["annotations"] == {"io.containerd.image.name": "weir.dev/x:1"}
    names = {"oci-layout", *(f"blobs/{digest.replace(':', '/')}" for digest in (described["digest"], config, app))}
    assert set(files) == names
