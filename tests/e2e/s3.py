"""An S3 server inside a namespace: versitygw, built from its Go module and copied into a pod."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

from e2e.conftest import Workspace
from e2e.objects import Object
from machine import gobuild
from machine.gobuild import Tool

VERSITYGW = Tool(
    "versitygw", Path(__file__).parent / "versitygw", "github.com/versity/versitygw/cmd/versitygw",
    "github.com/versity/versitygw",
)  # fmt: skip
PORT = 7070
BUCKET = "lake"
CREDENTIALS = "lake-credentials"

START = f"""
mkdir -p /srv/data/{BUCKET} && cat > /srv/versitygw && chmod +x /srv/versitygw
"""


def start(workspace: Workspace, image: str) -> None:
    """Start the server; its Secret has the standard variables that clients of S3 read."""
    key = {"id": secrets.token_hex(8), "secret": secrets.token_hex(16)}
    workspace.apply(_secret(workspace.name, key), _service(), _pod(image))
    workspace.run("wait", "--for=jsonpath={.status.containerStatuses[0].started}=true", "pod/s3", "--timeout=60s")
    program = gobuild.ensure([VERSITYGW])["versitygw"]
    command = ["kubectl", "-n", workspace.name, "exec", "-i", "s3", "--", "sh", "-c", START]
    with program.open("rb") as binary:
        subprocess.run(command, stdin=binary, check=True, timeout=120)
    workspace.run("exec", "s3", "--", "touch", "/srv/go")
    workspace.run("wait", "--for=condition=Ready", "pod/s3", "--timeout=60s")


def _secret(namespace: str, key: dict[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": CREDENTIALS},
        "stringData": {
            "AWS_ACCESS_KEY_ID": key["id"],
            "AWS_SECRET_ACCESS_KEY": key["secret"],
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://s3.{namespace}.svc:{PORT}",
            "AWS_ALLOW_HTTP": "true",
        },
    }


def _service() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s3"},
        "spec": {"selector": {"app": "s3"}, "ports": [{"port": PORT}]},
    }


def _pod(image: str) -> Object:
    variables = {"ROOT_ACCESS_KEY": "AWS_ACCESS_KEY_ID", "ROOT_SECRET_KEY": "AWS_SECRET_ACCESS_KEY"}
    wait = f"until [ -e /srv/go ]; do sleep 0.2; done; exec /srv/versitygw --port :{PORT} posix --nometa /srv/data"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "s3", "labels": {"app": "s3"}},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "fsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "s3",
                    "image": image,
                    "command": ["sh", "-c", wait],
                    "env": [
                        {"name": name, "valueFrom": {"secretKeyRef": {"name": CREDENTIALS, "key": key}}}
                        for name, key in variables.items()
                    ],
                    "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                    "volumeMounts": [{"name": "srv", "mountPath": "/srv"}],
                }
            ],
            "volumes": [{"name": "srv", "emptyDir": {}}],
        },
    }
