"""Objects that the cluster's own helpers need: the default StorageClass, and what DNS and storage may do. Pure."""

from collections.abc import Mapping, Sequence

STORAGE_NAMESPACE = "local-path-storage"  # kind's name for it
STORAGE_ACCOUNT = "local-path-provisioner-service-account"
DNS_USER = "system:coredns"
STORAGE_USER = "weir:local-path-provisioner"

_READ = ("get", "list", "watch")
_WRITE = (*_READ, "create", "patch", "update", "delete")

_DNS_RULES = (
    ("", ("services", "namespaces", "pods", "endpoints"), _READ),
    ("discovery.k8s.io", ("endpointslices",), _READ),
)
_STORAGE_RULES = (
    ("", ("nodes", "persistentvolumeclaims", "configmaps"), _READ),
    ("", ("persistentvolumes", "pods"), _WRITE),
    ("", ("events",), ("create", "patch")),
    ("storage.k8s.io", ("storageclasses",), _READ),
)

Rules = Sequence[tuple[str, Sequence[str], Sequence[str]]]


def objects() -> dict[str, object]:
    """One List, applied by one kubectl call."""
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": STORAGE_NAMESPACE}},
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": STORAGE_ACCOUNT, "namespace": STORAGE_NAMESPACE},
            },
            *_allow("weir:coredns", DNS_USER, _DNS_RULES),
            *_allow("weir:local-path-provisioner", STORAGE_USER, _STORAGE_RULES),
            _storage_class(),
        ],
    }


def _storage_class() -> Mapping[str, object]:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "rancher.io/local-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def _allow(name: str, user: str, rules: Rules) -> list[Mapping[str, object]]:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [
            {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
            for group, resources, verbs in rules
        ],
    }
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }
    return [role, binding]
