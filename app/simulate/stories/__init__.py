"""Every story there is, by vendor, and how often it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.core.vendors.contract import Source
from app.simulate.scene import Scene
from app.simulate.stories import broken, convocore, varda, voiso, voxsig
from app.simulate.story import Story


class Told(NamedTuple):
    """`weight` is how often, compared with the others."""

    weight: float
    tell: Callable[[Source, Scene], Story]


RARE = 0.05

STORIES: dict[str, tuple[Told, ...]] = {
    "voiso": (
        Told(4, voiso.chat),
        Told(0.3, voiso.chat_ended_unseen),
        Told(4, voiso.call),
        Told(1, voiso.call_ringing_out),
        Told(0.3, voiso.user),
        Told(RARE, broken.voiso_bodies),
    ),
    "varda": (
        Told(5, varda.chat),
        Told(0.5, varda.nobody_writes),
        Told(1, varda.chat_opened_again),
        Told(4, varda.call),
        Told(1, varda.contact),
        Told(RARE, varda.broken_clock),
        Told(RARE, broken.varda_bodies),
    ),
    "convocore": (
        Told(5, convocore.chat),
        Told(0.5, convocore.form_alone),
        Told(2, convocore.lead),
        Told(1, convocore.client),
        Told(0.3, convocore.workspace),
        Told(RARE, broken.convocore_bodies),
    ),
    "voxsig": (
        Told(5, voxsig.chat),
        Told(2, voxsig.reopened),
        Told(0.5, voxsig.old_installation),
        Told(1, voxsig.automated),
        Told(1, voxsig.contact),
        Told(0.2, voxsig.inbox),
        Told(RARE, broken.voxsig_bodies),
    ),
}

# By vendor, a story of one webhook: it fills up a run to its count.
SHORTEST: dict[str, Callable[[Source, Scene], Story]] = {
    "voiso": voiso.chat_ended_unseen,
    "varda": varda.one_contact,
    "convocore": convocore.form_alone,
    "voxsig": voxsig.one_contact,
}

# Voiso's bodies without a secret: only a source that does not verify takes them.
UNVERIFIED: tuple[Told, ...] = (
    Told(1, voiso.retired_record),
    Told(RARE, voiso.given_up),
)


def stories_of(source: Source) -> tuple[Told, ...]:
    """The stories that a source's webhooks can tell."""
    told = STORIES[source.vendor]
    return told + UNVERIFIED if source.vendor == "voiso" and not source.verify else told
