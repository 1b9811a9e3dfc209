"""What kind of message a Voxsig message is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.core.facts import MessageClass
from app.core.undecodable import Undecodable

# A string at the top of a body, a number nested and in old versions.
_CLASSES: Mapping[str, MessageClass] = MappingProxyType(
    {
        "incoming": "inbound",
        "outgoing": "outbound",
        "activity": "activity",
        "template": "automated",
        "0": "inbound",
        "1": "outbound",
        "2": "activity",
        "3": "automated",
    }
)
_BOTS = ("agent_bot", "captain_assistant")


def class_of(message: Any) -> MessageClass:
    """A private message is a note whatever its type; one that a bot sent is automated. Raises
    Undecodable (schema_mismatch) for a type that is not known: it could not be counted.
    """
    if message.private is True:
        return "note"
    cls = _CLASSES.get(message.message_type)
    if cls is None:
        raise Undecodable(
            "schema_mismatch",
            "expected incoming, outgoing, activity or template (0 to 3), got another word",
            "$.message_type",
        )
    if cls == "outbound" and message.sender and message.sender.type in _BOTS:
        return "automated"
    return cls
