"""Can a reader with one schema read what was written with another, and lose nothing unseen?

Apache Avro's own checker is the judge. Tried out, it refuses what it should: a new field without
a default, a changed type, a renamed field without a default, a lost enum symbol. It passes what
the specification leaves open and what would still hurt here, so that is judged besides:
- a field that is gone, or renamed to one with a default: its values would vanish without a word;
- a changed logical type or annotation of a value (`hookline`, `unit`), string to bytes and back:
  the same bytes would mean something else;
- a record of another namespace: its subject would be another;
- a default that is not of its field's type (fastavro sees the simple cases): found only when it
  is first needed.
And each pair is exercised: example values are written with the one and read with the other.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import avro.compatibility
import avro.errors
import avro.schema
import fastavro
import fastavro.schema

from app.avro.examples import examples
from app.avro.fields import Defaults, as_object, branches, fields
from app.avro.names import Schema, full_name

_COMPATIBLE = avro.compatibility.SchemaCompatibilityType.compatible
_MEANING = ("logicalType", "hookline", "unit")
_NO_MEANING = (None, "kept", "repeated", "word")  # they say how it is encoded, not what it is


def invalid(schema: Schema) -> Iterator[str]:
    """What is wrong with one schema, in words."""
    try:
        _apache(schema)
        _fastavro(schema)
    except (avro.errors.AvroException, fastavro.schema.SchemaParseException) as error:
        yield f"it is no Avro schema: {error}"
        return
    defaults = Defaults(schema)
    for path, field in fields(schema):
        if "default" in field and not defaults.fits(field["default"], field["type"]):
            yield f"{path}: its default is not of its type"


def incompatible(reader: Schema, writer: Schema) -> Iterator[str]:
    """Why `reader` cannot read what `writer` wrote, in words; nothing where it can."""
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()
    verdict = checker.get_compatibility(_apache(reader), _apache(writer))
    if verdict.compatibility is not _COMPATIBLE:
        kinds = ", ".join(kind.name.replace("_", " ") for kind in verdict.incompatibilities)
        yield f"{kinds}: {', '.join(sorted(verdict.messages))}"
    else:
        yield from _unreadable(_fastavro(reader), _fastavro(writer), examples(writer))


def _unreadable(reader: Any, writer: Any, values: list[Any]) -> Iterator[str]:
    for value in values:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, writer, value)
        out.seek(0)
        try:
            fastavro.schemaless_reader(out, writer, reader)
        except Exception as error:  # noqa: BLE001 - whatever it is, a reader would meet it
            yield f"an example could not be read: {type(error).__name__}: {error}"


def changed_meaning(new: Schema, old: Schema) -> Iterator[str]:
    """What an older version said that a newer one no longer says, or says of something else."""
    if (now := _full_name(new)) != (was := _full_name(old)):
        yield f"the record is {now} and was {was}"
    found = dict(fields(new))
    for path, field in list(found.items()):
        outer = path.rpartition(".")[0]
        found |= {f"{outer}.{alias}".lstrip("."): field for alias in field.get("aliases", ())}
    for path, field in fields(old):
        if path not in found:
            yield f"{path} is gone: its values would vanish without a word"
        elif (now := _meaning(found[path])) != (was := _meaning(field)):
            yield f"{path} was {was} and is {now}: the same bytes would mean something else"


def _meaning(field: dict[str, Any]) -> str:
    """What a field's type does not say to Avro's rules of compatibility."""
    kinds = [as_object(kind) for kind in branches(field["type"])]
    texts = [kind["type"] for kind in kinds if kind["type"] in ("string", "bytes")]
    notes = [
        f"{name} {of[name]}"
        for of in (*kinds, field)
        for name in _MEANING
        if of.get(name) not in _NO_MEANING
    ]
    return " ".join(texts + notes) or "plain"


def _full_name(schema: Schema) -> str:
    return full_name(schema["name"], schema.get("namespace"))


def _apache(schema: Schema) -> avro.schema.Schema:
    return avro.schema.make_avsc_object(deepcopy(dict(schema)))


def _fastavro(schema: Schema) -> Any:
    return fastavro.parse_schema(deepcopy(dict(schema)))
