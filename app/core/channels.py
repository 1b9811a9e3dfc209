"""The channels a conversation can be on, whatever a vendor calls them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, get_args

Channel = Literal[
    "whatsapp",
    "instagram",
    "messenger",
    "telegram",
    "webchat",
    "email",
    "sms",
    "voice",
    "discord",
    "api",
    "other",
]

_SPELLINGS: dict[str, Channel] = {
    **{name: name for name in get_args(Channel)},
    "facebook": "messenger",
    "facebookmessenger": "messenger",
    "facebookpage": "messenger",
    "chat": "webchat",
    "livechat": "webchat",
    "web": "webchat",
    "website": "webchat",
    "webwidget": "webchat",
    "mail": "email",
    "twiliosms": "sms",
    "call": "voice",
    "phone": "voice",
    "telephony": "voice",
    "vapi": "voice",
}
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=1_024)
def channel_of(word: str) -> Channel:
    """The channel a vendor's word stands for: `web-chat`, `Channel::WebWidget`, `vapi`, …

    A word that is not known is "other".
    """
    word = word[:64].lower().strip().removeprefix("channel::")
    return _SPELLINGS.get(_NOT_A_WORD.sub("", word), "other")
