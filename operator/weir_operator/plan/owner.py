"""Metadata of children: name, labels and the owner reference that lets Kubernetes collect them with their parent."""

from __future__ import annotations

from weir_operator.api.v1alpha1 import Kind
from weir_operator.plan.objects import Object


def metadata(parent: Kind, name: str, labels: dict[str, str]) -> Object:
    """Return the metadata of a child that ``parent`` owns."""
    return {
        "name": name,
        "namespace": parent.metadata.namespace,
        "labels": labels,
        "ownerReferences": [
            {
                "apiVersion": parent.API_VERSION,
                "kind": parent.KIND,
                "name": parent.metadata.name,
                "uid": parent.metadata.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }
