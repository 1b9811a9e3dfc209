"""What vendors say, cut to fixed lengths."""

from __future__ import annotations

from msgspec import UNSET

from app.core import cut


def test_each_kind_of_text_has_its_length() -> None:
    long = "x" * 5_000
    assert len(cut.message_text(long)) == 280
    assert len(cut.word(long)) == 256
    assert len(cut.notes(long)) == 1_024
    assert len(cut.url(long)) == 2_048
    assert cut.word("short") == "short"


def test_what_is_not_text_passes_through() -> None:
    for kind in (cut.message_text, cut.word, cut.notes, cut.url):
        assert kind(None) is None
        assert kind(UNSET) is UNSET


def test_labels_keep_the_vendors_order() -> None:
    assert cut.labels(["b", "a", "x" * 100]) == ["b", "a", "x" * 64]
    assert cut.labels(str(n) for n in range(100)) == [str(n) for n in range(64)]


def test_attributes_are_chosen_by_name_whatever_their_order() -> None:
    said = {f"{n:03}": "v" * 300 for n in range(100)}
    kept = cut.attributes(said)
    assert list(kept) == [f"{n:03}" for n in range(64)]
    assert kept == cut.attributes(dict(reversed(said.items())))
    assert kept["000"] == "v" * 256


def test_of_two_names_cut_to_one_the_first_stays() -> None:
    assert cut.attributes({"n" * 64 + "b": "2", "n" * 64 + "a": "1"}) == {"n" * 64: "1"}
    assert cut.attributes({"cleared": None}) == {"cleared": None}
