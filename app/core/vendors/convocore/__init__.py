"""Convocore: `{type, payload}`, the workspace's secret in the payload, times in milliseconds.

Source: vendor page "Webhook Documentation".
"""

from __future__ import annotations

from app.core.vendors.contract import Vendor
from app.core.vendors.convocore.events import EVENTS
from app.core.vendors.convocore.identify import identify
from app.core.vendors.convocore.tidy import odd, tidy
from app.core.vendors.convocore.verify import admit

VENDOR = Vendor(
    name="convocore",
    admit=admit,
    identify=identify,
    tidy=tidy,
    odd=odd,
    events=EVENTS,
)
