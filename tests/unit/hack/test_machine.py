"""Running, waiting, caching and reporting: a failure is one message that names the fix."""

import os
from pathlib import Path

import pytest

from machine import cache, packages
from machine.errors import HackError, guarded
from machine.files import write_if_different
from machine.run import run
from machine.wait import until


def test_run_returns_what_a_program_printed():
    assert run("sh", "-c", "cat", stdin="hello") == "hello"


def test_a_failure_quotes_the_program():
    with pytest.raises(HackError, match="exit 3 from: sh -c 'echo because >&2; exit 3'\n    because"):
        run("sh", "-c", "echo because >&2; exit 3")


def test_a_missing_program_is_named():
    with pytest.raises(HackError, match="no-such-program is not installed"):
        run("no-such-program")


def test_waiting_in_vain_says_for_what():
    with pytest.raises(HackError, match="in vain for rain"):
        until(lambda: False, 0, "rain")


def test_a_hack_error_is_a_message_not_a_traceback(capsys):
    def fail():
        raise HackError("do this instead")

    assert guarded(fail) == 1
    assert capsys.readouterr().err == "error: do this instead\n"


def test_what_is_published_is_complete_and_made_once(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def make(folder):
        made.append(folder)
        (folder / "program").write_text("x")

    target = cache.cache_root() / "tools" / "x-1"
    for _ in range(2):
        assert (cache.publish(target, make) / "program").read_text() == "x"
    assert len(made) == 1


def test_what_fails_to_be_made_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def make(folder):
        (folder / "half").write_text("x")
        raise HackError("no")

    with pytest.raises(HackError):
        cache.publish(cache.cache_root() / "tools" / "x-1", make)
    assert list((cache.cache_root() / "tools").iterdir()) == []


def test_an_equal_file_is_not_written_again(tmp_path):
    path = tmp_path / "folder/file"
    write_if_different(path, "one", mode=0o600)
    first = path.stat()
    write_if_different(path, "one", mode=0o600)
    assert path.stat().st_ino == first.st_ino
    assert first.st_mode & 0o777 == 0o600
    write_if_different(path, "two")
    assert path.read_text() == "two"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_missing_packages_are_found_by_what_they_bring(tmp_path):
    here = tmp_path / "file"
    here.touch()
    needed = {"shell": "sh", "nothing": "no-such-program", "data": str(here), "more-data": str(tmp_path / "none")}
    assert packages.missing(needed) == ["nothing", "more-data"]


def test_without_root_the_exact_command_is_named(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(HackError, match=r"apt-get install -y --no-install-recommends nothing$"):
        packages.ensure({"shell": "sh", "nothing": "no-such-program"}, "a test")


def test_the_launchers_are_programs():
    hack = Path(packages.__file__).parents[2]
    for name in ("cluster", "images"):
        assert os.access(hack / name, os.X_OK)
