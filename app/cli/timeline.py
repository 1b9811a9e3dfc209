"""`hookline timeline`: what happened to a conversation, a call or a contact, and when."""

# ruff: noqa: PLR0913, PLR0917  (a parameter is an option)

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import KEY, AsJson, Bootstrap, FromTopics, Prefix, Scan, place_given, span_of
from app.cli.show.moments import print_page
from app.cli.show.output import console, print_json, say
from app.cli.ways.choose import way
from app.cli.ways.way import Way
from app.errors import UserError
from app.history.forms import page_json
from app.history.page import Page
from app.read.tables import row_key

NOT_FOUND = 1
USUAL = 50  # webhooks


def timeline(
    key: Annotated[str, typer.Argument(metavar="KEY", help=KEY)],
    since: Annotated[str | None, typer.Option(help="Received since: a time, or 2h.")] = None,
    until: Annotated[str | None, typer.Option(help="Received before: a time, or 2h.")] = None,
    before: Annotated[
        str | None,
        typer.Option(
            metavar="PARTITION:OFFSET", help="Only what lies before this place on the raw log."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = USUAL,
    body: Annotated[
        bool, typer.Option("--body", help="Also headers, decoded events and bodies.")
    ] = False,
    scan: Scan = False,
    from_topics: FromTopics = False,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Show every webhook of a conversation, a call or a contact, and what each changed in its row.

    A row names its raw records, so that this takes a few seeks; events that change no row (typing,
    say) it does not name: --scan finds these, too. Exit code 1 where KEY has no webhook at all;
    that none was received in the span asked for is said, and is all well.
    """
    table, _ = row_key(key)
    since_at, until_at = span_of("--since", since, "--until", until)
    place = place_given("--before", before)

    def newest(to: Way) -> Page | None:
        return to.page(
            table, key, since=since_at, until=until_at, before=place, limit=limit, bodies=body
        )

    with way(bootstrap, prefix, from_topics=from_topics, scan=scan) as to:
        page = newest(to)
    if page is None:
        say(f"It has no row {key}: reading the topics, for dead letters.")
        with way(bootstrap, prefix, from_topics=True) as to:
            page = newest(to)
    assert page is not None, "the topics know keys without rows"
    if place is not None and any(one.partition != place[0] for one in page.items):
        raise UserError(
            f"--before: {before} is in another partition than {key}.",
            f"Give a place that stands in its timeline; they begin with {page.items[0].partition}:",
        )
    if as_json:
        print_json(page_json(page, bodies=body))
    elif page.items:
        print_page(console(), page, bodies=body)
    _say(page)
    if not page.total:
        raise typer.Exit(NOT_FOUND)


def _say(page: Page) -> None:
    if not page.total:
        say(f"There is no webhook of {page.key}.")
    elif not page.items:
        say(f"None of the {page.total:,} webhooks is of that time and place.")
    elif page.next is not None:
        say(
            f"The newest {len(page.items):,} of {page.total:,} webhooks: --limit shows more, "
            f"--before {page.items[0].raw} those before."
        )
