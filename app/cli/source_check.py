"""A source that somebody names and that is nowhere: most likely its name is misspelt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import islice
from pathlib import Path

from app.cli.show.output import progress_bar
from app.cli.show.texts import one_line
from app.cli.wiring import Reading
from app.core.webhook import parse_key
from app.errors import UserError
from app.read.known_sources import look_for_sources
from app.sources import source_names

_SHOWN, _LONGEST = 20, 40


def of_key(key: str | None, sources: Collection[str] | None) -> tuple[str, ...]:
    """The sources that are given with a key, or without one. Raises UserError where the key is of
    none of them.
    """
    given = tuple(sources or ())
    if key is not None and given and (own := parse_key(key).source) not in given:
        raise UserError(
            f"{key} is of the source {own}, not of {' or '.join(given)}.",
            "Give the key alone, or the source alone.",
        )
    return given


def nowhere(
    to: Reading,
    sources: Collection[str],
    topics: Sequence[str],
    what: str,
    same: Callable[[str], str] = str,
) -> UserError | None:
    """What is to be said of sources that neither the topics nor the configuration knows. `what`
    the topics hold: webhooks, rows.
    """
    configured = _configured(to.settings.config) if sources else []
    known = {same(one) for one in configured}
    asked = [one for one in sources if same(one) not in known]
    if not asked:
        return None
    with progress_bar(f"sources of {what}") as tell:
        looked = look_for_sources(to.log, topics, asked, tell, same=same)
    if not looked.missing:
        return None
    there = _shown(dict.fromkeys([*configured, *looked.seen]))
    return UserError(
        f"There are no {what} of the source {', '.join(map(repr, looked.missing))} "
        f"in {' or '.join(topics)}.",
        f"The sources that are known: {there}."
        if there
        else f"There are no {what} at all yet: is the prefix right (HOOKLINE_TOPIC_PREFIX)?",
    )


def _configured(config: Path | None) -> list[str]:
    """Nothing where the configuration cannot be read: it only adds to what the topics know."""
    if config is None:
        return []
    try:
        return source_names(config)
    except UserError:
        return []


def _shown(names: Collection[str]) -> str:
    """Anybody may have written them into the topics."""
    shown = [one_line(name, _LONGEST) for name in islice(names, _SHOWN)]
    more = len(names) - len(shown)
    return ", ".join([*shown, *([f"{more:,} more"] if more else [])])


def refuse_nowhere(
    to: Reading,
    sources: Collection[str],
    topics: Sequence[str],
    what: str,
    same: Callable[[str], str] = str,
) -> None:
    """Raises UserError for sources that are nowhere."""
    if (unknown := nowhere(to, sources, topics, what, same)) is not None:
        raise unknown
