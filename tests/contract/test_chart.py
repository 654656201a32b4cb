"""The chart: what it makes with which settings, and that helm and Kubernetes' own types take it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from builders.resources import model_deployment, model_version, stored
from contract.chart import CHART, ROOT, HelmError, Object, as_kubernetes_reads, helm, is_hook, only, render
from weir_model import contract
from weir_operator.api.v1alpha1 import KINDS, ModelDeployment, ModelVersion
from weir_operator.kopf_edge.configuration import from_environment
from weir_operator.plan.model_deployment import pod
from weir_operator.plan.observed import Settings
from weir_operator.release import main as release

pytestmark = pytest.mark.timeout(900)  # the first run on a machine builds helm

NODES = "operator.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
EVERYTHING = (
    "watchNamespaces={team-a,team-b}",
    "imagePullSecrets[0].name=registry",
    "operator.priorityClassName=system-cluster-critical",
    "operator.nodeSelector.pool=system",
    "operator.tolerations[0].operator=Exists",
    "operator.podAnnotations.note=a",
    "operator.podLabels.team=a",
    "operator.env[0].name=HTTPS_PROXY",
    "operator.env[0].value=http://proxy",
    f"{NODES}.matchFields[0].key=metadata.name",
    f"{NODES}.matchFields[0].operator=Exists",
    "serviceAccount.annotations.role=a",
    "artifacts.uri=s3://models",
)
SETTINGS: dict[str, tuple[str, ...]] = {
    "the defaults": (),
    "every setting": EVERYTHING,
    "no definitions, roles and accounts": ("crds.install=false", "rbac.create=false", "serviceAccount.create=false"),
    "definitions that go with the release": ("crds.keep=false",),
}

every_setting = pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())


@every_setting
def test_helm_lints_it(settings: tuple[str, ...]) -> None:
    options = [option for setting in settings for option in ("--set", setting)]
    assert "0 chart(s) failed" in helm("lint", "--strict", str(CHART), "--kube-version", "1.33.0", *options)


@every_setting
def test_kubernetes_types_know_every_field(settings: tuple[str, ...]) -> None:
    for thing in render(*settings):
        assert thing == as_kubernetes_reads(thing)


REFUSED = {
    "a setting that does not exist": ("operator.replicas=2", "replicas"),
    "a section that does not exist": ("prometheus.enabled=true", "prometheus"),
    "an unknown log level": ("operator.logLevel=loud", "logLevel"),
    "an unknown pull policy": ("imagePullPolicy=Sometimes", "imagePullPolicy"),
    "an image without a repository": ("operator.image.repository=", "repository"),
    "artifacts that cannot be written": ("artifacts.uri=https://host/x", "artifacts"),
    "a namespace that is none": ("watchNamespaces={Team A}", "watchNamespaces"),
}


@pytest.mark.parametrize(("setting", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(setting: str, told: str) -> None:
    with pytest.raises(HelmError, match=told):
        render(setting)


def test_every_value_is_in_the_schema_and_explained() -> None:
    text = (CHART / "values.yaml").read_text()
    assert set(yaml.safe_load(text)) | {"global"} == set(
        yaml.safe_load((CHART / "values.schema.json").read_text())["properties"]
    )


def test_its_version_is_that_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert f'version = "{chart["version"]}"' in (ROOT / "pyproject.toml").read_text()
    assert chart["version"] == chart["appVersion"]


def operator(*settings: str) -> Object:
    container: Object = only(render(*settings), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    return container


def environment(*settings: str) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in operator(*settings)["env"]}


def test_the_operator_learns_its_settings_from_the_environment() -> None:
    expected = {
        "WEIR_TRAINING_IMAGE": "weir.dev/training:0.1.0",
        "WEIR_SERVING_IMAGE": "weir.dev/serving:0.1.0",
        "WEIR_IMAGE_PULL_POLICY": "IfNotPresent",
        "WEIR_ARTIFACT_URI_DEFAULT": "",
        "WEIR_WATCH_NAMESPACES": "",
        "WEIR_LOG_LEVEL": "info",
        "WEIR_RESYNC_SECONDS": "300",
    }
    assert expected == environment()


def test_settings_reach_the_operator() -> None:
    found = from_environment(
        environment(
            "watchNamespaces={team-a,team-b}",
            "artifacts.uri=s3://models",
            "training.image.repository=registry/training",
            "training.image.tag=abc",
            "imagePullPolicy=Never",
            "operator.logLevel=debug",
            "operator.resyncSeconds=60",
        )
    )
    assert found.settings == Settings("registry/training:abc", "weir.dev/serving:0.1.0", "Never", "s3://models")
    assert (found.namespaces, found.log_level, found.resync) == (("team-a", "team-b"), "DEBUG", 60)


def test_the_defaults_are_the_operators_own() -> None:
    required = {name: value for name, value in environment().items() if name.endswith("_IMAGE")}
    assert from_environment(required) == from_environment(environment())


def test_the_operator_reads_every_variable_that_it_is_given() -> None:
    read: set[str] = set()

    class Recorder(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            read.add(name)
            return super().get(name, default)

    from_environment(Recorder(environment()))
    assert set(environment()) - read == set()


def test_the_operator_is_asked_on_the_ports_that_it_serves() -> None:
    ports = {port["name"]: port["containerPort"] for port in operator()["ports"]}
    assert ports == {"health": contract.OPERATOR_HEALTH_PORT, "metrics": contract.OPERATOR_METRICS_PORT}


def test_one_operator_works_at_a_time() -> None:
    deployment = only(render(), "Deployment")["spec"]
    assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})


def test_the_metrics_service_selects_the_operator_and_nothing_else() -> None:
    objects = render()
    selector = only(objects, "Service")["spec"]["selector"]
    labels = only(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]
    hook = only(objects, "Job")["spec"]["template"]["metadata"]["labels"]
    assert selector.items() <= labels.items()
    assert not selector.items() <= hook.items()


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_pods_are_restricted(kind: str) -> None:
    spec = only(render(), kind)["spec"]["template"]["spec"]
    assert spec["enableServiceLinks"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == contract.USER_ID
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize(("keep", "expected"), [("true", "keep"), ("false", None)])
def test_definitions_stay_when_the_release_goes(keep: str, expected: str | None) -> None:
    definitions = [thing for thing in render(f"crds.keep={keep}") if thing["kind"] == "CustomResourceDefinition"]
    policies = {d["metadata"].get("annotations", {}).get("helm.sh/resource-policy") for d in definitions}
    assert policies == {expected}


def test_definitions_are_those_of_the_repository() -> None:
    rendered = {t["metadata"]["name"]: t for t in render() if t["kind"] == "CustomResourceDefinition"}
    assert set(rendered) == {f"{kind.PLURAL}.{kind.GROUP}" for kind in KINDS}
    for name, definition in rendered.items():
        assert definition["spec"] == yaml.safe_load((ROOT / f"crds/{name}.yaml").read_text())["spec"]


def test_watching_some_namespaces_needs_no_right_elsewhere() -> None:
    objects = render("watchNamespaces={team-a,team-b}", "rbac.aggregate=false")
    assert [thing for thing in objects if thing["kind"].startswith("Cluster")] == []
    granted = {t["metadata"]["namespace"] for t in objects if t["kind"] == "Role" and not is_hook(t)}
    assert granted == {"team-a", "team-b"}


def test_the_uninstallation_releases_objects_before_anything_goes() -> None:
    hooks = [thing for thing in render() if is_hook(thing)]
    assert {thing["metadata"]["annotations"]["helm.sh/hook"] for thing in hooks} == {"pre-delete"}
    weights = {thing["kind"]: int(thing["metadata"]["annotations"]["helm.sh/hook-weight"]) for thing in hooks}
    assert weights.pop("Job") > max(weights.values())


@pytest.mark.parametrize("setting", ["uninstall.releaseObjects=false", "rbac.create=false"])
def test_the_uninstallation_can_be_left_alone(setting: str) -> None:
    assert not [thing for thing in render(setting) if is_hook(thing)]


def test_the_uninstallation_calls_the_program_as_it_wants_to_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    container = only(render("watchNamespaces={a,b}"), "Job")["spec"]["template"]["spec"]["containers"][0]
    assert container["command"] == ["python", "-m", release.__module__]
    seen: list[Any] = []
    monkeypatch.setattr("weir_operator.release.config.load_config", lambda: None)
    monkeypatch.setattr("weir_operator.release.KubernetesCluster", lambda *arguments: seen.append(arguments))
    monkeypatch.setattr("weir_operator.release.release", lambda *_arguments, **_options: None)
    release(container["args"])
    assert seen == [("weir-system", "weir-operator", ["a", "b"])]


def test_monitors_find_what_they_scrape() -> None:
    settings = ("metrics.serviceMonitor.enabled=true", "metrics.podMonitor.enabled=true", "watchNamespaces={team-a}")
    objects = render(*settings)
    service, monitor = only(objects, "Service"), only(objects, "ServiceMonitor")["spec"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] in [port["name"] for port in service["spec"]["ports"]]
    pods = only(objects, "PodMonitor")["spec"]
    assert pods["namespaceSelector"] == {"matchNames": ["team-a"]}
    (endpoint,) = pods["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == (sidecar_port_name(), contract.METRICS_PATH)


def sidecar_port_name() -> str:
    deployment, version = ModelDeployment.parse(stored(model_deployment())), ModelVersion.parse(stored(model_version()))
    containers = pod.spec(deployment, version, Settings("training", "serving"))["initContainers"]
    (name,) = (
        port["name"]
        for container in containers
        for port in container.get("ports", [])
        if port["containerPort"] == contract.SIDECAR_PORT
    )
    return str(name)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((), ["artifacts.uri is not set", "watches every namespace", "keeps the definitions"]),
        (("crds.keep=false", "watchNamespaces={a}"), ["watches the namespaces a.", "DELETES the definitions"]),
    ],
)
def test_the_notes_say_what_was_installed(settings: tuple[str, ...], expected: list[str]) -> None:
    options = [option for setting in settings for option in ("--set", setting)]
    notes = helm("install", "weir", str(CHART), "-n", "weir-system", "--dry-run=client", *options)
    text = notes.partition("NOTES:")[2]
    assert [part for part in expected if part not in text] == []
