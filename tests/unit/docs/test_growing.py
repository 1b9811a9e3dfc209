"""docs/growing.md: what it names is there. (tests/integration/test_growing_page.py runs it.)"""

from __future__ import annotations

import re

from app.kafka.topics import Topics
from app.settings import PREFIX, Settings
from tests.unit.docs.pages import DOCS, page


def test_its_settings_topics_and_pages_are_there() -> None:
    text = page("growing.md")
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}\w+", text)) <= settings
    rooms = {topic.partition(".")[0] for topic in Topics()}
    assert set(re.findall(r"`wide\.([a-z]+)\.\*`", text)) <= rooms
    for name in re.findall(r"\]\(([\w./]+\.md)[#)]", text):
        assert (DOCS / name).exists()


def test_it_can_be_found() -> None:
    assert "(growing.md)" in page("scale.md")
    assert "(docs/growing.md)" in (DOCS.parent / "README.md").read_text()
