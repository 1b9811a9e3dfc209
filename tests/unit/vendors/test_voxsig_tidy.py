"""What relays do to Voxsig's bodies is undone, and an inbox's credentials stay behind."""

from __future__ import annotations

import copy
from typing import Any

from app.core.vendors.voxsig import VENDOR

MESSAGE = {"event": "message_created", "id": 5, "conversation": {"id": 58}}


def tidy(tree: dict[str, Any]) -> dict[str, Any]:
    before = copy.deepcopy(tree)
    tidied = VENDOR.tidy(tree)
    assert tree == before, "tidy must not change what it is given"
    return tidied


def test_empty_objects_that_became_lists_are_objects_again() -> None:
    bent = {
        "sender": [],
        "conversation": {"meta": {"sender": {"account": []}, "team": []}, "contact_inbox": []},
    }
    assert tidy(bent) == {
        "sender": {},
        "conversation": {"meta": {"sender": {"account": {}}, "team": {}}, "contact_inbox": {}},
    }


def test_lists_and_free_objects_stay_as_they_are() -> None:
    kept = {"labels": [], "conversation": {"messages": [], "custom_attributes": {"meta": []}}}
    assert tidy(kept) == kept


def test_a_second_copy_goes_and_so_do_the_names_rails_adds() -> None:
    rails = {"controller": "hooks", "action": "create", "format": "json"}
    assert tidy({**MESSAGE, **rails, "hook": dict(MESSAGE)}) == MESSAGE
    assert tidy({**MESSAGE, "body": dict(MESSAGE)}) == MESSAGE


def test_what_only_looks_like_an_addition_stays() -> None:
    kept = {**MESSAGE, "action": "reply", "format": "html", "hook": {"event": "another"}}
    assert tidy(kept) == kept


def test_of_an_inboxs_channel_only_what_is_public_is_kept() -> None:
    channel = {"id": 3, "email": "shop@example.com", "imap_password": "x", "new_api_key": "y"}
    public = {"id": 3, "email": "shop@example.com"}
    inbox = {"event": "inbox_updated", "id": 6}
    assert tidy({**inbox, "channel": channel})["channel"] == public
    assert tidy({**inbox, "channel": "Channel::Email"})["channel_type"] == "Channel::Email"
    assert tidy({**inbox, "channel": None}) == {**inbox, "channel": None}


def test_a_conversations_channel_is_a_word_and_stays() -> None:
    kept = {"event": "conversation_updated", "id": 58, "channel": "Channel::Api"}
    assert tidy(kept) == kept
