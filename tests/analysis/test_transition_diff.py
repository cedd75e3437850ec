"""What changed in the state machine from one run to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import SeenTransition, TransitionChangeKind, summarise, transition_changes
from cartfuzz.analysis.transition_diff import MIN_SEEN
from cartfuzz.contract import Operation, Ruling
from cartfuzz.record import Answered, RequestedState, SourceState

from ..record.events import scenario_run, started


def rows(*keys: str, count: int = 1) -> list[SeenTransition]:
    """The transitions of a run that had each of ``keys`` ``count`` times."""
    counts = dict.fromkeys(keys, count)
    return summarise([started(), scenario_run(0, transitions=counts)]).transitions


REFUSED = "closed update open refuse refused"
ACCEPTED = "closed update open refuse accepted"
CRASHED = "closed update open refuse crashed"


def test_a_summary_has_the_transitions_of_its_run() -> None:
    """Those of all scenarios together, in the order of the states."""
    counts = {"open get none accept accepted": 2, "none update none accept accepted": 1}
    runs = [scenario_run(number, transitions=counts) for number in range(3)]
    first, second = summarise([started(), *runs]).transitions
    assert first == SeenTransition(
        source=SourceState.NONE,
        operation=Operation.UPDATE,
        requested=RequestedState.NONE,
        expected=Ruling.ACCEPT,
        answered=Answered.ACCEPTED,
        count=3,
    )
    assert (second.source, second.count) == (SourceState.OPEN, 6)


def test_wrong_answers_are_named() -> None:
    """By what the contract expects; where it is silent none is wrong."""
    for key, accepted, refused in (
        (ACCEPTED, True, False),
        (REFUSED, False, False),
        ("open update closed accept refused", False, True),
        ("closed update none silent refused", False, False),
    ):
        (row,) = rows(key)
        assert (row.is_wrongly_accepted, row.is_wrongly_refused) == (accepted, refused)


def test_another_answer_is_a_change() -> None:
    """It names both, and is worse where the new one is wrong."""
    (change,) = transition_changes(rows(REFUSED), rows(ACCEPTED))
    assert change.kind is TransitionChangeKind.CHANGED
    assert change.text == "was refused, is accepted"
    assert change.is_worse
    (back,) = transition_changes(rows(ACCEPTED), rows(REFUSED))
    assert back.text == "was accepted, is refused"
    assert not back.is_worse


def test_one_answer_more_is_a_part_of_a_change() -> None:
    """Some bodies are answered as before."""
    (change,) = transition_changes(rows(REFUSED), rows(REFUSED, CRASHED))
    assert change.kind is TransitionChangeKind.PARTLY
    assert change.text == "was refused, is refused or answered by a crash"
    assert change.is_worse


def test_what_was_not_tried_is_named() -> None:
    """Either way, and neither is worse. A rate limit's answer tries nothing."""
    other = "open get none accept accepted"
    limited = "closed update open refuse other"
    gone, new = transition_changes(rows(REFUSED), rows(other, limited))
    assert gone.kind is TransitionChangeKind.NOT_TRIED
    assert gone.text == "was refused, was not tried now"
    assert new.kind is TransitionChangeKind.NEWLY_TRIED
    assert new.text == "was not tried, is accepted"
    assert not gone.is_worse
    assert not new.is_worse


def test_where_the_contract_is_silent_one_class_must_replace_the_other() -> None:
    """The bodies decide there as well, so a few requests and a mixture prove nothing."""
    accepted, refused = (f"closed update none silent {end}" for end in ("accepted", "refused"))
    assert transition_changes(rows(accepted), rows(refused)) == []
    many = (rows(accepted, count=MIN_SEEN), rows(refused, count=MIN_SEEN))
    (change,) = transition_changes(*many)
    assert change.kind is TransitionChangeKind.CHANGED
    assert not change.is_worse
    assert transition_changes(many[0], rows(accepted, refused, count=MIN_SEEN)) == []


def test_one_wrong_answer_after_another_one_is_not_worse() -> None:
    """Nothing was right before: another answer, and no worse one."""
    crashed, refused = (f"open update closed accept {end}" for end in ("crashed", "refused"))
    (change,) = transition_changes(rows(crashed), rows(refused))
    assert change.kind is TransitionChangeKind.CHANGED
    assert not change.is_worse
    right = "open update closed accept accepted"
    (partly,) = transition_changes(rows(crashed, right), rows(refused))
    assert partly.is_worse


def test_the_requests_that_changed_are_counted() -> None:
    """Those with the other answer, not the rows of a table."""
    (change,) = transition_changes(rows(REFUSED, count=7), rows(ACCEPTED, count=4))
    assert change.requests == 4
    (partly,) = transition_changes(rows(REFUSED), [*rows(REFUSED, count=9), *rows(CRASHED)])
    assert partly.requests == 1
    (back,) = transition_changes([*rows(REFUSED, count=9), *rows(CRASHED)], rows(REFUSED))
    assert back.requests == 1
    other = "open get none accept accepted"
    gone, new = transition_changes(rows(REFUSED, count=5), rows(other, count=6))
    assert (gone.requests, new.requests) == (5, 6)


def test_a_crash_is_worse_whatever_was_asked() -> None:
    """One is enough."""
    (change,) = transition_changes(
        rows("closed update none silent refused"), rows("closed update none silent crashed")
    )
    assert change.is_worse


@pytest.mark.parametrize(
    "key", ["unknown update none silent accepted", "open get none accept none"]
)
def test_what_decides_nothing_is_left_out(key: str) -> None:
    """An unknown state, and no answer."""
    same = rows("none get none refuse refused")
    assert transition_changes(same, [*same, *rows(key)]) == []


def test_a_run_that_kept_none_is_not_compared() -> None:
    """An older version made its record: nothing was tried or not tried."""
    assert transition_changes([], rows(REFUSED)) == []
    assert transition_changes(rows(REFUSED), []) == []


cases = st.builds(
    SeenTransition,
    source=st.sampled_from(SourceState),
    operation=st.sampled_from(Operation),
    requested=st.just(RequestedState.NONE),
    expected=st.sampled_from(Ruling),
    answered=st.sampled_from(Answered),
    count=st.integers(1, 9),
    dry=st.booleans(),
)


@given(st.lists(cases, max_size=30))
def test_a_run_does_not_differ_from_itself(seen: list[SeenTransition]) -> None:
    """Whatever it saw."""
    assert transition_changes(seen, seen) == []


@given(st.lists(cases, max_size=30), st.lists(cases, max_size=30))
def test_the_other_way_round_the_same_cells_differ(
    one: list[SeenTransition], other: list[SeenTransition]
) -> None:
    """A change is a change from either side."""
    there, back = transition_changes(one, other), transition_changes(other, one)
    assert len(there) == len(back)
    assert all(change.before != change.after for change in there)
