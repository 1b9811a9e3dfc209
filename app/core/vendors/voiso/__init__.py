"""Voiso: calls and digital conversations, in two envelopes, the secret in the body.

Sources: vendor pages "Webhooks overview" (2024), "Digital interaction events", "Call events".
"""

from __future__ import annotations

from app.core.vendors.contract import Vendor
from app.core.vendors.voiso.events import EVENTS
from app.core.vendors.voiso.identify import identify
from app.core.vendors.voiso.tidy import OLDER_NAMES, odd, tidy
from app.core.vendors.voiso.verify import admit

VENDOR = Vendor(
    name="voiso",
    admit=admit,
    identify=identify,
    tidy=tidy,
    odd=odd,
    events=EVENTS,
    older_names=OLDER_NAMES,
    methods=("POST", "GET"),
    may_be_unsigned=True,
)
