"""What soups are made of: few ids, few times, few words."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.core.webhook import FORM, JSON
from app.simulate.cast import Agent, Customer
from app.simulate.spelling import SECOND
from app.simulate.webhook import Webhook, compact
from tests.property.histories import NOW

Tree = dict[str, Any]

times = st.integers(0, 6).map(lambda n: NOW + n * SECOND)
numbers = st.sampled_from((9, 10, 11, 100))
texts = st.sampled_from(("one", "two", "three", "x" * 300, ""))
words = st.sampled_from(("open", "pending", "resolved", "closed", "snoozed", "ended", "archived"))
maybe = st.booleans()


@st.composite
def people(draw: st.DrawFn) -> Customer:
    id = draw(st.sampled_from((1, 2)))
    name = draw(st.sampled_from(("Ann", "Bob", "C" * 300)))
    tail = draw(st.sampled_from(("a", "b")))
    return Customer(
        id=id, name=name, email=f"{tail}@example.com", phone=f"+44791100000{id}", handle=tail
    )


@st.composite
def agents(draw: st.DrawFn) -> Agent:
    id = draw(st.sampled_from((1, 2)))
    name = draw(st.sampled_from(("Eva", "Tom")))
    return Agent(id=id, name=name, email=f"{name}@example.com", extension=f"25{id}")


def webhook_of(vendor: str, key: str, type: str, body: Tree | bytes, at: int) -> Webhook:
    return Webhook(
        source=vendor,
        vendor=vendor,
        stored=body if isinstance(body, bytes) else compact(body),
        at=at,
        key=f"{vendor}/{key}",
        type=type,
        content_type=FORM if isinstance(body, bytes) else JSON,
        counted=True,
    )


def without(tree: Tree, names: frozenset[str]) -> Tree:
    return {name: value for name, value in tree.items() if name not in names}
