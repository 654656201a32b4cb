"""Runs inside a pod with scikit-learn and the data: every row through the Service, against plain scikit-learn.

Usage: compare.py HOST DATA.csv SPEC, where SPEC is the TrainingJob's spec as JSON. It is on purpose the few lines that
a data scientist would write, and shares no code with the trainer. Prints one JSON document: rows, the largest
difference of a probability, labels that differ, versions that answered, seconds.
"""

import http.client
import importlib
import json
import sys
import time

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

ROWS_PER_REQUEST = 100

host, path, spec = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
trainer, data = spec["trainer"]["sklearn"], spec["data"]
module, _, estimator = trainer["estimator"].rpartition(".")

frame = pd.read_csv(path)
target = frame.pop(data["target"])
features = frame.astype(np.float32)
split = {"test_size": data["split"]["holdout"], "random_state": data["split"]["seed"], "stratify": target}
fit_x, _, fit_y, _ = train_test_split(features, target, **split)
original = getattr(importlib.import_module(module), estimator)(**trainer.get("params", {})).fit(fit_x, fit_y)

connection = http.client.HTTPConnection(host, timeout=30)
labels, scores, versions = [], [], set()
started = time.perf_counter()
for start in range(0, len(features), ROWS_PER_REQUEST):
    rows = features.iloc[start : start + ROWS_PER_REQUEST].to_dict(orient="records")
    connection.request("POST", f"/v1/models/{spec['model']}:predict", json.dumps({"instances": rows}))
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 200:
        sys.exit(f"{response.status}: {answer}")
    labels += answer["predictions"]
    scores += answer["probabilities"]
    versions.add(response.headers["x-weir-version"])

report = {
    "rows": len(features),
    "worst": float(np.abs(np.array(scores) - original.predict_proba(features)).max()),
    "labels_off": int((np.array(labels) != original.predict(features)).sum()),
    "versions": sorted(versions),
    "seconds": round(time.perf_counter() - started, 3),
}
print(json.dumps(report))
