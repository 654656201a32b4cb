"""Where the one-node cluster lives and which addresses it takes. Pure values: touches nothing."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Everything about the cluster that is chosen rather than found. One machine holds one such cluster."""

    state: Path = Path("/var/lib/weir-onenode")  # short: Unix socket paths end at 107 bytes
    network: str = "10.213"
    node: str = "weir-onenode"
    link: str = "weir0"
    table: str = "weir-onenode"
    cgroup: str = "weir-onenode"

    @property
    def node_ip(self) -> str:
        """The address of the node: the API server, the kubelet and DNS listen here, never on all addresses."""
        return f"{self.network}.0.1"

    @property
    def pod_cidr(self) -> str:
        """Addresses of pods; the first is the node's own."""
        return f"{self.network}.0.0/24"

    @property
    def service_cidr(self) -> str:
        """Addresses of Services; the first is the API server's."""
        return f"{self.network}.16.0/20"

    @property
    def server(self) -> str:
        """The API server's URL."""
        return f"https://{self.node_ip}:6443"

    @property
    def run(self) -> Path:
        """Sockets and process records."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """One log per component, and the pods' logs."""
        return self.state / "logs"

    @property
    def pki(self) -> Path:
        """Certificates and keys."""
        return self.state / "pki"

    @property
    def conf(self) -> Path:
        """Rendered configuration."""
        return self.state / "conf"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.state / "kubeconfig"

    @property
    def containerd(self) -> Path:
        """The socket of containerd."""
        return self.run / "containerd.sock"

    @property
    def etcd(self) -> Path:
        """The socket of etcd: no port, so that no pod can reach it."""
        return self.run / "etcd.sock"


def from_environment() -> Settings:
    """The settings of this machine; WEIR_ONENODE_NETWORK moves the addresses when 10.213 is taken."""
    return Settings(network=os.environ.get("WEIR_ONENODE_NETWORK", Settings.network))
