"""Where a secret is kept: `${VARIABLE}` of the environment, or `file:PATH`. Never the secret."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

SHORTEST = 8
FORMS = '"${VARIABLE}" or "file:PATH"'
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FILE = "file:"


class BadReference(ValueError):
    """Why a reference leads to no usable secret. What is not a reference may be a secret itself,
    so the message quotes only names of variables and files."""


def follow(reference: object, folder: Path, environ: Mapping[str, str]) -> bytes:
    """The secret's bytes; one line end at the end of a file is not part of it. A relative PATH
    begins at `folder`. Raises BadReference, for a secret of under 8 bytes too.
    """
    if not isinstance(reference, str):
        raise BadReference(f"expected {FORMS}")
    if variable := _VARIABLE.fullmatch(reference):
        origin = f"the environment variable {variable[1]}"
        secret = _variable(environ, variable[1])
    elif reference.startswith(_FILE) and reference != _FILE:
        file = folder / reference.removeprefix(_FILE)
        origin = str(file)
        secret = _file(file)
    else:
        raise BadReference(
            f"expected {FORMS}; a secret itself does not belong in this file, which is copied and"
            " read by many"
        )
    if len(secret) < SHORTEST:
        raise BadReference(
            f"{origin} holds {len(secret)} bytes; expected at least {SHORTEST}: a shorter secret"
            " is guessed, and stands in bodies by chance"
        )
    return secret


def _variable(environ: Mapping[str, str], name: str) -> bytes:
    value = environ.get(name)
    if value is None:
        raise BadReference(f"the environment variable {name} is not set")
    return os.fsencode(value)


def _file(file: Path) -> bytes:
    try:
        return file.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        raise BadReference(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:
        raise BadReference("the path after file: is not a path") from None
