"""Certificates of the cluster: one authority, one client certificate per component. Runs openssl, knows no process."""

import json
from dataclasses import dataclass
from pathlib import Path

from cluster.onenode.render import addons
from cluster.onenode.render.kubernetes import kubeconfig
from cluster.onenode.settings import Settings
from machine.files import write_if_different
from machine.run import run

_DAYS = "365"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Identity:
    """Who a certificate says its holder is."""

    name: str
    user: str
    group: str = ""
    addresses: str = ""  # subjectAltName of a server, nothing for a client

    @property
    def subject(self) -> str:
        """The subject as openssl reads it."""
        return (f"/O={self.group}" if self.group else "") + f"/CN={self.user}"


def clients(settings: Settings) -> tuple[Identity, ...]:
    """Holders of a kubeconfig, by the file's name."""
    return (
        Identity("admin", "weir:admin", "system:masters"),
        Identity("kube-controller-manager", "system:kube-controller-manager"),
        Identity("kube-scheduler", "system:kube-scheduler"),
        Identity("kube-proxy", "system:kube-proxy"),
        Identity("kubelet", f"system:node:{settings.node}", "system:nodes"),
        Identity("coredns", addons.DNS_USER),
        Identity("local-path-provisioner", addons.STORAGE_USER),
    )


def others(settings: Settings) -> tuple[Identity, ...]:
    """Servers, and the API server as the kubelet's client."""
    names = ",".join(f"DNS:{name}" for name in _api_names(settings.node))
    service_ip = f"{settings.network}.16.1"
    return (
        Identity("apiserver", "kube-apiserver", addresses=f"{names},IP:{settings.node_ip},IP:{service_ip}"),
        Identity("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
        Identity("kubelet-server", settings.node, addresses=f"DNS:{settings.node},IP:{settings.node_ip}"),
    )


def issue(settings: Settings) -> None:
    """Make every certificate and kubeconfig that is not there yet."""
    settings.pki.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (settings.pki / "ca.crt").exists():
        _authority(settings.pki)
    if not (settings.pki / "sa.pub").exists():
        _account_key(settings.pki)
    for identity in (*others(settings), *clients(settings)):
        if not (settings.pki / f"{identity.name}.crt").exists():
            _certificate(settings.pki, identity)
    for identity in clients(settings):
        _write_kubeconfig(settings, identity)


def kubeconfig_path(settings: Settings, name: str) -> Path:
    """Where a client's kubeconfig lies."""
    return settings.kubeconfig if name == "admin" else settings.conf / f"{name}.kubeconfig"


def _api_names(node: str) -> tuple[str, ...]:
    service = "kubernetes.default.svc"
    return (node, "localhost", "kubernetes", "kubernetes.default", service, f"{service}.cluster.local")


def _authority(folder: Path) -> None:
    run(
        "openssl", "req", "-x509", *_NEW_KEY, "-days", _DAYS, "-subj", "/CN=weir-onenode-ca",
        "-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        "-keyout", folder / "ca.key", "-out", folder / "ca.crt",
    )  # fmt: skip


def _account_key(folder: Path) -> None:
    """The key that signs service-account tokens: RSA, as every client library can verify it."""
    run("openssl", "genrsa", "-out", folder / "sa.key", "2048")
    run("openssl", "rsa", "-in", folder / "sa.key", "-pubout", "-out", folder / "sa.pub")


def _certificate(folder: Path, identity: Identity) -> None:
    """A key and a certificate; the certificate comes last, so its presence means that both are complete."""
    usage = "serverAuth" if identity.addresses else "clientAuth"
    extensions = [
        "basicConstraints=critical,CA:false", "keyUsage=critical,digitalSignature", f"extendedKeyUsage={usage}",
        *([f"subjectAltName={identity.addresses}"] if identity.addresses else []),
    ]  # fmt: skip
    rough = folder / f".{identity.name}.crt"
    run(
        "openssl", "req", "-x509", "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", *_NEW_KEY,
        "-days", _DAYS, "-subj", identity.subject, *[word for line in extensions for word in ("-addext", line)],
        "-keyout", folder / f"{identity.name}.key", "-out", rough,
    )  # fmt: skip
    rough.rename(folder / f"{identity.name}.crt")


def _write_kubeconfig(settings: Settings, identity: Identity) -> None:
    certificate, key = (settings.pki / f"{identity.name}.{end}" for end in ("crt", "key"))
    ca = (settings.pki / "ca.crt").read_bytes()
    content = kubeconfig(settings, identity.user, ca, certificate.read_bytes(), key.read_bytes())
    write_if_different(kubeconfig_path(settings, identity.name), json.dumps(content, indent=2) + "\n", mode=0o600)
