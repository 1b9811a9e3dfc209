"""Read fields of a parsed body. A null, and for most vendors a missing field, says nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000


class NotDecodable(Exception):
    """A dead letter: a field has a wrong type, or the event is not known."""


def member(tree: dict, name: str) -> dict:
    """An object inside; an empty one where it is missing or null. PHP relays spell {} as []."""
    value = tree.get(name)
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise NotDecodable(name)
    return value


def text(tree: dict, name: str) -> str | None:
    value = tree.get(name)
    if value is not None and not isinstance(value, str):
        raise NotDecodable(name)
    return value


def id_of(tree: dict, name: str = "id") -> str | None:
    """Ids come as text or as whole numbers."""
    value = tree.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotDecodable(name)
    return str(value)


def number(tree: dict, name: str) -> int | float | None:
    """A form's numbers are text."""
    value = tree.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotDecodable(name)
    return value


def seconds_as_ms(tree: dict, name: str) -> int | None:
    value = number(tree, name)
    return None if value is None else round(value * 1000)


def time(tree: dict, name: str) -> int | None:
    value = tree.get(name)
    return None if value is None else moment(value)


def time_or_never(tree: dict, name: str) -> int | None:
    """Voxsig: 0 means never."""
    return time(tree, name) or None


def moment(value: Any) -> int:
    """Microseconds since 1970 of any way in which vendors write a time."""
    if isinstance(value, bool):
        raise NotDecodable("time")
    if isinstance(value, int | float):
        if value < 100_000_000_000:
            return round(value * SECOND)
        if value < 100_000_000_000_000:
            return round(value * 1000)
        return round(value)
    if not isinstance(value, str):
        raise NotDecodable("time")
    browser = re.match(r"^\w+ (\w+ \d+ \d+ [\d:]+) GMT([+-]\d+)", value)
    if browser:
        at = datetime.strptime(" ".join(browser.groups()), "%b %d %Y %H:%M:%S %z")
    elif re.fullmatch(r"\d+", value):
        return moment(int(value))
    else:
        at = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - EPOCH) // timedelta(microseconds=1)


def cut(value: str | None, length: int = 256) -> str | None:
    return None if value is None else value[:length]


def said(**fields: Any) -> dict[str, Any]:
    """Only what is said."""
    return {name: value for name, value in fields.items() if value is not None}


CHANNELS = {
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "messenger": "messenger",
    "facebook": "messenger",
    "facebook messenger": "messenger",
    "Channel::FacebookPage": "messenger",
    "telegram": "telegram",
    "Channel::Telegram": "telegram",
    "webchat": "webchat",
    "chat": "webchat",
    "web-chat": "webchat",
    "Channel::WebWidget": "webchat",
    "email": "email",
    "Channel::Email": "email",
    "sms": "sms",
    "Channel::Sms": "sms",
    "voice": "voice",
    "phone": "voice",
    "vapi": "voice",
    "telephony": "voice",
    "discord": "discord",
    "api": "api",
    "Channel::Api": "api",
}


def channel(word: str | None) -> str | None:
    return None if word is None else CHANNELS.get(word, "other")


def closing_word(word: str | None, meanings: tuple[str, ...]) -> str:
    """A closing closes whatever the status says: `meanings`, the first of them its own word."""
    return word if word in meanings else meanings[0]


RESOLVED = ("resolved",)
ENDED = ("closed", "ended", "archived")
