"""Templates, and the words and forms that they use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import UNSET

from app.core.row import FOLD_VERSION
from app.core.times import micros
from app.core.webhook import iso, place_of
from app.history.difference import LITTLE_NEWS
from app.history.moment import BADGES, Change
from app.inspector.page import json_text, times
from app.inspector.page.links import api_link, row_link
from app.read.compare import Difference

_CUT = 120  # characters of a value in a line
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_MEMBER = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
_ROOT = re.compile(r"[.\[]")


class Renderer:
    """HTML of a template. Whatever is put into one is text, unless made as markup here."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("app.inspector.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "after_path": lambda words, path: words.removeprefix(f"{path}: "),
            "ago": times.ago,
            "api_link": api_link,
            "as_changes": _as_changes,
            "clock": times.clock,
            "coloured_changes": json_text.coloured_changes,
            "cut": _cut,
            "event_name": lambda type: type.partition(".")[2] or type,
            "iso": iso,
            "is_place": lambda text: place_of(text) is not None,
            "is_time": _is_time,
            "is_words": lambda value: (
                isinstance(value, list) and all(isinstance(one, str) for one in value)
            ),
            "lateness": times.lateness,
            "length_of": times.length,
            "micros": _micros,
            "member": _member,
            "money": lambda cents: f"{cents / 100:,.2f}",
            "number": lambda count: f"{count:,}",
            "percent": lambda share: f"{share:.1%}",
            "pretty": json_text.pretty,
            "pretty_body": json_text.pretty_body,
            "rate": lambda count: f"{count:,.1f}" if count < 100 else f"{count:,.0f}",
            "root": lambda path: _ROOT.split(path, maxsplit=1)[0],
            "row_link": row_link,
            "short": _short,
            "visible": json_text.visible,
        }
        self._environment.tests["unset"] = lambda value: value is UNSET
        self._environment.globals |= {
            "badges": BADGES,
            "fold_version": FOLD_VERSION,
            "little_news": LITTLE_NEWS,
            "static": static_link,
        }

    def page(self, template: str, context: Mapping[str, Any]) -> str:
        return self._environment.get_template(template).render(context)


@cache
def static_link(name: str) -> str:
    """Of a file of `static`; another address whenever it is another file."""
    content = files("app.inspector.page").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={blake2b(content, digest_size=6).hexdigest()}"


def _is_time(text: object) -> bool:
    return isinstance(text, str) and _ISO.fullmatch(text) is not None


def _as_changes(found: Sequence[Difference]) -> list[Change]:
    return [Change(path=one.field, before=one.left, after=one.right) for one in found]


def _micros(at: int | str) -> int:
    return at if isinstance(at, int) else micros(at)


def _member(id: str) -> str:
    """A worker's name without what all have in common, and the first digits of what tells it."""
    found = _MEMBER.search(id)
    return found[1] if found else id


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def _short(count: int) -> str:
    """`1,204`, `53k`, `1.2M`: for where there is little room."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count // 1000}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M"
