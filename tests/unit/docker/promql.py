"""Which labels the result of a query has. A parser of PromQL has taken the query apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import promql_parser as promql

Labels = frozenset[str]
Series = Mapping[str, Labels]
NONE: Labels = frozenset()
COMPARED = {"==", "!=", ">", "<", ">=", "<=", "and", "unless"}
"""Operators whose result is the left side's series, or some of them."""


class Wrong(Exception):
    """A query that Prometheus would not understand, or that finds nothing."""


def labels_of(query: str, series: Series) -> Labels:
    """Raises Wrong where it is no PromQL, or asks for a series or label that is not there."""
    return _labels(_parsed(query), series)


def selectors(query: str) -> list[promql.VectorSelector]:
    """All that it reads."""
    found: list[promql.VectorSelector] = []

    def visit(part: promql.Expr) -> None:
        if isinstance(part, promql.VectorSelector):
            found.append(part)

    promql.walk(_parsed(query), visit)
    return found


def values_asked_for(query: str, label: str) -> Iterator[frozenset[str]]:
    """The alternatives of each of its matchers of a label."""
    for selector in selectors(query):
        for matcher in selector.matchers.matchers:
            if matcher.name == label:
                yield frozenset(matcher.value.split("|"))


def _parsed(query: str) -> Any:
    try:
        return promql.parse(query)
    except ValueError as error:
        raise Wrong(f"{query}: {error}") from None


def _labels(part: Any, series: Series) -> Labels:
    return _KINDS[type(part)](part, series)


def _within(part: Any, series: Series) -> Labels:
    return _labels(part.expr, series)


def _selected(selector: promql.VectorSelector, series: Series) -> Labels:
    labels = series.get(selector.name or "")
    if labels is None:
        raise Wrong(f"no process exposes {selector.name}")
    _expect({matcher.name for matcher in selector.matchers.matchers}, labels, selector)
    return labels


def _aggregated(part: promql.AggregateExpr, series: Series) -> Labels:
    inner = _labels(part.expr, series)
    if part.modifier is None:
        return NONE
    named = frozenset(part.modifier.labels)
    _expect(named, inner, part)
    return named if part.modifier.type == promql.AggModifierType.By else inner - named


def _combined(part: promql.BinaryExpr, series: Series) -> Labels:
    left, right = _labels(part.lhs, series), _labels(part.rhs, series)
    matching = part.modifier.matching if part.modifier else None
    if matching is not None:
        _expect(frozenset(matching.labels), left & right, part)
    number = promql.NumberLiteral
    if isinstance(part.lhs, number) or isinstance(part.rhs, number):
        return left | right
    if matching is None and str(part.op) != "or" and left != right:
        raise Wrong(f"{part}: nothing matches, {sorted(left)} here and {sorted(right)} there")
    if str(part.op) in COMPARED:
        return left
    return left | right if matching is None else frozenset(matching.labels)


def _called(part: promql.Call, series: Series) -> Labels:
    vectors = [one for one in part.args if not isinstance(one, promql.NumberLiteral)]
    if not vectors:
        return NONE
    [labels] = [_labels(one, series) for one in vectors]
    if part.func.name == "histogram_quantile":
        _expect({"le"}, labels, part)
        return labels - {"le"}
    return labels


_KINDS: dict[type, Callable[[Any, Series], Labels]] = {
    promql.VectorSelector: _selected,
    promql.MatrixSelector: lambda part, series: _selected(part.vector_selector, series),
    promql.AggregateExpr: _aggregated,
    promql.BinaryExpr: _combined,
    promql.Call: _called,
    promql.NumberLiteral: lambda _part, _series: NONE,
    promql.ParenExpr: _within,
    promql.UnaryExpr: _within,
    promql.SubqueryExpr: _within,
}


def _expect(named: frozenset[str] | set[str], labels: Labels, where: object) -> None:
    if not named <= labels:
        raise Wrong(f"{where}: no label {', '.join(sorted(named - labels))}")
