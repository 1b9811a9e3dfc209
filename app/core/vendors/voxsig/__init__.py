"""Voxsig, which is Chatwoot by another name: `event` beside the attributes, signed by headers.

Sources: vendor page "Webhook events", and the behaviour of Chatwoot where the page is silent.
"""

from __future__ import annotations

from app.core.vendors.contract import Vendor
from app.core.vendors.voxsig.events import EVENTS
from app.core.vendors.voxsig.identify import identify
from app.core.vendors.voxsig.tidy import odd, tidy
from app.core.vendors.voxsig.verify import admit

VENDOR = Vendor(
    name="voxsig",
    admit=admit,
    identify=identify,
    tidy=tidy,
    odd=odd,
    events=EVENTS,
    may_be_unsigned=True,
    needs_account=True,
)
