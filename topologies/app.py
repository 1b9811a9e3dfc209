"""The Faust app of a worker, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.avro.event_encoders import EventEncoders
from app.avro.rows import RowCodec
from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import CACHED
from app.faust_batch.app import App
from app.kafka.connection import Connection
from app.kafka.groups import worker_group
from app.kafka.topics import Topics
from topologies.credentials import credentials
from topologies.metrics import WorkerMetrics
from topologies.projector import Projector
from topologies.tables import Tables


def create_app(
    kafka: Connection,
    topics: Topics,
    catalogue: Catalogue,
    encoders: EventEncoders,
    codecs: Mapping[Table, RowCodec],
    metrics: WorkerMetrics,
    cached: int = CACHED,
    **options: Any,
) -> App:
    """One agent on the raw topic; a table for each kind of row and one for the ledger. `cached`:
    see `Tables`; `options` are those of `App`.
    """
    app = App(
        worker_group(topics),
        kafka.bootstrap,
        broker_credentials=credentials(kafka.security),
        observer=metrics,
        **options,
    )
    tables = Tables(app, topics, codecs, cached)
    app.process(topics.raw, Projector(topics, catalogue, encoders, tables, metrics.tell))
    return app
