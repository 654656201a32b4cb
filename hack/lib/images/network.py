"""What a build needs to reach package registries from this machine: certificates, pip and uv settings.

They are mounted while a build runs and are never copied into an image. Knows no Dockerfile.
"""

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

_CERTIFICATES = Path("/etc/ssl/certs")
_OWN_AUTHORITY = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# Options of pip that say where packages come from. What names a folder of this machine is left out.
_INDEX_OPTIONS = ("index-url", "extra-index-url", "trusted-host", "timeout", "retries")


def mounts(scratch: Path) -> list[tuple[Path, str]]:
    """(file of this machine, place in the build), read-only; `scratch` holds what is written for it."""
    options = pip_options(_pip_files(), os.environ)
    own_authority = "cert" in options or any(os.environ.get(name) for name in _OWN_AUTHORITY)
    found: list[tuple[Path, str]] = []
    if own_authority and _CERTIFICATES.is_dir():
        found.append((_CERTIFICATES, str(_CERTIFICATES)))
    if own_authority or options:
        for name, content, place in (
            ("pip.conf", pip_config(options, own_authority), "/etc/pip.conf"),
            ("uv.toml", uv_config(options, own_authority), "/etc/uv/uv.toml"),
        ):
            (scratch / name).write_text(content)
            found.append((scratch / name, place))
    return found


def pip_options(files: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The options that decide where pip looks: from its files, then from its variables. Pure."""
    found: dict[str, str] = {}
    for text in files.values():
        parser = configparser.RawConfigParser()
        parser.read_string(text)
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update(parser.items(section))
    names = (*_INDEX_OPTIONS, "cert")
    variables = {name: environment.get(f"PIP_{name.upper().replace('-', '_')}", "") for name in names}
    found.update({name: value for name, value in variables.items() if value})
    return {name: value for name, value in found.items() if name in names}


def pip_config(options: Mapping[str, str], own_authority: bool) -> str:
    """A pip.conf for the build. Pure."""
    lines = [f"{name} = {value}" for name, value in options.items() if name != "cert"]
    authority = [f"cert = {_CERTIFICATES}/ca-certificates.crt"] if own_authority else []
    return "\n".join(["[global]", *lines, *authority]) + "\n"


def uv_config(options: Mapping[str, str], own_authority: bool) -> str:
    """A uv.toml that says the same. Pure."""
    lines = [f'index-url = "{options["index-url"]}"'] if "index-url" in options else []
    extra = options.get("extra-index-url", "").split()
    lines += [f"extra-index-url = [{', '.join(repr(url) for url in extra)}]"] if extra else []
    lines += ["native-tls = true"] if own_authority else []
    return "\n".join(lines) + "\n"


def _pip_files() -> dict[str, str]:
    home = Path.home()
    named = os.environ.get("PIP_CONFIG_FILE")
    places = [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    places += [Path(named)] if named else []
    return {str(path): path.read_text() for path in places if path.is_file()}
