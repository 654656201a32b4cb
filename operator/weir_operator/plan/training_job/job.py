"""The Job of a run."""

from __future__ import annotations

from typing import Final

from weir_model import contract
from weir_model.codec import to_json
from weir_model.uri import Uri
from weir_operator.api.v1alpha1 import TrainingJob
from weir_operator.plan import jobs, labels, names, owner, pods
from weir_operator.plan.objects import Object
from weir_operator.plan.observed import Settings
from weir_operator.plan.training_job.request import output_uri, run_request

# The trainer ends itself at its deadline and says so; Kubernetes is the backstop.
BACKSTOP_SECONDS: Final = 60


def manifest(run: TrainingJob, settings: Settings) -> Object:
    """Return the Job that carries the run out.

    Raises:
        weir_model.errors.UriError: a URI of the run cannot be used.
    """
    spec, name = run.spec, run.metadata.name
    volumes, mounts = pods.claims(read=[Uri.parse(spec.data.uri)], write=[Uri.parse(output_uri(run, settings))])
    found = labels.child(run, "training", model=spec.model, version=name)
    return jobs.job(
        jobs.Work(
            metadata=owner.metadata(run, names.training(name), found),
            container=_container(run, settings, mounts),
            pod={**pods.placement(spec.node_selector, spec.tolerations), "volumes": volumes},
            retries=spec.backoff_limit,
            deadline_seconds=spec.active_deadline_seconds + BACKSTOP_SECONDS,
            service_account=spec.service_account_name,
        )
    )


def _container(run: TrainingJob, settings: Settings, mounts: list[Object]) -> Object:
    request = to_json(run_request(run, settings)).decode()
    return {
        "name": contract.TRAINER_CONTAINER,
        "image": settings.training_image,
        "imagePullPolicy": settings.pull_policy,
        "command": pods.command(contract.TRAINING_MODULE),
        "env": pods.environment(**{contract.ENV_RUN_REQUEST: request}),
        "resources": pods.resources(run.spec.resources),
        "volumeMounts": mounts,
        **pods.credentials(run.spec.credentials_secret_ref),
    }
