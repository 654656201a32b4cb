"""Reads from a Dockerfile what its image depends on. Pure text; builds nothing."""

import json
import re
import shlex


def sources(text: str) -> list[str]:
    """Paths of the build context that the file copies or mounts: only these can change the image."""
    found: list[str] = []
    for instruction, rest in _instructions(text):
        if instruction in ("COPY", "ADD"):
            found += _copied(rest)
        elif instruction == "RUN":
            found += _mounted(rest)
    return sorted({_plain(source) for source in found if "://" not in source})


def argument(text: str, name: str) -> str | None:
    """The default of a build argument."""
    for instruction, rest in _instructions(text):
        if instruction == "ARG" and rest.startswith(f"{name}="):
            return rest.partition("=")[2].strip("\"'")
    return None


def _instructions(text: str) -> list[tuple[str, str]]:
    """(INSTRUCTION, rest) with comments dropped and continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    split = [line.strip().split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(words[0].upper(), words[1].strip() if len(words) > 1 else "") for words in split]


def _copied(rest: str) -> list[str]:
    flags = re.match(r"(--\S+\s+)*", rest)
    options, operands = (flags[0], rest[flags.end() :]) if flags else ("", rest)
    if "--from=" in options:  # another stage or image: not of the context
        return []
    words: list[str] = json.loads(operands) if operands.startswith("[") else shlex.split(operands)
    return words[:-1]


def _mounted(rest: str) -> list[str]:
    mounts = [dict(_pair(part) for part in value.split(",")) for value in re.findall(r"--mount=(\S+)", rest)]
    bound = [mount for mount in mounts if mount.get("type", "bind") == "bind" and "from" not in mount]
    return [mount.get("source", mount.get("src", ".")) for mount in bound]


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def _plain(source: str) -> str:
    return source.removeprefix("./").strip("/") or "."
