"""The smallest scenario of a signature in the record, and how the summary shows it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import msgspec
import pytest

from cartfuzz.analysis import Summary, summarise
from cartfuzz.cli.exit_codes import EXIT_CODES, ExitCode
from cartfuzz.record import (
    Cause,
    Element,
    Event,
    Kind,
    Minimised,
    RunFinished,
    StopReason,
    TriageFinished,
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


def test_what_there_was_no_time_for_is_not_confirmed() -> None:
    """It is marked and counted, and fails the run as before; what nobody tried is not marked."""
    seen = scenario_run(0, discrepancies=(BUG, OTHER))
    finished = TriageFinished(not_reached=(OTHER.signature,))
    summary = summarise([started(), seen, minimised(BUG), finished, FINISHED])
    assert [entry.unconfirmed for entry in summary.discrepancies] == [False, True]
    assert (summary.not_confirmed, EXIT_CODES[summary.outcome]) == (1, ExitCode.DISCREPANCIES)
    assert summary_of().not_confirmed == 0


def test_further_signs_of_a_cause_are_symptoms() -> None:
    """The sign with the simplest scenario is the entry, unless it is flaky."""
    seen = scenario_run(0, discrepancies=(BUG, OTHER))
    signs = TriageFinished(further_signs={BUG.signature: (OTHER.signature,)}, trials=2, requests=3)
    events: list[Event] = [started(), seen, minimised(BUG), minimised(OTHER), signs, FINISHED]
    (entry,) = summarise(events).discrepancies
    assert (entry.signature, entry.symptoms[0].signature) == (BUG.signature, OTHER.signature)
    assert summarise(events).minimisation.requests == 43
    events[2] = minimised(BUG, confirmed=1)
    assert len(summarise(events).discrepancies) == 2
    assert decode_line(encode_line(signs)) == signs


def test_an_alternative_that_is_independent_explains_nothing() -> None:
    """Triage has tried it: both are entries."""
    doubtful = msgspec.structs.replace(OTHER, check="fields", alternatives=(BUG.signature,))
    seen = scenario_run(0, discrepancies=(msgspec.structs.replace(BUG, check="fields"), doubtful))
    tried = TriageFinished(independent={OTHER.signature: (BUG.signature,)})
    assert len(summarise([started(), seen, FINISHED]).discrepancies) == 1
    assert len(summarise([started(), seen, tried, FINISHED]).discrepancies) == 2


def test_what_has_other_causes_is_no_symptom() -> None:
    """Even where each occurrence names the other as an alternative."""
    doubtful = msgspec.structs.replace(OTHER, check="fields", alternatives=(BUG.signature,))
    seen = scenario_run(0, discrepancies=(msgspec.structs.replace(BUG, check="fields"), doubtful))
    one, other = ((Cause(element=Element.MEMBER, path=("customerSession", name)),) for name in "ab")
    run: list[Event] = [started(), seen, minimised(BUG, causes=one)]
    for causes, entries in (((), 1), (one, 1), (other, 2)):
        events = [*run, minimised(doubtful, causes=causes), FINISHED]
        assert len(summarise(events).discrepancies) == entries


def test_the_order_of_events_does_not_matter() -> None:
    """A fold: the same summary whatever comes first."""
    events: list[Event] = [
        started(),
        scenario_run(0, discrepancies=(BUG,)),
        minimised(BUG, confirmed=1),
        FINISHED,
    ]
    assert len({msgspec.json.encode(summarise(order)) for order in permutations(events)}) == 1
