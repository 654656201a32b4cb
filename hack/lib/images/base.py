"""The Python base image: the real one where a registry can be reached, else a stand-in under the same name.

The stand-in is Debian with its own Python: what the Dockerfiles use of the official image is there, nothing more.
"""

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from machine import buildah, packages
from machine.cache import cache_root, publish
from machine.console import say, step
from machine.errors import HackError
from machine.run import run

LABEL = "weir.dev/stand-in"
_SUITES = {"3.11": "bookworm", "3.13": "trixie"}  # which Debian carries which Python
_INCLUDE = "python3,python3-venv,ca-certificates"
_SLIM = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "var/log")
_PULL_SECONDS = 30
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_SOURCES = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))


def ensure(reference: str) -> None:
    """Make the base image available to buildah under this name."""
    if _present(reference):
        return
    version = python_version(reference)
    try:
        with step(f"pulling {reference}"):
            run("buildah", "pull", "--quiet", reference, timeout=_PULL_SECONDS)
    except HackError:
        if version not in _SUITES:
            raise HackError(f"{reference} cannot be pulled, and no Debian carries a stand-in for it") from None
        say(f"no registry gives {reference}: a stand-in of Debian's own Python takes its name here")
        _stand_in(reference, version)


def python_version(reference: str) -> str:
    """The Python minor version that an image name of the official repository asks for. Pure."""
    found = re.search(r"python:(\d+\.\d+)", reference)
    return found[1] if found else ""


def recipe_key(version: str) -> str:
    """A hash of everything that decides what the stand-in becomes. Pure."""
    parts = (version, _SUITES[version], _INCLUDE, *_SLIM, *sorted(_ENVIRONMENT.items()), "links 1")
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def mirror(apt_sources: str, suite: str) -> str | None:
    """The mirror that this machine's apt takes the suite from, in either of apt's two formats. Pure."""
    for line in apt_sources.splitlines():
        words = [word for word in line.split() if not word.startswith(("[", "signed-by", "arch="))]
        if len(words) > 3 and words[0] == "deb" and words[2] == suite and words[3] == "main":
            return words[1]
    for paragraph in re.split(r"\n\s*\n", apt_sources):
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.+)$", paragraph, re.MULTILINE))
        if suite in fields.get("Suites", "").split() and "main" in fields.get("Components", "").split():
            return str(fields["URIs"]).split()[0]
    return None


def _present(reference: str) -> bool:
    if buildah.image_id(reference) is None:
        return False
    made_by_us = buildah.label(reference, LABEL)
    return not made_by_us or made_by_us == recipe_key(python_version(reference))


def _stand_in(reference: str, version: str) -> None:
    folder = publish(
        cache_root() / "base" / f"python-{version}-{recipe_key(version)}", lambda target: _make(target, version)
    )
    with step(f"importing the stand-in for {reference}"):
        image = run("buildah", "pull", "--quiet", f"oci-archive:{folder / 'image.tar'}").strip()
        run("buildah", "tag", image, reference)


def _make(target: Path, version: str) -> None:
    packages.ensure(
        {"debootstrap": "debootstrap", "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg"},
        "a stand-in base image",
    )
    suite = _SUITES[version]
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        root = Path(scratch) / "root"
        with step(f"debootstrap {suite}"):
            source = mirror(_apt_sources(), suite)
            run("debootstrap", "--variant=minbase", f"--include={_INCLUDE}", suite, root, *([source] if source else []))
        _finish(root, version)
        with step("packing the stand-in"):
            run("tar", "--numeric-owner", "-C", root, "-cf", Path(scratch) / "root.tar", ".")
            _commit(Path(scratch) / "root.tar", target / "image.tar", version)


def _finish(root: Path, version: str) -> None:
    """Link the interpreter to where the official image has it, and drop what a container does not read."""
    for name in ("python3", "python", f"python{version}"):
        (root / "usr/local/bin" / name).symlink_to(f"/usr/bin/python{version}")
    for folder in _SLIM:
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir(parents=True)


def _commit(rootfs: Path, archive: Path, version: str) -> None:
    container = run("buildah", "from", "scratch").strip()
    try:
        run("buildah", "add", "--quiet", container, rootfs, "/")  # an archive keeps its owners, a folder would not
        settings = [word for name, value in _ENVIRONMENT.items() for word in ("--env", f"{name}={value}")]
        label = f"{LABEL}={recipe_key(version)}"
        run("buildah", "config", *settings, "--label", label, "--cmd", "python3", container)
        # Without a name: the archive is what counts, and the name is given where it is imported.
        run("buildah", "commit", "--quiet", "--disable-compression=false", container, f"oci-archive:{archive}")
    finally:
        run("buildah", "rm", container)


def _apt_sources() -> str:
    files = [_SOURCES[0], *sorted(_SOURCES[1].glob("*"))] if _SOURCES[1].is_dir() else [_SOURCES[0]]
    return "\n\n".join(path.read_text() for path in files if path.suffix in (".list", ".sources") and path.is_file())
