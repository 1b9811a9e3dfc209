"""The API's own description, OpenAPI 3.1, made from what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from app.avro.names import Schema
from app.core.projection import Table
from app.inspector.api.documents import TEXT, ref
from app.inspector.api.operation import Operation
from app.inspector.api.parameters import Parameters
from app.inspector.api.problem import MEDIA_TYPE, ProblemBody
from app.inspector.api.row_schema import row_schema
from app.inspector.api.status import DOCUMENTS

_TEMPLATE = "#/components/schemas/{name}"
_MEANS = {
    400: "A parameter is wrong.",
    401: "The token is missing or wrong.",
    404: "There is none.",
    410: "Raw records that this takes are no longer kept.",
    503: "Kafka does not answer, or the view is being made.",
}


def description(
    operations: Iterable[Operation], rows: Mapping[Table, Schema], version: str, *, token: bool
) -> dict[str, Any]:
    """`rows` are the latest schemas of the tables; `token`: whether one has to be brought."""
    _, components = msgspec.json.schema_components(
        [ProblemBody, *DOCUMENTS], ref_template=_TEMPLATE
    )
    components |= {f"{table.capitalize()}Row": row_schema(schema) for table, schema in rows.items()}
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Hookline inspector",
            "version": version,
            "description": "Rows, how they came to be, dead letters, and how everything is. "
            "Ids in paths are percent-encoded; times are ISO 8601 in UTC.",
        },
        "paths": {one.path: {"get": _operation(one, token=token)} for one in operations},
        "components": {"schemas": components},
    }
    if token:
        bearer = {"type": "http", "scheme": "bearer", "description": "HOOKLINE_TOKEN"}
        described["components"]["securitySchemes"] = {"token": bearer}
        described["security"] = [{"token": []}]
    return described


def _operation(one: Operation, *, token: bool) -> dict[str, Any]:
    errors: set[int] = {400, 503, *one.errors} | ({401} if token else set())
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
        for name in one.part_names
    ]
    return {
        "operationId": one.id,
        "summary": one.summary,
        "parameters": [*parts, *_parameters(one.query)],
        "responses": {
            "200": {"description": "OK", "content": {one.media_type: {"schema": one.schema}}},
            **{
                str(status): {
                    "description": _MEANS[status],
                    "content": {MEDIA_TYPE: {"schema": ref("ProblemBody")}},
                }
                for status in sorted(errors)
            },
        },
    }


def _parameters(query: type[Parameters]) -> list[dict[str, Any]]:
    _, schemas = msgspec.json.schema_components([query], ref_template=_TEMPLATE)
    fields: dict[str, Any] = schemas[query.__name__]["properties"]
    return [_parameter(name, dict(field)) for name, field in fields.items()]


def _parameter(name: str, field: dict[str, Any]) -> dict[str, Any]:
    """None is a parameter that is not there."""
    said = field.pop("description", None)
    if "anyOf" in field:
        [one] = [schema for schema in field["anyOf"] if schema != {"type": "null"}]
        field = {**one}
        said = said or field.pop("description", None)
    shown = {"name": name, "in": "query", "required": False, "schema": field}
    return shown | ({"description": said} if said else {})
