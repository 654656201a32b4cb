"""ModelDeployment: an endpoint that answers with one version, and moves to another without a failed request."""
