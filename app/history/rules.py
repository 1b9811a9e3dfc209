"""What the webhooks of a key are understood by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import Codec
from app.read.event_json import EventJson
from app.read.row_json import RowJson


class Rules(NamedTuple):
    """How they are decoded and folded, and how events and rows are shown: those of this program,
    which the worker runs, too.
    """

    catalogue: Catalogue
    codecs: Mapping[Table, Codec]
    rows: RowJson
    events: EventJson
