"""The check of queries finds what is wrong with one."""

from __future__ import annotations

import pytest

from tests.unit.docker.promql import Wrong, labels_of, values_asked_for

SERIES = {
    "up": frozenset({"job", "instance"}),
    "asked_total": frozenset({"job", "route"}),
    "took_bucket": frozenset({"job", "le"}),
}


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("up", "instance job"),
        ('up{job="a"} == 0 or absent(up{job="a"})', "instance job"),
        ("sum(rate(asked_total[5m]))", ""),
        ("sum by (route) (rate(asked_total[5m])) > 0", "route"),
        ("sum without (job) (asked_total)", "route"),
        ("histogram_quantile(0.9, sum by (le, job) (rate(took_bucket[5m])))", "job"),
        ("asked_total unless on (job) up", "job route"),
        ("max_over_time(count(up == 1)[1h:])", ""),
        ("2 * asked_total", "job route"),
        ("sum(up) or vector(0)", ""),
    ],
)
def test_a_query_and_the_labels_of_its_result(query: str, labels: str) -> None:
    assert sorted(labels_of(query, SERIES)) == labels.split()


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("sum by (job (up)", "unclosed"),
        ("rate(up)", "expected type matrix"),
        ("guess(up)", "unknown function"),
        ("down", "no process exposes down"),
        ('up{route="a"}', "no label route"),
        ("sum by (route) (up)", "no label route"),
        ("sum(up) by (job) > on (route) asked_total", "no label route"),
        ("histogram_quantile(0.9, asked_total)", "no label le"),
        ("rate(asked_total[5m]) / up", "nothing matches"),
    ],
)
def test_what_is_wrong_with_a_query(query: str, complaint: str) -> None:
    with pytest.raises(Wrong, match=complaint):
        labels_of(query, SERIES)


def test_values_that_are_asked_for() -> None:
    query = 'sum(rate(asked_total{route=~"a|b"}[5m])) / sum(asked_total{route="c", job="d"})'
    assert list(values_asked_for(query, "route")) == [{"a", "b"}, {"c"}]
