"""The Faust app of a worker, put together."""

from __future__ import annotations

from app.avro.event_encoders import EventEncoders
from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import Codec
from app.faust_batch.app import DEFAULT_TUNING, App, Tuning
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from topologies.metrics import WorkerMetrics
from topologies.projector import Projector, Tables


def create_app(
    bootstrap: str,
    topics: Topics,
    catalogue: Catalogue,
    encoders: EventEncoders,
    codecs: dict[Table, Codec],
    metrics: WorkerMetrics,
    tuning: Tuning = DEFAULT_TUNING,
) -> App:
    """One agent on the raw topic; a table for each kind of row and one for the ledger."""
    app = App(worker_group(topics), bootstrap, observer=metrics, tuning=tuning)
    tables = Tables(
        rows={
            "conversation": app.table("conversations", topics.state_conversations),
            "call": app.table("calls", topics.state_calls),
            "contact": app.table("contacts", topics.state_contacts),
        },
        ledger=app.table("ledger", topics.ledger),
    )
    app.process(topics.raw, Projector(topics, catalogue, encoders, codecs, tables, metrics))
    return app
