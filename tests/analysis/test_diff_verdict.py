"""The verdict of a comparison: when it says worse, when nothing new, and when it cannot say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import (
    Change,
    DiscrepancyChange,
    Judgement,
    RunOutcome,
    Summary,
    compare,
    summarise,
)
from cartfuzz.analysis.diff_verdict import diff_verdict
from cartfuzz.contract import ContractVersion
from cartfuzz.record import RunFinished, StopReason

from ..record.events import scenario_run, started


def change(what: Change, **values: Any) -> DiscrepancyChange:
    """One discrepancy with this change."""
    texts = {"title": "title", "expected": "a", "found": "b"}
    return DiscrepancyChange(
        change=what, signature="CART-02-ab", rule="CART-02", **{**texts, **values}
    )


WORDS = {
    "1 new, worse": [change(Change.NEW)],
    "2 new, worse; 1 fixed": [change(Change.NEW), change(Change.FIXED), change(Change.NEW)],
    "1 new, worse; 1 first seen": [change(Change.NEW), change(Change.FIRST_SEEN)],
    "nothing new; no change": [change(Change.STILL_THERE)],
    "nothing new; 2 fixed": [change(Change.FIXED)] * 2,
    "nothing new; 1 not seen": [change(Change.NOT_SEEN)],
    "nothing new; 1 flaky": [change(Change.FLAKY)],
    "cannot say: 1 different, wrong in another way now": [change(Change.DIFFERENT)],
    "cannot say: 1 first seen, which may be old; 2 different": [
        change(Change.FIRST_SEEN),
        *[change(Change.DIFFERENT)] * 2,
    ],
    "cannot say: 1 new, not confirmed; 1 first seen": [
        change(Change.NEW, unconfirmed=True),
        change(Change.FIRST_SEEN),
    ],
    "cannot say: 1 first seen, which may be old; 1 fixed": [
        change(Change.FIRST_SEEN),
        change(Change.FIXED),
    ],
    "cannot say: 1 new, not confirmed": [change(Change.NEW, unconfirmed=True)],
}


@pytest.mark.parametrize("text", WORDS)
def test_the_words(text: str) -> None:
    """They begin with what decides, and name all that changed."""
    verdict = diff_verdict(WORDS[text])
    assert verdict.text == text
    words = {one for one in Judgement if one.value in text}
    assert verdict.judgement in words
    assert len(words) == 1


def test_what_is_known_is_no_change() -> None:
    """Whoever accepted it has decided about it."""
    known = change(Change.NEW, ticket="SHOP-1")
    assert diff_verdict([known]).text == "nothing new; no change"
    assert diff_verdict([known, change(Change.NEW)]).text == "1 new, worse"


def test_other_changes_are_named() -> None:
    """Drift and lost coverage make nothing worse, but are in the words."""
    verdict = diff_verdict([], drifts=2, lost_rules=1)
    assert verdict.text == "nothing new; 2 drifted; lost coverage in 1 rule"
    assert verdict.judgement is Judgement.NOT_WORSE


def test_a_doubt_never_hides_what_is_new() -> None:
    """What is proven stays proven, however little was sent; without proof the doubt decides."""
    doubt = ["only 14% of the sweeps"]
    worse = diff_verdict([change(Change.NEW)], doubts=doubt)
    assert (worse.judgement, worse.text) == (
        Judgement.WORSE,
        "1 new, worse; only 14% of the sweeps",
    )
    open_one = diff_verdict([change(Change.FIXED)], doubts=doubt)
    assert open_one.judgement is Judgement.CANNOT_SAY
    assert open_one.text == "cannot say: only 14% of the sweeps; 1 fixed"


def run(done: int, **start: Any) -> Summary:
    """A run that sent ``done`` of 100 scenarios of its sweeps."""
    scenarios = [scenario_run(number, reached=ENDPOINTS) for number in range(done)]
    begun = started(**{"sweeps": {"edges": 100}, "keeps_judged_right": True, **start})
    return summarise([begun, *scenarios, RunFinished(seconds=1.0, reason=StopReason.COMPLETED)])


ENDPOINTS = {"endpoint update": 1, "endpoint get": 1, "endpoint return": 1}


def verdict_of(old: Summary, new: Summary) -> str:
    return compare(old, new, names=("old", "new")).verdict.text


@pytest.mark.parametrize(
    ("old", "new", "partial", "text"),
    [
        (100, 14, False, "cannot say: only 14% of the sweeps"),
        (14, 14, False, "cannot say: only 14% of the sweeps"),
        (100, 14, True, "cannot say: only 14% of the sweeps"),
        (14, 14, True, "nothing new; no change"),
        (14, 100, True, "nothing new; no change"),
        (100, 90, False, "nothing new; no change"),
        (100, 89, False, "cannot say: only 89% of the sweeps"),
    ],
)
def test_a_short_run_says_nothing(old: int, new: int, partial: bool, text: str) -> None:
    """Unless the user asked for a short one, and the older run was no longer."""
    assert verdict_of(run(old), run(new, allow_partial=partial)) == text


def test_a_run_that_proves_nothing() -> None:
    """Of another contract, lost, or without a judgement: the words give the reason."""
    old, new = run(100), run(100)
    assert "contract" in verdict_of(old, run(100, contract=ContractVersion.CURRENT))
    for outcome, word in (
        (RunOutcome.TARGET_LOST, "no usable answers"),
        (RunOutcome.BROKEN, "Cartfuzz failed"),
        (RunOutcome.INCONCLUSIVE, "too little"),
    ):
        text = verdict_of(old, msgspec.structs.replace(new, outcome=outcome))
        assert text.startswith("cannot say: ")
        assert word in text


def test_a_killed_run_without_sweeps_says_nothing() -> None:
    """Nobody knows how far it would have come."""
    killed = summarise([started(), scenario_run(0, reached=ENDPOINTS)])
    assert verdict_of(run(100), killed) == "cannot say: the newer run was killed"
