"""Varda: `{event, timestamp, data}`, signed in a header with a time.

Source: vendor page "Webhook Events".
"""

from __future__ import annotations

from app.core.vendors.contract import Vendor
from app.core.vendors.varda.events import EVENTS
from app.core.vendors.varda.identify import identify
from app.core.vendors.varda.tidy import odd, tidy
from app.core.vendors.varda.verify import admit

VENDOR = Vendor(name="varda", admit=admit, identify=identify, tidy=tidy, odd=odd, events=EVENTS)
