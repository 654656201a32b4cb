"""Configuration files of the Kubernetes node components, and kubeconfigs. Pure."""

import base64

from cluster.onenode.settings import Settings


def kubelet(settings: Settings) -> dict[str, object]:
    """KubeletConfiguration: like kind's where a test could tell, with every path below the state folder."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": settings.node_ip,
        "healthzBindAddress": settings.node_ip,
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{settings.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{settings.pki}/kubelet-server.crt",
        "tlsPrivateKeyFile": f"{settings.pki}/kubelet-server.key",
        "containerRuntimeEndpoint": f"unix://{settings.containerd}",
        "cgroupDriver": "cgroupfs",
        # A root of our own: another kubelet's pods on this machine are not orphans of ours.
        "cgroupRoot": f"/{settings.cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [settings.node_ip],
        "resolvConf": "",  # pods do not inherit the search domains of whoever runs the tests
        "makeIPTablesUtilChains": False,
        "podLogsDir": f"{settings.logs}/pods",
        "volumePluginDir": f"{settings.state}/kubelet-plugins",
        # Nothing is evicted and no image is collected: a test must not depend on how full the disk is,
        # and a loaded image could not be pulled again.
        "evictionHard": {"imagefs.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%"},
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
    }


def kube_proxy(settings: Settings) -> dict[str, object]:
    """KubeProxyConfiguration: nftables, and no change to the machine's connection tracking limits."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clusterCIDR": settings.pod_cidr,
        "hostnameOverride": settings.node,
        "healthzBindAddress": f"{settings.node_ip}:10256",
        "metricsBindAddress": f"{settings.node_ip}:10249",
        "clientConnection": {"kubeconfig": f"{settings.conf}/kube-proxy.kubeconfig"},
        "conntrack": {
            "maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s",
        },
    }  # fmt: skip


def kubeconfig(settings: Settings, user: str, ca: bytes, certificate: bytes, key: bytes) -> dict[str, object]:
    """A kubeconfig that stands alone: it can be copied to where the state folder is not."""
    name = settings.node
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {"name": name, "cluster": {"server": settings.server, "certificate-authority-data": _text(ca)}},
        ],
        "users": [
            {"name": user, "user": {"client-certificate-data": _text(certificate), "client-key-data": _text(key)}},
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
