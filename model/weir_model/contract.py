"""Names that operator, training and serving must agree on: files, paths, ports, environment, headers, exit codes.

Constants only. Each has one writer and at least one reader in another part; what only one part uses lives there.
"""

from typing import Final

# The artifact: one folder of files, pinned by the sha256 of its manifest.
MODEL_FILE: Final = "model.onnx"
MANIFEST_FILE: Final = "manifest.json"
PROFILE_FILE: Final = "profile.json"
GOLDEN_FILE: Final = "golden.json"

# Inside our pods.
VOLUME_ROOT: Final = "/mnt/volumes"  # a PersistentVolumeClaim is mounted at VOLUME_ROOT/<claim>
MODEL_DIR: Final = "/var/lib/weir/model"  # fetch writes the artifact here, server and sidecar read it
RUN_DIR: Final = "/run/weir"
HANDOVER_SOCKET: Final = "/run/weir/handover.sock"  # server -> sidecar
TERMINATION_LOG: Final = "/dev/termination-log"
TERMINATION_LIMIT: Final = 4096  # bytes; the kubelet cuts what is longer
USER_ID: Final = 65532  # every image runs as this user and group

# Container names and entry points (modules run with `python -m`).
TRAINER_CONTAINER: Final = "trainer"
VERIFIER_CONTAINER: Final = "verifier"
FETCH_CONTAINER: Final = "fetch"
SIDECAR_CONTAINER: Final = "sidecar"
SERVER_CONTAINER: Final = "server"
TRAINING_MODULE: Final = "weir_training"
FETCH_MODULE: Final = "weir_serving.fetch"
VERIFY_MODULE: Final = "weir_serving.verify"
SIDECAR_MODULE: Final = "weir_serving.sidecar"
SERVER_MODULE: Final = "weir_serving.server"

# Ports.
HTTP_PORT: Final = 8080  # server: V2 REST, :predict, health
SIDECAR_PORT: Final = 9090  # sidecar: /metrics, health
OPERATOR_METRICS_PORT: Final = 8081
OPERATOR_HEALTH_PORT: Final = 8080
SERVICE_PORT: Final = 80

# HTTP.
READY_PATH: Final = "/v2/health/ready"
LIVE_PATH: Final = "/v2/health/live"
SIDECAR_READY_PATH: Final = "/healthz"
METRICS_PATH: Final = "/metrics"
VERSION_HEADER: Final = "x-weir-version"

# Environment that the operator sets and the pods read.
ENV_RUN_REQUEST: Final = "WEIR_RUN_REQUEST"  # training: a RunRequest as JSON
ENV_ARTIFACT_URI: Final = "WEIR_ARTIFACT_URI"  # fetch, verify
ENV_ARTIFACT_DIGEST: Final = "WEIR_ARTIFACT_DIGEST"  # fetch, verify, server, sidecar
ENV_MODEL: Final = "WEIR_MODEL"  # server, sidecar: the model's name in URLs and labels
ENV_VERSION: Final = "WEIR_VERSION"  # server, sidecar: the ModelVersion's name
ENV_DEPLOYMENT: Final = "WEIR_DEPLOYMENT"  # server, sidecar: the ModelDeployment's name
ENV_MODEL_DIR: Final = "WEIR_MODEL_DIR"  # all of serving; MODEL_DIR when unset
ENV_HANDOVER_SOCKET: Final = "WEIR_HANDOVER_SOCKET"  # server, sidecar; HANDOVER_SOCKET when unset
ENV_HTTP_PORT: Final = "WEIR_HTTP_PORT"  # server; HTTP_PORT when unset
ENV_SIDECAR_PORT: Final = "WEIR_SIDECAR_PORT"  # sidecar; SIDECAR_PORT when unset
ENV_THREADS: Final = "WEIR_THREADS"  # server: ONNX Runtime threads of one inference; from the CPU limit when unset
ENV_TIMEOUT_SECONDS: Final = "WEIR_TIMEOUT_SECONDS"  # server: one request's longest time
ENV_MAX_REQUEST_MIB: Final = "WEIR_MAX_REQUEST_MIB"  # server: one request body's size
ENV_DRAIN_SECONDS: Final = "WEIR_DRAIN_SECONDS"  # server: time between SIGTERM and the listener closing
ENV_TERMINATION_LOG: Final = "WEIR_TERMINATION_LOG"  # all of serving; TERMINATION_LOG when unset (set outside of pods)

# Exit codes. A Job's podFailurePolicy reads them, so that what cannot get better is not tried again.
EXIT_USER_ERROR: Final = 42  # the request cannot succeed as written (data, estimator, parity, digest)
EXIT_DEADLINE: Final = 43  # the run's own deadline passed
EXIT_OUT_OF_MEMORY: Final = 137  # SIGKILL, from the kernel's OOM killer
