"""The vendors that Hookline knows: one line each."""

from __future__ import annotations

from app.core.vendors import convocore, varda, voiso, voxsig
from app.core.vendors.contract import Vendor

VENDORS: tuple[Vendor, ...] = (
    voiso.VENDOR,
    varda.VENDOR,
    convocore.VENDOR,
    voxsig.VENDOR,
)

_BY_NAME = {vendor.name: vendor for vendor in VENDORS}


def vendor_named(name: str) -> Vendor:
    """Raises KeyError for a vendor that Hookline does not know."""
    return _BY_NAME[name]
