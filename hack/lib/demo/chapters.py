"""The main job in chapters, in a namespace of its own. Every step waits for a condition, none for a time."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

import client
from demo.samples import Object
from demo.story import Story
from kubectl import Namespace, kubectl

NAMESPACE = Namespace("weir-demo")
HEADLINES = ("roc_auc", "accuracy", "f1", "log_loss")
METRICS = ("weir_requests_total", "weir_rows_total", "weir_request_duration_seconds_sum", "weir_prediction_bin_total")


@dataclass(frozen=True)
class Demo:
    """What the chapters share: the teller, the samples by kind, and the image with Python in it."""

    story: Story
    samples: dict[str, Object]
    image: str

    def name(self, kind: str) -> str:
        """Return the name of the sample of that kind."""
        name: str = self.samples[kind]["metadata"]["name"]
        return name

    @property
    def host(self) -> str:
        """The Service that the ModelDeployment makes."""
        return f"{self.name('ModelDeployment')}.{NAMESPACE.name}.svc"


def prepare(demo: Demo) -> None:
    """Make the namespace, the volume with the data, and a pod to ask from."""
    demo.story.chapter("Data: scikit-learn's breast cancer data, as a CSV file on a volume")
    kubectl("delete", "namespace", NAMESPACE.name, "--ignore-not-found", "--wait", timeout=180)
    kubectl("create", "namespace", NAMESPACE.name)
    kubectl("label", "namespace", NAMESPACE.name, "pod-security.kubernetes.io/enforce=restricted")
    claim, job = demo.samples["PersistentVolumeClaim"], demo.samples["Job"]
    NAMESPACE.apply(claim, job, client.client_pod("client", demo.name("PersistentVolumeClaim"), demo.image))
    NAMESPACE.run("wait", "--for=condition=Complete", f"job/{demo.name('Job')}", "--timeout=120s", timeout=150)
    NAMESPACE.run("wait", "--for=condition=Ready", "pod/client", "--timeout=120s", timeout=150)
    demo.story.tell(f"written by Job {demo.name('Job')} in namespace {NAMESPACE.name}, which enforces restricted pods")


def train(demo: Demo) -> float:
    """Apply the TrainingJob, wait for its verified version; return when it was applied, in story seconds."""
    demo.story.chapter("TrainingJob: train, measure, convert to ONNX, prove parity, publish by digest")
    run = demo.samples["TrainingJob"]
    began = demo.story.seconds()
    NAMESPACE.apply(run)
    demo.story.tell(f"applied {demo.name('TrainingJob')}: {run['spec']['trainer']['sklearn']['estimator']}")
    NAMESPACE.condition("trainingjob", demo.name("TrainingJob"), "Succeeded", "True", timeout=240)
    status = NAMESPACE.get("trainingjob", demo.name("TrainingJob"))["status"]
    shown = ", ".join(f"{name} {status['metrics'][name]:.4f}" for name in HEADLINES)
    demo.story.tell(f"succeeded on {status['data']['rows']} rows; on the holdout: {shown}")
    demo.story.tell(f"artifact {status['artifact']['digest'][:19]}... in {status['artifact']['uri'].rsplit('/', 1)[0]}")

    demo.story.chapter("ModelVersion: downloaded, hashed, loaded and replayed by a Job before anybody may serve it")
    NAMESPACE.condition("modelversion", status["modelVersion"], "Ready", "True", timeout=120)
    demo.story.tell(f"{status['modelVersion']} is Ready")
    return began


def deploy(demo: Demo, began: float) -> None:
    """Apply the ModelDeployment and ask once, as a person with curl would."""
    demo.story.chapter("ModelDeployment: ONNX Runtime pods that answer")
    NAMESPACE.apply(demo.samples["ModelDeployment"])
    NAMESPACE.condition("modeldeployment", demo.name("ModelDeployment"), "Ready", "True", timeout=180)
    demo.story.tell(f"Ready at {NAMESPACE.get('modeldeployment', demo.name('ModelDeployment'))['status']['url']}")
    ask = f"import urllib.request; print(urllib.request.urlopen('http://{demo.host}/v2/models/{_model(demo)}').status)"
    NAMESPACE.run("exec", "client", "--", "python3", "-c", ask)
    demo.story.tell(f"first answer, {demo.story.seconds() - began:.0f} s after the TrainingJob was applied")


def check(demo: Demo) -> None:
    """Send every row through the Service and compare with scikit-learn."""
    demo.story.chapter("Predictions through the Service, checked against scikit-learn")
    spec = json.dumps(NAMESPACE.get("trainingjob", demo.name("TrainingJob"))["spec"])
    data = demo.samples["TrainingJob"]["spec"]["data"]["uri"].replace("pvc://", "/mnt/volumes/")
    source = client.COMPARE.read_text()
    printed = NAMESPACE.run("exec", "-i", "client", "--", "python3", "-", demo.host, data, spec, stdin=source)
    told = json.loads(printed)
    demo.story.tell(
        f"{told['rows']} rows answered by {', '.join(told['versions'])} in {told['seconds']} s: "
        f"{told['labels_off']} labels differ, largest difference of a probability {told['worst']:.1e}"
    )
    if told["labels_off"] or told["worst"] > 1e-5:
        raise AssertionError("the answers are not those of scikit-learn")


def measure(demo: Demo) -> None:
    """Read the sidecars' metrics."""
    demo.story.chapter("Metrics, from the sidecar of each serving pod")
    for pod in NAMESPACE.list("pods", "app.kubernetes.io/name=serving"):
        name = pod["metadata"]["name"]
        path = f"/api/v1/namespaces/{NAMESPACE.name}/pods/{name}:9090/proxy/metrics"
        lines = kubectl("get", "--raw", path).splitlines()
        counted = [line for line in lines if line.startswith(METRICS) and not line.endswith(" 0.0")]
        demo.story.tell(f"{name}: {len(lines)} lines, {'among them' if counted else 'but nobody asked this pod'}")
        demo.story.show("\n".join(counted))


def leave(demo: Demo) -> None:
    """Show what there is, and say what to try next."""
    demo.story.chapter("What there is now")
    demo.story.show(NAMESPACE.run("get", "weir"))
    deployment, version = demo.name("ModelDeployment"), demo.name("TrainingJob")
    print(f"""
Try next:
  eval "$(./hack/cluster env)"; kubectl config set-context --current --namespace={NAMESPACE.name}
  kubectl describe trainingjob {version}                  # what it read, measured and published
  kubectl delete deployment --all                         # and see them come back
  kubectl get events --watch
  # train another version: copy manifests/samples' TrainingJob under a new name, change params, then
  kubectl patch modeldeployment {deployment} --type merge -p '{{"spec": {{"version": "NEW-NAME"}}}}'
  ./hack/demo down                                        # removes everything""")


def _model(demo: Demo) -> str:
    model: str = demo.samples["ModelDeployment"]["spec"]["model"]
    return model


def explain(error: Exception) -> str:
    """Return what went wrong and where the objects stood, for the terminal."""
    objects = subprocess.run(
        ["kubectl", "-n", NAMESPACE.name, "get", "weir,jobs,pods"], capture_output=True, text=True, timeout=30
    )
    return f"{error}\n\n{objects.stdout}"
