"""What all our pods have in common: the restricted security profile, volumes for claims, environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from weir_model import contract
from weir_model.uri import Uri
from weir_operator.api.v1alpha1.pods import Resources, SecretRef, Toleration
from weir_operator.plan.objects import Object

TMP: Final = "tmp"
TMP_DIR: Final = "/tmp"  # noqa: S108 - the mount point of an emptyDir of the pod's own


def pod_security() -> Object:
    """Return a pod's security context: what the restricted profile asks for, as the user of our images."""
    return {
        "runAsNonRoot": True,
        "runAsUser": contract.USER_ID,
        "runAsGroup": contract.USER_ID,
        "fsGroup": contract.USER_ID,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Object:
    """Return a container's security context: no privileges, no capabilities, nothing to write to but volumes."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def hardened(spec: Object, *, service_account: str | None) -> Object:
    """Return a pod's ``spec`` with what every pod of ours has."""
    common = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pod_security(),
    }
    return spec | common | ({"serviceAccountName": service_account} if service_account else {})


def placement(node_selector: dict[str, str], tolerations: Iterable[Toleration]) -> Object:
    """Return the part of a pod's spec that says where it may run."""
    found: Object = {}
    if node_selector:
        found["nodeSelector"] = dict(node_selector)
    wanted = [toleration.model_dump(mode="json", by_alias=True, exclude_none=True) for toleration in tolerations]
    if wanted:
        found["tolerations"] = wanted
    return found


def resources(wanted: Resources) -> Object:
    """Return a container's resources."""
    return {name: dict(amounts) for name in ("requests", "limits") if (amounts := getattr(wanted, name))}


def claims(*, read: Iterable[Uri] = (), write: Iterable[Uri] = ()) -> tuple[list[Object], list[Object]]:
    """Return volumes and mounts for the claims that some URIs live on.

    A claim is mounted once, writable when any URI on it is written to: one pod cannot mount a claim both ways.
    """
    writable = {uri.claim: True for uri in write if uri.claim}
    wanted = {uri.claim: False for uri in read if uri.claim} | writable
    volumes, mounts = [], []
    for index, (claim, writes) in enumerate(sorted(wanted.items())):
        name = f"claim-{index}"  # a claim's own name may be too long for a volume
        volumes.append({"name": name, "persistentVolumeClaim": {"claimName": claim, "readOnly": not writes}})
        mounts.append({"name": name, "mountPath": f"{contract.VOLUME_ROOT}/{claim}", "readOnly": not writes})
    return volumes, mounts


def empty_dir(name: str) -> Object:
    """Return a volume that lives as long as the pod."""
    return {"name": name, "emptyDir": {}}


def mount(name: str, path: str, *, read_only: bool = False) -> Object:
    """Return a mount of a volume."""
    return {"name": name, "mountPath": path, "readOnly": True} if read_only else {"name": name, "mountPath": path}


def environment(**values: str | int | None) -> list[Object]:
    """Return environment variables, without those that are None."""
    return [{"name": name, "value": str(value)} for name, value in values.items() if value is not None]


def credentials(secret: SecretRef | None) -> Object:
    """Return the part of a container that makes a Secret's keys environment variables."""
    return {"envFrom": [{"secretRef": {"name": secret.name}}]} if secret else {}


def command(module: str) -> list[str]:
    """Return the command that runs a module of ours."""
    return ["python3", "-m", module]
