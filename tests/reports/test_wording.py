"""Words that reports share."""

from __future__ import annotations

import pytest

from cartfuzz.record import Kind, StopReason
from cartfuzz.reports.wording import (
    counted,
    kind_name,
    numbered_requests,
    times,
    verdict_reason,
)

from .summaries import ended


def test_each_kind_has_a_name_for_people() -> None:
    """A contradiction inside one run is called so; the stored value is another word."""
    assert [kind_name(kind) for kind in Kind] == ["violation", "contradiction", "flaky"]


@pytest.mark.parametrize(("count", "text"), [(1, "once"), (2, "2 times"), (0, "0 times")])
def test_how_often(count: int, text: str) -> None:
    """One time is once."""
    assert times(count) == text


def test_a_noun_follows_its_number() -> None:
    """Singular for one, plural otherwise, irregular ones too."""
    assert counted(1, "request") == "1 request"
    assert counted(0, "request") == "0 requests"
    assert counted(2, "discrepancy", "discrepancies") == "2 discrepancies"


@pytest.mark.parametrize(
    ("indices", "text"),
    [
        ((0,), "Request 1"),
        ((0, 1), "Requests 1 and 2"),
        ((0, 1, 2), "Requests 1 to 3"),
        ((0, 3, 4), "Requests 1, 4 and 5"),
    ],
)
def test_requests_are_numbered_from_one(indices: tuple[int, ...], text: str) -> None:
    """A row of them is a range."""
    assert numbered_requests(indices) == text


def test_verdict_reason_are_named() -> None:
    """Every operation of the contract version that accepted no request."""
    summary = ended(StopReason.COMPLETED, reached={"endpoint get": 1})
    assert verdict_reason(summary) == "nothing was ever accepted by: update, return"
