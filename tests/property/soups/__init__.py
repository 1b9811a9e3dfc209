"""Soups: payloads of one conversation, call or contact in no sensible order, over few ids and few
times, so that everything collides with everything.
"""

from __future__ import annotations

from tests.property.soups import convocore, varda, voiso, voxsig

SOUPS = {
    "voiso conversation": voiso.conversation(),
    "voiso call": voiso.call(),
    "varda conversation": varda.conversation(),
    "varda messages": varda.messages(),
    "varda call": varda.call(),
    "varda contact": varda.contact(),
    "convocore conversation": convocore.conversation(),
    "convocore client": convocore.client(),
    "voxsig conversation": voxsig.conversation(),
    "voxsig corrections": voxsig.corrections(),
    "voxsig contact": voxsig.contact(),
}
