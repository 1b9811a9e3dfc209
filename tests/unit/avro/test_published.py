"""Only what the lock has is published."""

from __future__ import annotations

import pytest

from app.avro import published
from app.avro.lock import Lock
from app.avro.published import load_published
from app.errors import UserError


def test_a_schema_that_nobody_locked_has_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    known = load_published()
    name = known.lock.entries[0].name
    assert known.id_of(name) == known.lock.entries[0].id

    monkeypatch.setattr(published, "load_lock", Lock)
    with pytest.raises(UserError, match="is not in the lock"):
        load_published().id_of(name)
