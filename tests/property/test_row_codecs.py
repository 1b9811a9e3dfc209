"""Given any row, then the generated codec and Avro's own library make the same of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.avro.row_codecs import row_schemas
from app.avro.rows import RowCodec
from app.avro.wire import HEAD, frame
from app.core.projection import AnyRow
from tests.property.seam import codecs, folded, repository
from tests.property.test_folds import draw_history, every_kind, thorough

OLDER = 7  # the id of a schema that only fastavro reads

by_fastavro = {
    table: RowCodec(table, schema, 8, lambda _id, schema=schema: schema)
    for table, schema in row_schemas(repository()).items()
}


def content(row: AnyRow) -> Any:
    """A row without what the encoder has put into it."""
    return _bare(msgspec.to_builtins(row, builtin_types=(bytes, bytearray)))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if name != "encoded"}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@every_kind
@thorough
@given(data=st.data())
def test_a_row_is_read_as_fastavro_reads_it(kind: str, data: st.DataObject) -> None:
    for table, written in folded(draw_history(data, kind)).written():
        row = codecs()[table].loads(written)
        older = frame(OLDER, written[HEAD:])
        other = by_fastavro[table].loads(older)

        assert content(row) == content(other)
        assert codecs()[table].offset_of(written) == row.offset == other.offset
        assert by_fastavro[table].offset_of(older) == other.offset
        assert codecs()[table].dumps(row) == written
        assert by_fastavro[table].dumps(other)[HEAD:] == written[HEAD:]


@every_kind
@thorough
@given(data=st.data())
def test_a_row_that_was_cut_off_is_refused(kind: str, data: st.DataObject) -> None:
    for table, written in folded(draw_history(data, kind)).written():
        length = data.draw(st.integers(HEAD, len(written) - 1))

        with pytest.raises(ValueError, match="the bytes are no "):
            codecs()[table].loads(written[:length])
