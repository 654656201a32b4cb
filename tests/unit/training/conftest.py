"""Tests run beside each other, so none of them takes the whole machine, and none reports to anybody."""

import os

# Read when the libraries are loaded, which is when the test modules are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
