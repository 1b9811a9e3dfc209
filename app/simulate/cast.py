"""Who plays: customers and agents."""

from __future__ import annotations

import msgspec


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes or calls. `handle` is what a channel knows them by."""

    id: int
    name: str
    email: str
    phone: str
    handle: str


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers."""

    id: int
    name: str
    email: str
    extension: str


JANE = Customer(
    id=456,
    name="Jane Doe",
    email="jane@example.com",
    phone="+18005551234",
    handle="jane.doe",
)
MARY = Agent(id=13242, name="Mary Louis", email="mary@example.com", extension="2584")

_FIRST = (
    "Ada Ben Chloé Dmitri Elif Femi Grace Hiro Inês Jonas Kavya Liam Maya Noor Olga Pablo "
    "Quinn Rosa Sven Tariq Uma Vera Wei Ximena Yusuf Zoë"
)
_LAST = (
    "Abara Brandt Castillo Dubois Eriksen Fischer García Haddad Ito Jansen Kowalski Lindqvist "
    "Moreau Nakamura Okafor Petrov Quispe Rossi Silva Tanaka Ueda Visser Wójcik Yilmaz Zhang"
)
FIRST_NAMES = tuple(_FIRST.split())
LAST_NAMES = tuple(_LAST.split())
AGENTS = tuple(
    Agent(id=101 + n, name=name, email=f"agent{n}@centre.example.com", extension=f"{2501 + n}")
    for n, name in enumerate(
        (
            "Anna Berg",
            "Carlos Díaz",
            "Eva Novák",
            "Grzegorz Lis",
            "Ines Martin",
            "Kenji Mori",
            "Nadia Rahman",
            "Tom Baker",
        )
    )
)
