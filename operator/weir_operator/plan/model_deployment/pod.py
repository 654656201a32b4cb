"""The pod that serves one version: fetch brings the artifact, the sidecar measures, the server answers.

The artifact's claim and credentials are the fetch container's alone; server and sidecar see verified files only.
"""

from __future__ import annotations

from typing import Final

from weir_model import contract
from weir_model.uri import Uri
from weir_operator.api.v1alpha1 import ModelDeployment, ModelVersion
from weir_operator.plan import labels, pods
from weir_operator.plan.objects import Object
from weir_operator.plan.observed import Settings

MODEL: Final = "model"
RUN: Final = "run"
DRAIN_SECONDS: Final = 5  # how long a server that has to go still listens, until no proxy sends it anything
SPARE_SECONDS: Final = 10  # for what comes after the last request

FETCH_RESOURCES: Final = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}
SIDECAR_RESOURCES: Final = {"requests": {"cpu": "25m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}


def spec(deployment: ModelDeployment, version: ModelVersion, settings: Settings) -> Object:
    """Return the spec of the pods that serve ``version``.

    Raises:
        weir_model.errors.UriError: the artifact's URI cannot be used.
    """
    volumes, mounts = pods.claims(read=[Uri.parse(version.spec.artifact.uri)])
    wanted = deployment.spec
    grace = wanted.server.timeout_seconds + DRAIN_SECONDS + SPARE_SECONDS
    found = {
        **pods.placement(wanted.node_selector, wanted.tolerations),
        "terminationGracePeriodSeconds": grace,
        "topologySpreadConstraints": [_spread(deployment, version)],
        "volumes": [*volumes, *(pods.empty_dir(name) for name in (MODEL, RUN, pods.TMP))],
        "initContainers": [_fetch(version, settings, mounts), _sidecar(deployment, version, settings)],
        "containers": [_server(deployment, version, settings)],
    }
    return pods.hardened(found, service_account=version.spec.service_account_name)


def _spread(deployment: ModelDeployment, version: ModelVersion) -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels.version_selector(deployment, version.metadata.name)},
    }


def _fetch(version: ModelVersion, settings: Settings, mounts: list[Object]) -> Object:
    artifact = version.spec.artifact
    variables = {contract.ENV_ARTIFACT_URI: artifact.uri, contract.ENV_ARTIFACT_DIGEST: artifact.digest}
    return {
        **_container(contract.FETCH_CONTAINER, contract.FETCH_MODULE, settings),
        "env": pods.environment(**variables),
        "resources": FETCH_RESOURCES,
        "volumeMounts": [*mounts, pods.mount(MODEL, contract.MODEL_DIR), pods.mount(pods.TMP, pods.TMP_DIR)],
        **pods.credentials(version.spec.credentials_secret_ref),
    }


def _sidecar(deployment: ModelDeployment, version: ModelVersion, settings: Settings) -> Object:
    return {
        **_container(contract.SIDECAR_CONTAINER, contract.SIDECAR_MODULE, settings),
        "restartPolicy": "Always",  # a native sidecar: starts before the server and ends after it
        "env": pods.environment(**_identity(deployment, version)),
        "resources": SIDECAR_RESOURCES,
        "ports": [{"name": "metrics", "containerPort": contract.SIDECAR_PORT}],
        "startupProbe": _probe(contract.SIDECAR_READY_PATH, "metrics", period=1, failures=60),
        "readinessProbe": _probe(contract.SIDECAR_READY_PATH, "metrics", period=5, failures=3),
        "volumeMounts": _loading(),
    }


def _server(deployment: ModelDeployment, version: ModelVersion, settings: Settings) -> Object:
    wanted = deployment.spec.server
    variables = _identity(deployment, version) | {
        contract.ENV_THREADS: wanted.threads,
        contract.ENV_TIMEOUT_SECONDS: wanted.timeout_seconds,
        contract.ENV_MAX_REQUEST_MIB: wanted.max_request_mib,
        contract.ENV_DRAIN_SECONDS: DRAIN_SECONDS,
    }
    return {
        **_container(contract.SERVER_CONTAINER, contract.SERVER_MODULE, settings),
        "env": pods.environment(**variables),
        "resources": pods.resources(wanted.resources),
        "ports": [{"name": "http", "containerPort": contract.HTTP_PORT}],
        "startupProbe": _probe(contract.READY_PATH, "http", period=1, failures=300),
        "readinessProbe": _probe(contract.READY_PATH, "http", period=2, failures=2),
        "livenessProbe": _probe(contract.LIVE_PATH, "http", period=10, failures=3),
        "volumeMounts": _loading(),
    }


def _container(name: str, module: str, settings: Settings) -> Object:
    return {
        "name": name,
        "image": settings.serving_image,
        "imagePullPolicy": settings.pull_policy,
        "command": pods.command(module),
        "securityContext": pods.container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _identity(deployment: ModelDeployment, version: ModelVersion) -> dict[str, str | int | None]:
    return {
        contract.ENV_MODEL: version.spec.model,
        contract.ENV_VERSION: version.metadata.name,
        contract.ENV_DEPLOYMENT: deployment.metadata.name,
        contract.ENV_ARTIFACT_DIGEST: version.spec.artifact.digest,
    }


def _loading() -> list[Object]:
    return [
        pods.mount(MODEL, contract.MODEL_DIR, read_only=True),
        pods.mount(RUN, contract.RUN_DIR),
        pods.mount(pods.TMP, pods.TMP_DIR),
    ]


def _probe(path: str, port: str, *, period: int, failures: int) -> Object:
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": 5,
    }
