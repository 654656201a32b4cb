"""Version v1alpha1 of the kinds."""

from weir_operator.api.v1alpha1.common import Kind
from weir_operator.api.v1alpha1.conditions import Condition, ConditionType, Reason
from weir_operator.api.v1alpha1.model_deployment import ModelDeployment, ModelDeploymentSpec, ModelDeploymentStatus
from weir_operator.api.v1alpha1.model_version import ModelVersion, ModelVersionSpec, ModelVersionStatus
from weir_operator.api.v1alpha1.training_job import TrainingJob, TrainingJobSpec, TrainingJobStatus

KINDS: tuple[type[Kind], ...] = (TrainingJob, ModelVersion, ModelDeployment)

__all__ = [
    "KINDS",
    "Condition",
    "ConditionType",
    "Kind",
    "ModelDeployment",
    "ModelDeploymentSpec",
    "ModelDeploymentStatus",
    "ModelVersion",
    "ModelVersionSpec",
    "ModelVersionStatus",
    "Reason",
    "TrainingJob",
    "TrainingJobSpec",
    "TrainingJobStatus",
]
