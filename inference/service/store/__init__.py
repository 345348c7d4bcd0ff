"""What the service keeps: keys, events and decisions, in one SQLite file, durable before it is acknowledged."""
