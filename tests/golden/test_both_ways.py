"""Every golden webhook decodes to one event whichever way it goes, and that event is written."""

from __future__ import annotations

from functools import lru_cache

import pytest

from app.avro.encoder import Encoder, compile_encoder
from app.avro.published import load_published
from app.avro.reading import value_reader
from app.avro.wire import frame
from app.core.catalogue import Catalogue
from app.core.decoder import EventDecoder, compile_decoder
from app.core.undecodable import Undecodable
from app.core.vendors import vendor_named
from tests.golden import cases
from tests.golden.cases import Case

PUBLISHED = load_published()
DECODED = [case for case in cases.cases() if not (case.folder / "dead_letter.json").exists()]


@lru_cache
def catalogue() -> Catalogue:
    return cases.catalogue()


@lru_cache
def codec(vendor: str, folder: str) -> tuple[EventDecoder, Encoder]:
    schema = PUBLISHED.repository.latest(vendor, folder).schema
    return compile_decoder(schema, vendor_named(vendor)), compile_encoder(schema)


@pytest.mark.parametrize("case", DECODED, ids=lambda case: case.name)
def test_both_ways(case: Case) -> None:
    record = case.record()
    schema = catalogue().decode(record).schema
    decoder, encode = codec(*schema)

    event = decoder.decode(record.body, record.content_type)
    assert event == decoder.decode_slowly(record.body, record.content_type)

    name = PUBLISHED.repository.latest(*schema).name
    read = value_reader(PUBLISHED)(frame(PUBLISHED.id_of(name), encode(event)))
    assert read["extra"] == event.extra


@pytest.mark.parametrize("case", DECODED, ids=lambda case: case.name)
def test_an_unknown_field_changes_nothing_but_extra(case: Case) -> None:
    """The day after a vendor adds a field, nothing else may be read otherwise."""
    record = case.record()
    if not record.body.startswith(b"{"):
        return
    schema = catalogue().decode(record).schema
    decoder, _ = codec(*schema)
    plain = decoder.decode(record.body)

    drifted = decoder.decode(b'{"brand_new": [1, {}],' + record.body[1:])

    assert drifted.extra.pop("brand_new") == "[1,{}]"
    assert drifted == plain


@pytest.mark.parametrize("case", DECODED, ids=lambda case: case.name)
def test_what_is_cut_short_is_a_dead_letter_not_a_crash(case: Case) -> None:
    record = case.record()
    if not record.body.startswith(b"{"):
        return
    decoder, _ = codec(*catalogue().decode(record).schema)
    body = record.body.rstrip()
    for end in range(0, len(body), max(1, len(body) // 40)):
        with pytest.raises(Undecodable):
            decoder.decode(body[:end])
