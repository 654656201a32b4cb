"""The samples: valid, one for each kind, and fitting together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from builders.resources import stored
from contract.chart import Object, as_kubernetes_reads
from weir_model import contract
from weir_model.uri import Uri
from weir_operator.api.v1alpha1 import KINDS
from weir_training import sample_data

SAMPLES = Path(__file__).parents[2] / "manifests/samples"
FILES = sorted(SAMPLES.rglob("*.yaml"))
OF_KIND = {kind.KIND: kind for kind in KINDS}


def load(path: Path) -> Object:
    thing: Object = yaml.safe_load(path.read_text())
    return thing


SAMPLE = {thing["kind"]: thing for thing in map(load, FILES)}
POD = SAMPLE["Job"]["spec"]["template"]["spec"]


def test_there_is_one_for_each_kind() -> None:
    assert set(OF_KIND) | {"PersistentVolumeClaim", "Job"} == set(SAMPLE)
    assert len(FILES) == len(SAMPLE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_is_valid(path: Path) -> None:
    thing = load(path)
    if thing["kind"] in OF_KIND:
        assert thing["apiVersion"] == OF_KIND[thing["kind"]].API_VERSION
        assert OF_KIND[thing["kind"]].parse(stored(thing))
    else:
        assert thing == as_kubernetes_reads(thing)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_goes_into_any_namespace(path: Path) -> None:
    assert "namespace" not in load(path)["metadata"]


def test_the_steps_apply_every_file_in_order() -> None:
    named = re.findall(r"apply -f manifests/samples/(\S+)", (SAMPLES / "README.md").read_text())
    assert named == [path.name for path in FILES if path.parent == SAMPLES]


def test_the_data_is_written_where_the_run_reads_it() -> None:
    *program, name, uri = POD["containers"][0]["command"]
    assert program == ["python", "-m", sample_data.__name__]
    assert uri == SAMPLE["TrainingJob"]["spec"]["data"]["uri"]
    table = sample_data.DATA_SETS[name]()
    assert SAMPLE["TrainingJob"]["spec"]["data"]["target"] in table.column_names


def test_every_uri_is_on_the_sample_volume() -> None:
    claim = SAMPLE["PersistentVolumeClaim"]["metadata"]["name"]
    run = SAMPLE["TrainingJob"]["spec"]
    uris = [run["data"]["uri"], run["output"]["uri"], SAMPLE["ModelVersion"]["spec"]["artifact"]["uri"]]
    assert {Uri.parse(uri).claim for uri in uris} == {claim}
    assert POD["volumes"][0]["persistentVolumeClaim"] == {"claimName": claim}
    assert POD["containers"][0]["volumeMounts"][0]["mountPath"] == f"{contract.VOLUME_ROOT}/{claim}"


def test_the_endpoint_serves_what_the_run_makes() -> None:
    run, endpoint = SAMPLE["TrainingJob"], SAMPLE["ModelDeployment"]["spec"]
    assert (endpoint["model"], endpoint["version"]) == (run["spec"]["model"], run["metadata"]["name"])


def test_the_question_is_one_that_the_model_takes() -> None:
    """It has every column of the data but the target."""
    table = sample_data.DATA_SETS[POD["containers"][0]["command"][3]]()
    (instance,) = json.loads((SAMPLES / "question.json").read_text())["instances"]
    assert [*instance, SAMPLE["TrainingJob"]["spec"]["data"]["target"]] == table.column_names


def test_the_data_job_is_restricted() -> None:
    assert POD["securityContext"]["runAsUser"] == contract.USER_ID
    assert POD["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
