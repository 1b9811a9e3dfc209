"""A row from its bytes, or a clear no."""

from __future__ import annotations

from app.core.projection import AnyRow
from app.core.rows import Codec
from app.errors import UserError


class NotARow(Exception):
    """A value of a state topic that is no row."""


def read_row(codec: Codec, value: bytes) -> AnyRow:
    """Raises NotARow whatever the bytes are: somebody else may have written them."""
    try:
        return codec.loads(value)
    except UserError:
        raise  # a registry that is away
    except Exception as error:
        raise NotARow(f"{type(error).__name__}: {error}") from error
