"""Schemas by the ids of the wire format: Hookline's own by its lock, others by a registry."""

from __future__ import annotations

from app.avro.lock import Lock, fingerprint, load_lock
from app.avro.names import Schema, SchemaId, SchemaName
from app.avro.registry import SCHEMA_NOT_FOUND, Registry, RegistryError
from app.avro.repository import Repository, load_repository
from app.errors import UserError


class UnknownSchema(LookupError):
    """An id that neither the lock nor a registry knows."""


class Published:
    """What is published: schemas, their names and ids."""

    def __init__(
        self, repository: Repository, lock: Lock, registry: Registry | None = None
    ) -> None:
        self.repository = repository
        self.lock = lock
        self._registry = registry
        self._asked: dict[SchemaId, Schema] = {}

    def id_of(self, name: SchemaName) -> SchemaId:
        """The id to write with. Raises UserError for a schema that is not published as it is."""
        entry = self.lock.by_name.get(name)
        if entry is None or fingerprint(self.repository[name].schema) != entry.fingerprint:
            what = "is not in the lock" if entry is None else "has changed since it was published"
            raise UserError(
                f"The schema {name} {what}: nothing may be written with it.",
                "Run `hookline schemas check`; it says what to do.",
            )
        return entry.id

    def schema_of(self, schema_id: int) -> Schema:
        """The schema that an id stands for. Raises UnknownSchema, and UserError where a registry
        has to be asked and does not answer.
        """
        id = SchemaId(schema_id)
        entry = self.lock.by_id.get(id)
        if entry is not None:
            return self.repository[entry.name].schema
        if id not in self._asked:
            self._asked[id] = self._ask(id)
        return self._asked[id]

    def _ask(self, id: SchemaId) -> Schema:
        if self._registry is None:
            raise UnknownSchema(
                f"no schema has the id {id}: it is not in Hookline's lock, and no "
                "SCHEMA_REGISTRY_URL says where else to ask"
            )
        try:
            return self._registry.schema(id)
        except RegistryError as error:
            if error.code != SCHEMA_NOT_FOUND:
                raise
            where = self._registry.url
            raise UnknownSchema(
                f"no schema has the id {id}: it is neither in Hookline's lock nor at {where}"
            ) from None


def load_published(registry_url: str | None = None) -> Published:
    """Hookline's own schemas and lock, and the registry of the settings if there is one."""
    repository = load_repository()
    registry = None if registry_url is None else Registry(registry_url)
    return Published(repository, load_lock(), registry)
