"""The fake behaves like a cluster."""

from __future__ import annotations

import pytest

from builders.cluster_contract import ClusterContract
from builders.fake_cluster import FakeCluster


class TestFakeCluster(ClusterContract):
    @pytest.fixture
    def namespace(self) -> str:
        return "team-a"

    @pytest.fixture
    def cluster(self) -> FakeCluster:
        return FakeCluster()
