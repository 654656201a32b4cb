"""HTTP: routes, bodies, statuses, the listener. Everything about the model is asked of the data plane."""
