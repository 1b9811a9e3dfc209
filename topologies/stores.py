"""Where a worker's rows are: in memory, or in RocksDB below the data folder."""

from __future__ import annotations

from app.errors import UserError
from app.faust_batch.rows import NewRows, memory_rows
from app.kafka.connection import Connection
from app.kafka.groups import worker_group
from app.kafka.provision import topic_ids
from app.kafka.topics import Topics
from app.settings import Settings


def stores(settings: Settings, kafka: Connection, topics: Topics) -> NewRows:
    """As `worker_store` says. What lies on disk can be deleted while no worker runs: the state
    topics have it all. Raises UserError when the folder cannot be used."""
    if settings.worker_store == "memory":
        return memory_rows
    # Its library takes 8 MiB, which only those who use it should have to have.
    from app.faust_batch.rocks.stores import RocksStores  # noqa: PLC0415

    root = settings.data_dir / "rows" / worker_group(topics)
    ids = topic_ids(kafka, [*topics.state, topics.ledger])
    try:
        return RocksStores(root, ids)
    except OSError as error:
        raise UserError(
            f"The worker cannot keep its rows in {root}: {error.strerror}.",
            "Give it a folder that it may write to with HOOKLINE_DATA_DIR, or have its rows in "
            "memory with HOOKLINE_WORKER_STORE=memory.",
        ) from None
