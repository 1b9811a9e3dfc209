"""What a view is a view of: where it no longer is, the view is made anew."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.inspector.view.tables import version


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """`topics`: the id of each, by name. A topic that was deleted and created again has another."""

    cluster: str
    topics: Mapping[str, str]
    version: str = msgspec.field(default_factory=version)

    def text(self) -> str:
        return msgspec.json.encode(self, order="sorted").decode()

    def difference(self, text: str | None) -> str | None:
        """Why what a view says of itself is not this; None where it is."""
        if text is None:
            return "it is not finished"
        try:
            other = msgspec.json.decode(text, type=Identity)
        except msgspec.DecodeError:
            return "it does not say what it is of"
        if other.version != self.version:
            return "it is of another version of Hookline"
        if other.cluster != self.cluster:
            return "it is of another Kafka cluster"
        if other.topics != self.topics:
            return "it is of other topics, or of ones that were deleted since"
        return None
