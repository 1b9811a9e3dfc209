"""From a request to the record that is stored of it: pure, so that tests and fuzzers need no HTTP.

Nothing that is authenticated is refused for its content: what cannot be identified is stored
under the key `<source>/unknown/<event id>`, and the worker makes a dead letter of it.
"""

from __future__ import annotations

import msgspec

from app.core.identity import name_of, no_name
from app.core.undecodable import Reason, Undecodable
from app.core.vendors.contract import Request, Source, Vendor
from app.core.webhook import RawRecord, event_id

NOT_YET = -1
LONGEST_DELIVERY = 256


class Accepted(msgspec.Struct, frozen=True):
    """A genuine webhook as it is to be stored. `trouble` is why it has no identity, if it has none;
    `cause` the exception behind a trouble that is Hookline's own.
    """

    record: RawRecord
    trouble: Reason | None = None
    cause: Exception | None = None


def accept(
    request: Request, source: Source, vendor: Vendor, received_at: int, window_s: float
) -> Accepted:
    """`received_at` in microseconds since the epoch, `window_s` how many seconds the time of a
    signature may be off. Raises Refused where the request is not genuine.
    """
    admitted = vendor.admit(request, source, received_at / 1_000_000, window_s)
    id_ = event_id(source.name, admitted.body)
    trouble: Reason | None = None
    cause: Exception | None = None
    try:
        name = name_of(vendor, source, admitted.body, admitted.content_type)
    except Exception as error:  # noqa: BLE001 — it becomes a dead letter
        trouble = error.reason if isinstance(error, Undecodable) else "internal"
        cause = None if isinstance(error, Undecodable) else error
        name = no_name(vendor, source, id_)
    record = RawRecord(
        partition=NOT_YET,
        offset=NOT_YET,
        key=name.key,
        body=admitted.body,
        id=id_,
        source=source.name,
        type=name.type,
        received_at=received_at,
        content_type=admitted.content_type,
        delivery=admitted.delivery[:LONGEST_DELIVERY] if admitted.delivery else None,
        account=source.account_id,
    )
    return Accepted(record, trouble, cause)
