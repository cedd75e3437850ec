"""What plugins draw takes its place among what the phase draws."""

from __future__ import annotations

from collections import Counter

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.plugins.extensions import Extensions, LoadedPlugin
from cartfuzz.harness.plugins.plugin import Plugin
from cartfuzz.harness.plugins.sweeps import with_own_draws

DRAWS = 300


def titled(title: str) -> st.SearchStrategy[Scenario]:
    return st.just(Scenario(title=title, sessions=(MARK,), steps=(Fetch(),)))


def test_a_strategy_of_many_branches_is_drawn_from_as_often_as_another() -> None:
    """The phase keeps its share, however many branches the strategy of a plugin has."""
    branches = st.one_of(*(titled(f"plugin {index}") for index in range(9)))
    plugin = Plugin(name="a", drawn=lambda _: branches)
    extensions = Extensions(loaded=(LoadedPlugin(source="a:PLUGIN", plugin=plugin),))
    counts: Counter[str] = Counter()

    @seed(1)
    @settings(max_examples=DRAWS, phases=[Phase.generate], database=None)
    @given(with_own_draws(titled("phase"), extensions, EXAMPLE_ENVIRONMENT), st.integers())
    def draw(scenario: Scenario, _other: int) -> None:
        counts[scenario.title.partition(" ")[0]] += 1

    draw()
    assert counts["phase"] > DRAWS // 3
    assert counts["plugin"] > DRAWS // 3
