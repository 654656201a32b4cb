"""The host processes of the cluster: their command lines, the files these read, and how health is asked for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.onenode.settings import Settings

BASE_STAGE, API_STAGE, NODE_STAGE = 1, 2, 3


@dataclass(frozen=True)
class Component:
    """A process: `reads` are the files whose change means a restart; `health` is a URL, a socket, or nothing to ask."""

    name: str
    argv: tuple[str, ...]
    reads: tuple[Path, ...]
    health: str
    stage: int  # a stage starts when the one before is healthy


def components(settings: Settings, programs: Mapping[str, Path]) -> tuple[Component, ...]:
    """All of them, in the order of their stages."""
    return (
        _etcd(settings, programs["etcd"]),
        _containerd(settings, programs["containerd"]),
        _api_server(settings, programs["kube-apiserver"]),
        _controller_manager(settings, programs["kube-controller-manager"]),
        _scheduler(settings, programs["kube-scheduler"]),
        _kubelet(settings, programs["kubelet"]),
        _kube_proxy(settings, programs["kube-proxy"]),
        _coredns(settings, programs["coredns"]),
        _storage(settings, programs["local-path-provisioner"]),
    )


def _etcd(settings: Settings, program: Path) -> Component:
    argv = (
        str(program),
        f"--data-dir={settings.state}/etcd",
        f"--listen-client-urls=unix://{settings.etcd}",
        f"--listen-peer-urls=unix://{settings.run}/etcd-peer.sock",
        # These have to be a host and a port, yet nobody calls them: there are no peers.
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--initial-advertise-peer-urls=http://127.0.0.1:2380",
        "--initial-cluster=default=http://127.0.0.1:2380",
        "--unsafe-no-fsync",  # a cluster to throw away does not outlive a power cut
    )
    return Component("etcd", argv, (), f"unix://{settings.etcd}", BASE_STAGE)


def _containerd(settings: Settings, program: Path) -> Component:
    config = settings.conf / "containerd.toml"
    return Component(
        "containerd", (str(program), "--config", str(config)), (config,), f"unix://{settings.containerd}", BASE_STAGE
    )


def _api_server(settings: Settings, program: Path) -> Component:
    pki = settings.pki
    argv = (
        str(program),
        f"--etcd-servers=unix://{settings.etcd}",
        f"--bind-address={settings.node_ip}",
        f"--advertise-address={settings.node_ip}",
        "--secure-port=6443",
        f"--service-cluster-ip-range={settings.service_cidr}",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--client-ca-file={pki}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",  # nothing resolves the node's name
        f"--kubelet-certificate-authority={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
        f"--kubelet-client-key={pki}/apiserver-kubelet-client.key",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/sa.pub",
        f"--service-account-signing-key-file={pki}/sa.key",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
    )
    reads = (pki / "ca.crt", pki / "apiserver.crt", pki / "sa.pub")
    return Component("kube-apiserver", argv, reads, f"{settings.server}/readyz", API_STAGE)


def _controller_manager(settings: Settings, program: Path) -> Component:
    argv = (
        str(program),
        *_delegated(settings, "kube-controller-manager"),
        f"--root-ca-file={settings.pki}/ca.crt",
        f"--cluster-signing-cert-file={settings.pki}/ca.crt",
        f"--cluster-signing-key-file={settings.pki}/ca.key",
        f"--service-account-private-key-file={settings.pki}/sa.key",
        "--use-service-account-credentials=true",
        f"--flex-volume-plugin-dir={settings.state}/kubelet-plugins",
    )
    reads = (settings.conf / "kube-controller-manager.kubeconfig",)
    return Component("kube-controller-manager", argv, reads, f"https://{settings.node_ip}:10257/healthz", NODE_STAGE)


def _scheduler(settings: Settings, program: Path) -> Component:
    argv = (str(program), *_delegated(settings, "kube-scheduler"))
    reads = (settings.conf / "kube-scheduler.kubeconfig",)
    return Component("kube-scheduler", argv, reads, f"https://{settings.node_ip}:10259/readyz", NODE_STAGE)


def _delegated(settings: Settings, name: str) -> tuple[str, ...]:
    """What the controller manager and the scheduler share: there is one of each, so nobody is elected."""
    kubeconfig = settings.conf / f"{name}.kubeconfig"
    return (
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--bind-address={settings.node_ip}",
        "--leader-elect=false",
    )


def _kubelet(settings: Settings, program: Path) -> Component:
    config = settings.conf / "kubelet.json"
    argv = (
        str(program),
        f"--config={config}",
        f"--kubeconfig={settings.conf}/kubelet.kubeconfig",
        f"--root-dir={settings.state}/kubelet",
        f"--cert-dir={settings.pki}/kubelet",
        f"--hostname-override={settings.node}",
        f"--node-ip={settings.node_ip}",
    )
    return Component("kubelet", argv, (config,), f"http://{settings.node_ip}:10248/healthz", NODE_STAGE)


def _kube_proxy(settings: Settings, program: Path) -> Component:
    config = settings.conf / "kube-proxy.json"
    return Component(
        "kube-proxy",
        (str(program), f"--config={config}"),
        (config,),
        f"http://{settings.node_ip}:10256/healthz",
        NODE_STAGE,
    )


def _coredns(settings: Settings, program: Path) -> Component:
    config = settings.conf / "Corefile"
    return Component(
        "coredns", (str(program), "-conf", str(config)), (config,), f"http://{settings.node_ip}:8181/ready", NODE_STAGE
    )


def _storage(settings: Settings, program: Path) -> Component:
    config, helper = settings.conf / "local-path.json", settings.conf / "local-path-helper.json"
    argv = (
        str(program), "start",
        f"--config={config}",
        f"--helper-pod-file={helper}",
        f"--kubeconfig={settings.conf}/local-path-provisioner.kubeconfig",
        "--namespace=local-path-storage",
    )  # fmt: skip
    return Component("local-path-provisioner", argv, (config, helper), "", NODE_STAGE)
