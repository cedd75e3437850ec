"""The order of the sweeps: nothing is lost, and rules come early."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import MARK, Fetch, Scenario, Step, Update
from cartfuzz.strategies.prioritisation import prioritised

steps = st.builds(
    lambda kind, aims: kind(aims=tuple(aims)),
    st.sampled_from([lambda aims: Fetch(aims=aims), lambda aims: Update(body={}, aims=aims)]),
    st.lists(st.sampled_from(["A-1", "A-2", "B-1"]), max_size=2),
)
sweeps = st.lists(
    st.builds(
        lambda number, steps: Scenario(title=str(number), sessions=(MARK,), steps=tuple(steps)),
        st.integers(0, 99),
        st.lists(steps, min_size=1, max_size=4),
    ),
    max_size=12,
)


def traits(scenario: Scenario) -> set[tuple[type[Step], str]]:
    return {(type(step), rule) for step in scenario.steps for rule in step.aims}


@given(sweeps)
def test_every_scenario_once_and_the_first_stays(sweep: list[Scenario]) -> None:
    """Every scenario comes once, the first one first, and the order is always the same."""
    ordered = prioritised(sweep)
    assert Counter(map(repr, ordered)) == Counter(map(repr, sweep))
    assert ordered[:1] == tuple(sweep[:1])
    assert prioritised(sweep) == ordered


@given(sweeps)
def test_nothing_new_is_kept_waiting(sweep: list[Scenario]) -> None:
    """Until everything has been aimed at once, each scenario aims at something new, and none that
    waits would aim at more for each of its requests."""
    ordered = prioritised(sweep)
    everything = set().union(*map(traits, ordered))
    seen = traits(ordered[0]) if ordered else set()
    for place, scenario in enumerate(ordered[1:], start=1):
        if seen == everything:
            break
        gains = [len(traits(other) - seen) / len(other.steps) for other in ordered[place:]]
        assert gains[0] == max(gains) > 0
        seen |= traits(scenario)


def test_odd_session_ids_are_spread() -> None:
    """Where all aim at the same, those with a character that none had before come first."""
    sweep = [
        Scenario(title=text, sessions=(f"{text}{MARK}",), steps=(Fetch(aims=("A-1",)),))
        for text in ("plain", "?", "/", "?/", "😀", "👍", "B", "C")
    ]
    ordered = [scenario.title for scenario in prioritised(sweep)]
    assert ordered == ["plain", "?/", "😀", "B", "?", "/", "👍", "C"]
