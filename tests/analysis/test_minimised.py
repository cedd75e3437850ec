"""The smallest scenario of a signature in the record, and how the summary shows it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import msgspec
import pytest

from cartfuzz.analysis import Summary, summarise
from cartfuzz.cli.exit_codes import EXIT_CODES, ExitCode
from cartfuzz.record import (
    Event,
    Kind,
    Minimised,
    RunFinished,
    StopReason,
    decode_line,
    encode_line,
)

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")
OTHER = discrepancy("MERGE-01")
FINISHED = RunFinished(seconds=2.0, reason=StopReason.COMPLETED)


def summary_of(*followed: Minimised) -> Summary:
    """Of a run with two bugs, and the smallest scenarios that were found."""
    seen = scenario_run(0, discrepancies=(BUG, OTHER))
    return summarise([started(), seen, *followed, FINISHED])


def test_a_line_and_back() -> None:
    """Nothing of the event is lost in the record."""
    event = minimised(BUG, confirmed=2, exchanges_without=minimised(BUG).exchanges)
    assert decode_line(encode_line(event)) == event


def test_the_entry_shows_the_smallest_scenario() -> None:
    """Operations, expected and found come from the minimal scenario; the count stays."""
    again = msgspec.structs.replace(BUG, found="found again")
    entry, other = summary_of(minimised(again)).discrepancies
    assert [(o["session"][:2], o["status"]) for o in entry.operations] == [("s0", 201)]
    assert (entry.found, entry.count, entry.kind) == ("found again", 1, Kind.VIOLATION)
    assert msgspec.to_builtins(entry.confirmation) == {"shown": 5, "of": 5}
    assert entry.minimisation is not None
    assert (entry.minimisation.requests, entry.minimisation.operations_before) == (20, 2)
    assert (other.confirmation, len(other.operations)) == (None, 2)


def test_its_requests_are_counted_apart() -> None:
    """The numbers of the phases stay what they were."""
    summary = summary_of(minimised(BUG), minimised(OTHER))
    assert (summary.scenarios, summary.requests) == (1, 2)
    assert (summary.minimisation.scenarios, summary.minimisation.requests) == (24, 40)


@pytest.mark.parametrize(
    ("confirmed", "outcome", "code"),
    [
        ((5, 5), "failed", ExitCode.DISCREPANCIES),
        ((5, 3), "failed", ExitCode.DISCREPANCIES),
        ((3, None), "failed", ExitCode.DISCREPANCIES),
        ((3, 0), "flaky only", ExitCode.FLAKY),
    ],
)
def test_flaky_is_kept_apart(confirmed: Sequence[int | None], outcome: str, code: ExitCode) -> None:
    """Only where everything that was found is flaky, the run is; what was not looked at is not."""
    summary = summary_of(
        *(
            minimised(found, confirmed=shown)
            for found, shown in zip((BUG, OTHER), confirmed, strict=True)
            if shown is not None
        )
    )
    kinds = [Kind.VIOLATION if shown in (5, None) else Kind.FLAKY for shown in confirmed]
    assert [entry.kind for entry in summary.discrepancies] == kinds
    assert (summary.outcome, EXIT_CODES[summary.outcome]) == (outcome, code)


def test_the_order_of_events_does_not_matter() -> None:
    """A fold: the same summary whatever comes first."""
    events: list[Event] = [
        started(),
        scenario_run(0, discrepancies=(BUG,)),
        minimised(BUG, confirmed=1),
        FINISHED,
    ]
    assert len({msgspec.json.encode(summarise(order)) for order in permutations(events)}) == 1
