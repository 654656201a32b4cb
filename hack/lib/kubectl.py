"""kubectl in one namespace, with waiting that follows the watch instead of polling."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


class KubectlError(AssertionError):
    """kubectl refused; the message is what it said."""


def kubectl(*arguments: str, stdin: str | None = None, timeout: float = 120) -> str:
    """Run kubectl and return what it printed; raise KubectlError with its complaint when it fails."""
    done = subprocess.run(["kubectl", *arguments], input=stdin, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise KubectlError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Namespace:
    """One namespace of the cluster under test."""

    name: str

    def run(self, *arguments: str, stdin: str | None = None, timeout: float = 120) -> str:
        """Run kubectl in this namespace; return what it printed."""
        return kubectl("--namespace", self.name, *arguments, stdin=stdin, timeout=timeout)

    def apply(self, *objects: Object) -> None:
        """Apply ``objects`` server-side."""
        documents = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.run("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=documents)

    def refusal(self, thing: Object) -> str:
        """Return why the API server refuses ``thing``."""
        try:
            self.apply(thing)
        except KubectlError as error:
            return str(error)
        raise AssertionError(f"{thing['kind']} {thing['metadata']['name']} was accepted")

    def get(self, kind: str, name: str) -> Object:
        """Return the object; raise KubectlError when there is none."""
        found: Object = json.loads(self.run("get", kind, name, "-o", "json"))
        return found

    def list(self, kind: str, selector: str = "") -> list[Object]:
        """Return the objects with these labels."""
        items: list[Object] = json.loads(self.run("get", kind, "-l", selector, "-o", "json"))["items"]
        return items

    def delete(self, kind: str, name: str, *options: str) -> None:
        """Delete the object."""
        self.run("delete", kind, name, *options)

    def until(
        self, kind: str, name: str, holds: Callable[[Object], bool], timeout: float = 120, *, deleted: bool = False
    ) -> Object:
        """Return the object once ``holds`` says so (or once it is gone, with ``deleted``), following the watch."""
        last: Object = {}
        for event in self._events(kind, name, timeout):
            last = event["object"]
            if event["type"] == "DELETED":
                if deleted:
                    return last
                continue
            if not deleted and holds(last):
                return last
        told = json.dumps(last.get("status", last), indent=1)
        raise AssertionError(f"{kind} {name} in {self.name}: not within {timeout:.0f} s; last seen:\n{told}")

    def condition(self, kind: str, name: str, type_: str, status: str, timeout: float = 120) -> Object:
        """Return the condition once it has that status for the object's own generation."""
        seen = self.until(kind, name, lambda thing: condition(thing, type_).get("status") == status, timeout)
        return condition(seen, type_)

    def _events(self, kind: str, name: str, timeout: float) -> Iterator[Object]:
        command = ["kubectl", "--namespace", self.name, "get", kind, "--field-selector", f"metadata.name={name}"]
        command += ["--watch", "--output-watch-events", "-o", "json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            alarm = threading.Timer(timeout, process.kill)
            alarm.start()
            try:
                # With watch events, kubectl prints each document on a line of its own.
                yield from map(json.loads, process.stdout or ())
            finally:
                alarm.cancel()
                process.kill()


def condition(thing: Object, type_: str) -> Object:
    """Return the condition of that type if it speaks of the object's own generation, else an empty one."""
    for entry in thing.get("status", {}).get("conditions", []):
        if entry["type"] == type_ and entry.get("observedGeneration") == thing["metadata"]["generation"]:
            found: Object = entry
            return found
    return {}
