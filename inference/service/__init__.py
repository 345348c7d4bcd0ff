"""The matcher as a service: HTTP over published runs, with keys, roles, limits and a durable store."""
