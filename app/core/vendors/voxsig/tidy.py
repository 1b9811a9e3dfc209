"""Voxsig's bodies as relays bend them, made regular."""

from __future__ import annotations

from typing import Any, cast

from app.core.vendors.contract import Tree

# Objects of which a schema knows the inside: a relay written in PHP sends an empty one as [].
_OBJECTS = frozenset(
    {
        "account",
        "assignee",
        "channel",
        "contact",
        "contact_inbox",
        "conversation",
        "inbox",
        "meta",
        "sender",
        "team",
        "user",
    }
)
_RAILS = ("controller", "action", "format")
_INBOX = ("inbox_created", "inbox_updated")
# The rest of a channel's settings are access tokens, passwords and the like, or may be one day.
_PUBLIC = frozenset({"id", "name", "email", "phone_number", "provider", "website_url"})


def tidy(tree: Tree) -> Tree:
    """The body without what a relay added, and with `{}` where one made it `[]`."""
    mended = _mend(_without_copy(tree))
    return _without_credentials(mended) if tree.get("event") in _INBOX else mended


def odd(body: bytes) -> bool:
    """No odd form of Voxsig fits a schema by chance."""
    return False


def _without_copy(tree: Tree) -> Tree:
    """Rails adds its `controller` and `action`, and under a name of its own the body again."""
    if "controller" in tree and "action" in tree:
        tree = {name: value for name, value in tree.items() if name not in _RAILS}
    return {name: value for name, value in tree.items() if not _is_copy(value, tree)}


def _is_copy(value: Any, tree: Tree) -> bool:
    """No object of Voxsig's own has an `event`."""
    if not isinstance(value, dict) or "event" not in value:
        return False
    return cast(Tree, value)["event"] == tree.get("event")


def _mend(tree: Tree) -> Tree:
    return {
        name: _mend_object(value) if name in _OBJECTS else value for name, value in tree.items()
    }


def _mend_object(value: Any) -> Any:
    if isinstance(value, dict):
        return _mend(cast(Tree, value))
    return {} if value == [] else value


def _without_credentials(tree: Tree) -> Tree:
    """Chatwoot sends an inbox with its whole channel, decrypted credentials and all."""
    channel: Any = tree.get("channel")
    if isinstance(channel, str):
        others = {name: value for name, value in tree.items() if name != "channel"}
        return {"channel_type": channel, **others}
    if not isinstance(channel, dict):
        return tree
    settings = cast(Tree, channel)
    public = {name: value for name, value in settings.items() if name in _PUBLIC}
    return {**tree, "channel": public}
