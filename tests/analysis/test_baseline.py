"""Baselines as documents and texts, and what a run says of their entries."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.analysis import Summary, summarise
from cartfuzz.analysis.baseline import (
    EntryState,
    baseline_text,
    entries_for,
    known_failures,
    states,
)
from cartfuzz.contract import ConfigurationError
from cartfuzz.record import (
    RETIRED_SIGNATURES,
    Event,
    KnownFailure,
    RunFinished,
    StopReason,
    signature_of,
)

from ..record.events import discrepancy, scenario_run, started

BUG = discrepancy("CART-02")
signatures = st.from_regex(r"[A-Z]{1,9}-U?[0-9]{1,2}-[0-9a-f]{10}", fullmatch=True)
texts = st.text(st.characters(), max_size=20)
ticketed = st.builds(KnownFailure, ticket=texts.filter(bool), reason=texts, title=texts)


def encodable(text: str) -> str:
    """``text`` with the character that stands for a lone surrogate in a file."""
    return "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)


@settings(deadline=None)
@given(st.dictionaries(signatures, ticketed, max_size=5))
def test_what_is_written_is_read_back(entries: dict[str, KnownFailure]) -> None:
    """Whatever the texts hold; but for lone surrogates, which TOML does not have."""
    text = baseline_text(entries)
    text.encode("utf-8")
    expected = {
        signature: KnownFailure(
            ticket=encodable(one.ticket),
            reason=encodable(one.reason),
            title=encodable(one.title),
        )
        for signature, one in entries.items()
    }
    assert known_failures(tomllib.loads(text)) == expected


@pytest.mark.parametrize("old", RETIRED_SIGNATURES)
def test_an_entry_of_a_retired_rule_is_that_of_today(old: str) -> None:
    """The finding has another signature now, and is known all the same."""
    new = RETIRED_SIGNATURES[old]
    assert known_failures({old: "SHOP-2"}) == {new: KnownFailure(ticket="SHOP-2")}
    situation = "closed sessions of the whole run with one coupon"
    outcome = "more than its limit allows"
    assert [old, new] == [
        signature_of(
            rule=rule, check="ledger", operation="update", situation=situation, outcome=outcome
        )
        for rule in ("LIMIT-01", "COUP-02")
    ]


def test_a_baseline_is_sorted_with_a_line_an_entry() -> None:
    """So that a review shows what was added; a plain ticket stays as it was."""
    text = baseline_text(
        {
            "CART-02-0123456789": KnownFailure(ticket="SHOP-2", reason="old", title="too many"),
            "CART-01-0123456789": KnownFailure(ticket="SHOP-1"),
        }
    )
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        '"CART-01-0123456789" = "SHOP-1"',
        '"CART-02-0123456789" = { ticket = "SHOP-2", reason = "old", title = "too many" }',
    ]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([], "found list"),
        ({"CART-02": "x"}, "CART-02"),
        ({"CART-02-0123456789": ""}, "expected a signature"),
        ({"CART-02-0123456789": 3}, "found 3"),
        ({"CART-02-0123456789": {"title": "no ticket"}}, "expected a signature"),
        ({"CART-02-0123456789": {"ticket": 3}}, "ticket, reason, title"),
        ({"CART-02-0123456789": {"tikcet": "x"}}, "tikcet"),
    ],
)
def test_a_malformed_baseline_is_refused(document: object, found: str) -> None:
    """The error shows the key and the value."""
    with pytest.raises(ConfigurationError) as error:
        known_failures(document)
    assert found in str(error.value)


def run(reason: StopReason = StopReason.COMPLETED, sweep: int = 1, **how: Any) -> Summary:
    """A run of one scenario, with a sweep of so many."""
    events: list[Event] = [
        started(sweeps={"edges": sweep}, baseline=how.pop("baseline", {})),
        scenario_run(0, **how),
        RunFinished(seconds=1.0, reason=reason),
    ]
    return summarise(events)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        (run(discrepancies=(BUG,)), EntryState.SEEN),
        (run(reached={"CART-02 refuse": 1}), EntryState.STALE),
        (run(reached={"CART-02 refuse": 1}, sweep=2), EntryState.UNDECIDED),
        (run(StopReason.INTERRUPTED, reached={"CART-02 refuse": 1}), EntryState.UNDECIDED),
        (run(reached={"CART-01 refuse": 1}), EntryState.UNDECIDED),
    ],
)
def test_an_entry_is_stale_only_if_the_run_proves_it(
    summary: Summary, expected: EntryState
) -> None:
    """It got through its sweeps and tested the rule."""
    assert states([BUG.signature], summary) == {BUG.signature: expected}


def test_what_is_known_does_not_fail_a_run() -> None:
    """It is listed apart, and the record alone gives the same summary."""
    entries = entries_for(run(discrepancies=(BUG,)).discrepancies[0], KnownFailure(ticket="T-1"))
    reached = {f"endpoint {name}": 1 for name in ("update", "get", "return")}
    summary = run(discrepancies=(BUG,), reached=reached, baseline=entries)
    assert summary.discrepancies == []
    assert [bug.signature for bug in summary.known] == [BUG.signature]
    assert summary.outcome == "passed"
