"""Configuration of containerd and of the pod network. Pure."""

from cluster.onenode.settings import Settings

CNI_NETWORK = "weir-onenode"
CNI_PLUGINS = "/usr/lib/cni"


def containerd(settings: Settings, node_image: str, may_raise_priority: bool) -> str:
    """A config of our own: nothing of it lies in a shared folder, so `down` can remove all of it."""
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    return f"""\
version = 2
root = "{settings.state}/containerd"
state = "{settings.run}/containerd"

[grpc]
  address = "{settings.containerd}"

[plugins."io.containerd.internal.v1.opt"]
  path = "{settings.state}/opt"

[{cri}]
  sandbox_image = "{node_image}"
  # Without CAP_SYS_RESOURCE no process may lower its own score, and every sandbox would die at once.
  restrict_oom_score_adj = {str(not may_raise_priority).lower()}
  netns_mounts_under_state_dir = true
  disable_apparmor = true  # a profile would stay loaded in the kernel

[{cri}.cni]
  bin_dir = "{CNI_PLUGINS}"
  conf_dir = "{settings.conf}/cni"

[{cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[{cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
  Root = "{settings.run}/runc"
"""


def cni(settings: Settings) -> dict[str, object]:
    """A routed network: ptp sends everything through the host, so Services work without bridge netfilter."""
    ipam = {
        "type": "host-local",
        "ranges": [[{"subnet": settings.pod_cidr, "gateway": settings.node_ip}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": f"{settings.state}/cni",
    }
    return {
        "cniVersion": "0.4.0",
        "name": CNI_NETWORK,
        # Masquerading is one table of ours, not rules per pod.
        "plugins": [{"type": "ptp", "ipMasq": False, "ipam": ipam}],
    }
