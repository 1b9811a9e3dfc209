"""A Confluent-compatible schema registry, as far as Hookline asks one.

Plain HTTP by the standard library: a question is rare (an id that the lock does not know, or
`hookline schemas register`), and answers never change.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from app.avro.names import Schema, SchemaId
from app.errors import UserError

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SCHEMA_NOT_FOUND = 40401, 40402, 40403
_TIMEOUT_S = 5.0
_OPENER = urllib.request.build_opener(urllib.request.HTTPHandler, urllib.request.HTTPSHandler)


class RegistryError(Exception):
    """The registry answered, and its answer is a refusal. `code` is its own error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Registry:
    """The registry at a URL, which may hold a user and password; neither is ever shown."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.url = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._headers = {"Accept": CONTENT_TYPE, "Content-Type": CONTENT_TYPE}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def schema(self, schema_id: SchemaId) -> Schema:
        """Raises RegistryError (SCHEMA_NOT_FOUND), UserError where no registry answers."""
        return json.loads(self.ask("GET", f"/schemas/ids/{schema_id}")["schema"])

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request. Raises RegistryError for a refusal, UserError where no registry answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - settings take http and https only
            self.url + path, data, self._headers, method=method
        )
        try:
            with _OPENER.open(request, timeout=_TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from None
        except (OSError, HTTPException, ValueError) as error:
            why = error.reason if isinstance(error, urllib.error.URLError) else error
            raise UserError(
                f"The schema registry at {self.url} does not answer: {why}.",
                "Check SCHEMA_REGISTRY_URL and that the registry runs.",
            ) from None

    def _refusal(self, error: urllib.error.HTTPError) -> Exception:
        try:
            told = json.load(error)
            return RegistryError(int(told["error_code"]), str(told["message"]))
        except (OSError, ValueError, KeyError, TypeError):
            return UserError(
                f"The schema registry at {self.url} answers {error.code} {error.reason}.",
                "Check SCHEMA_REGISTRY_URL: is a registry there, and may Hookline use it?",
            )


def path(*parts: str | int) -> str:
    """A path of percent-encoded parts."""
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)
