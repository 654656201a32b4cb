"""TrainingJob: one run that becomes one ModelVersion, once."""
