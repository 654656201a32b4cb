"""What `down` looks for: mounts, cgroups, processes, sockets, files outside the state folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.onenode import cgroups, daemon, mounts, proc, snapshot, strays, sysctls
from cluster.onenode.components import Component
from cluster.onenode.settings import Settings
from machine.wait import until

MOUNTINFO = """\
20 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 20 0:30 / /s/run/rootfs rw - overlay overlay rw
31 30 0:31 / /s/run/rootfs/deep rw - tmpfs tmpfs rw
32 20 0:32 / /s/kubelet/a\\040b rw - tmpfs tmpfs rw
33 20 0:33 / /something/s rw - tmpfs tmpfs rw
34 20 0:34 / /search rw - tmpfs tmpfs rw
"""


def test_mounts_below_come_last_mounted_first_and_unescaped():
    assert mounts.below(MOUNTINFO, "/s") == ["/s/kubelet/a b", "/s/run/rootfs/deep", "/s/run/rootfs"]


CGROUPS = {
    "below ours, first version": ("5:memory:/weir-onenode/kubepods/pod1\n0::/\n", True),
    "below ours, unified": ("0::/weir-onenode/kubepods/besteffort/pod1\n", True),
    "a name that only starts like ours": ("0::/weir-onenode2/x\n", False),
    "somebody's group inside another": ("0::/user.slice/weir-onenode\n", False),
    "the root": ("0::/\n", False),
    "a controller's name holds a colon": ("1:name=systemd:/weir-onenode\n", True),
}


@pytest.mark.parametrize(("text", "expected"), CGROUPS.values(), ids=CGROUPS.keys())
def test_cgroup_has(text, expected):
    assert expected == proc.cgroup_has(text, "weir-onenode")


@pytest.fixture
def settings(tmp_path):
    made = Settings(state=tmp_path / "state")
    made.run.mkdir(parents=True)
    return made


@pytest.fixture
def sleeper(settings):
    """A component that runs until the test ends."""
    component = Component("sleeper", (sys.executable, "-c", "import time; time.sleep(60)"), (), "", 1)
    daemon.start(component, settings)
    yield component
    pid = daemon.pid_of("sleeper", settings)
    daemon.stop([pid] if pid else [], patience=0)


def test_a_started_process_is_found_by_record_and_by_mark(settings, sleeper):
    pid = daemon.running(sleeper, settings)
    assert pid is not None
    # A process that is being replaced by its program shows no environment for a moment.
    until(lambda: proc.marked(daemon.MARK, str(settings.state)) == {pid}, 5, "the mark to show")
    assert proc.marked(daemon.MARK, "/elsewhere") == set()


def test_a_started_process_has_a_session_of_its_own(settings, sleeper):
    assert os.getsid(daemon.pid_of(sleeper.name, settings)) != os.getsid(0)


def test_a_changed_component_does_not_count_as_running(settings, sleeper):
    changed = Component("sleeper", (*sleeper.argv, "more"), (), "", 1)
    assert daemon.running(changed, settings) is None
    assert daemon.pid_of("sleeper", settings) is not None


def test_a_stopped_process_is_gone(settings, sleeper):
    pid = daemon.pid_of("sleeper", settings)
    daemon.stop([pid], patience=5)
    assert daemon.running(sleeper, settings) is None


def test_another_process_with_the_recorded_pid_is_not_ours(settings, sleeper):
    path = settings.run / f"{sleeper.name}.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "start": record["start"] - 1}))
    assert daemon.pid_of(sleeper.name, settings) is None
    path.write_text(json.dumps(record))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"pid": "x"}'])
def test_a_damaged_record_means_not_running(settings, content):
    (settings.run / "sleeper.json").write_text(content)
    assert daemon.pid_of("sleeper", settings) is None


def test_a_restart_keeps_the_last_log(settings):
    component = Component("talker", (sys.executable, "-c", "print('hello')"), (), "", 1)
    for _ in range(2):
        daemon.start(component, settings)
        pid = json.loads((settings.run / "talker.json").read_text())["pid"]
        os.waitpid(pid, 0)
    assert (settings.logs / "talker.log").read_text() == "hello\n"
    assert (settings.logs / "talker.log.previous").read_text() == "hello\n"


def test_an_ended_process_that_nobody_collected_does_not_run():
    process = subprocess.Popen([sys.executable, "-c", ""])
    while proc.start_ticks(process.pid) is not None:
        pass
    process.wait()


def test_groups_come_deepest_first(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu memory\n")
    (tmp_path / "weir-onenode/kubepods/pod1").mkdir(parents=True)
    names = [path.name for path in cgroups.groups(Settings())]
    assert names == ["pod1", "kubepods", "weir-onenode"]
    assert cgroups.remove(Settings())
    assert cgroups.groups(Settings()) == []


def test_a_unified_root_gets_the_controllers_that_exist(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu memory rdma\n")
    cgroups.ensure(Settings())
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpu +memory"
    assert (tmp_path / "weir-onenode/cgroup.subtree_control").read_text() == "+cpu +memory"


def test_a_first_version_group_takes_over_its_parents_processors(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    cpuset = tmp_path / "cpuset"
    (cpuset / "weir-onenode").mkdir(parents=True)
    for name, content in (("cgroup.procs", ""), ("cpuset.cpus", "0-1\n"), ("cpuset.mems", "0\n")):
        (cpuset / name).write_text(content)
        (cpuset / "weir-onenode" / name).write_text("")
    cgroups.ensure(Settings())
    assert (cpuset / "weir-onenode/cpuset.cpus").read_text() == "0-1\n"


def test_sysctls_are_remembered_once_and_put_back(monkeypatch, tmp_path, settings):
    monkeypatch.setattr(sysctls, "ROOT", tmp_path)
    forwarding = tmp_path / "net/ipv4/ip_forward"
    panic = tmp_path / "kernel/panic"
    for path, value in ((forwarding, "0\n"), (panic, "1\n")):
        path.parent.mkdir(parents=True)
        path.write_text(value)
    sysctls.ensure(settings)
    panic.write_text("10")  # the kubelet's doing
    sysctls.ensure(settings)
    assert (forwarding.read_text(), panic.read_text()) == ("1", "10")
    sysctls.restore(settings)
    assert (forwarding.read_text(), panic.read_text()) == ("0", "1")


def test_sysctls_of_a_cluster_that_never_was_are_left_alone(tmp_path):
    sysctls.restore(Settings(state=tmp_path))


def test_strays_remove_ours_and_spare_the_rest(monkeypatch, tmp_path, settings):
    ours, theirs = "a" * 64, "b" * 64
    results, links = tmp_path / "cni/results", tmp_path / "log/containers"
    for folder in (results, links):
        folder.mkdir(parents=True)
    monkeypatch.setattr(strays, "_CNI_RESULTS", results)
    monkeypatch.setattr(strays, "_POD_LOG_LINKS", links)
    monkeypatch.setattr(strays, "_DEVICE_PLUGINS", tmp_path / "device-plugins")
    monkeypatch.setattr(strays, "FOLDERS", (str(tmp_path / "made"), str(tmp_path / "before")))
    (tmp_path / "before").mkdir()
    strays.remember(settings)
    (tmp_path / "made").mkdir()
    (settings.state / "containerd/io.containerd.grpc.v1.cri/sandboxes" / ours).mkdir(parents=True)
    for name in (f"weir-onenode-{ours}-eth0", f"cni-loopback-{ours}-lo", f"cni-loopback-{theirs}-lo"):
        (results / name).touch()
    (links / "ours.log").symlink_to(settings.logs / "pods/x")
    (links / "theirs.log").symlink_to("/var/log/pods/x")
    strays.remove(settings)
    assert [path.name for path in results.iterdir()] == [f"cni-loopback-{theirs}-lo"]
    assert [path.name for path in links.iterdir()] == ["theirs.log"]
    assert not (tmp_path / "made").exists()
    assert (tmp_path / "before").exists()


def test_sockets_of_shims_are_found_through_their_bundles(settings):
    bundles = settings.run / "containerd/io.containerd.runtime.v2.task/k8s.io"
    for name, address in (("one", "unix:///run/containerd/s/abc"), ("two", "unix:///somewhere/else")):
        (bundles / name).mkdir(parents=True)
        (bundles / name / "address").write_text(address)
    assert strays._sockets(settings) == [Path("/run/containerd/s/abc")]


def test_differences_name_what_was_left_behind():
    before, after = {"links": {"lo", "eth0"}}, {"links": {"lo", "weir0"}}
    assert snapshot.differences(before, after) == ["links: weir0"]
