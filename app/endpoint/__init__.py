"""HTTP in: webhooks to the raw topic."""
