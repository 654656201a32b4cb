"""Runs inside the client pod: asks without pause over keep-alive connections until a version has answered for a while.

Usage: load.py HOST MODEL VERSION SECONDS. Ends SECONDS after VERSION answered on every connection, or after 180 s.
Prints one JSON document: requests by version, and every failure.
"""

import collections
import http.client
import json
import sys
import threading
import time

host, model, wanted, settle = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
row = {"inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 30], "data": [1.0] * 30}]}
body = json.dumps(row)
answers: collections.Counter[str] = collections.Counter()
failures: list[str] = []
deadline = time.monotonic() + 180


def ask_until_settled() -> None:
    """Ask on one connection until the wanted version has answered on it for the given time."""
    connection = http.client.HTTPConnection(host, timeout=30)
    settled = None
    while time.monotonic() < (settled or deadline):
        try:
            connection.request("POST", f"/v2/models/{model}/infer", body)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{type(error).__name__}: {error}")
            connection.close()
            continue
        if response.status != 200:
            failures.append(f"{response.status}: {text[:200]!r}")
        version = response.headers.get("x-weir-version", "none")
        answers[version] += 1
        if version == wanted and settled is None:
            settled = time.monotonic() + settle


workers = [threading.Thread(target=ask_until_settled) for _ in range(8)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(json.dumps({"answers": answers, "failures": failures[:20], "failed": len(failures)}))
