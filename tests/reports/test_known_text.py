"""What does not fail a run is listed all the same."""

from __future__ import annotations

import msgspec

from cartfuzz.analysis import Muted
from cartfuzz.contract import Level, RuleLevel
from cartfuzz.record import KnownFailure
from cartfuzz.reports.known_text import known_text

from .summaries import summary_of


def test_known_and_muted_are_listed_with_their_reasons() -> None:
    """And entries of the baseline that were not seen are counted."""
    summary = summary_of("text")
    (bug,) = summary.discrepancies
    baseline = {
        bug.signature: KnownFailure(ticket="SHOP-1"),
        "CART-01-0123456789": KnownFailure(ticket="SHOP-2"),
    }
    muted = Muted(signature="RET-03-ab", rule="RET-03", title="drifts", count=2)
    full = msgspec.structs.replace(
        summary,
        discrepancies=[],
        known=[bug],
        baseline=baseline,
        muted=[muted],
        rules={"RET-03": RuleLevel(level=Level.OBSERVE, reason="SHOP-8")},
    )
    assert [line.plain for line in known_text(full)] == [
        "",
        "Known, so that they do not fail the run:",
        f"  update: text   {bug.signature}, seen once; SHOP-1",
        "",
        "Would have failed, but the rule is only observed:",
        "  drifts   RET-03-ab, seen 2 times; RET-03: SHOP-8",
        "not seen of the baseline: 1 entry; cartfuzz baseline check lists the stale ones",
    ]
    assert [line.plain for line in known_text(full, short=True)] == [
        "not counted: 1 known, 1 by rules that are only observed"
    ]
    assert list(known_text(summary)) == []
