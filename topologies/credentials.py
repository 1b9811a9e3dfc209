"""How a worker proves to Kafka who it is, in Faust's words."""

from __future__ import annotations

from faust.auth import Credentials, SASLCredentials, SSLCredentials

from app.kafka.security import Security


def credentials(security: Security) -> Credentials | None:
    """None for a cluster that asks for nothing."""
    context = security.ssl_context() if security.is_encrypted else None
    if security.asks_for_user:
        return SASLCredentials(
            username=security.username,
            password=security.password,
            mechanism=security.mechanism,
            ssl_context=context,
        )
    return None if context is None else SSLCredentials(context)
