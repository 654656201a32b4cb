"""The programs of the one-node cluster and the Go modules that pin them. Building is gobuild's."""

from pathlib import Path

from machine.gobuild import Tool

ONENODE = Path(__file__).resolve().parents[3] / "onenode"
_KUBERNETES = ONENODE / "kubernetes"

# Without these the components call themselves v0.0.0 and disagree with each other.
_STAMPS = (
    "k8s.io/component-base/version.gitVersion={version}",
    "k8s.io/component-base/version.gitMajor={major}",
    "k8s.io/component-base/version.gitMinor={minor}",
    "k8s.io/client-go/pkg/version.gitVersion={version}",
)


def _kubernetes(name: str) -> Tool:
    return Tool(name, _KUBERNETES, f"k8s.io/kubernetes/cmd/{name}", "k8s.io/kubernetes", _STAMPS)


KUBECTL = _kubernetes("kubectl")
HELM = Tool(
    "helm", _KUBERNETES, "helm.sh/helm/v4/cmd/helm", "helm.sh/helm/v4",
    ("helm.sh/helm/v4/internal/version.version={version}",),
)  # fmt: skip
KIND = Tool("kind", ONENODE / "kind", "sigs.k8s.io/kind", "sigs.k8s.io/kind")
PAUSE = Tool("pause", ONENODE / "pause", "./pause")
VOLUME = Tool("volume", ONENODE / "pause", "./volume")

ONENODE_TOOLS = (
    _kubernetes("kube-apiserver"),  # first: it fills the compile cache for the rest
    Tool("etcd", ONENODE / "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    _kubernetes("kubelet"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    _kubernetes("kube-proxy"),
    KUBECTL,
    Tool("coredns", _KUBERNETES, "./coredns", "github.com/coredns/coredns"),
    Tool(
        "local-path-provisioner", _KUBERNETES,
        "github.com/rancher/local-path-provisioner", "github.com/rancher/local-path-provisioner",
    ),
    HELM,
    PAUSE,
    VOLUME,
)  # fmt: skip
