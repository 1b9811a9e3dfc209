"""Varda: known by name; its events follow."""

from __future__ import annotations

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Admitted, Identity, Refused, Request, Source, Tree, Vendor


def _admit(request: Request, source: Source, now: float, window: float) -> Admitted:
    raise Refused("bad_signature", "nothing of this vendor is taken yet")


def _identify(body: bytes, content_type: str, source: Source) -> Identity:
    raise Undecodable("unknown_event", "no event of this vendor is known yet")


def _tidy(tree: Tree) -> Tree:
    return tree


def _odd(body: bytes) -> bool:
    return False


VENDOR = Vendor(name="varda", admit=_admit, identify=_identify, tidy=_tidy, odd=_odd, events=())
