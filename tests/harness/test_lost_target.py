"""When a target counts as lost."""

from __future__ import annotations

from cartfuzz.harness.lost_target import LIMIT, LostTargetDetector
from cartfuzz.record import ScenarioRun


def run_with(statuses: tuple[int | None, ...], *inconclusive: str) -> ScenarioRun:
    """A scenario whose requests got ``statuses``; the reasons say which could not be judged."""
    return ScenarioRun(
        id="explore/0/0",
        phase="explore",
        mark="",
        title="",
        statuses=statuses,
        elapsed_ms=0,
        inconclusive=inconclusive,
    )


USELESS = run_with((None, 503), "connection refused", "status 503")
USEFUL = run_with((None, 200), "connection refused")
UNSENT = run_with(())


def test_the_last_of_a_row_of_useless_scenarios_shows_the_target_lost() -> None:
    """With the reason for which its last request could not be judged, and no earlier."""
    detector = LostTargetDetector()
    reasons = [detector.add(USELESS) for _ in range(LIMIT)]
    assert reasons == [None] * (LIMIT - 1) + ["status 503"]


def test_one_usable_response_begins_a_new_row() -> None:
    """A target that answers now and then is not lost."""
    detector = LostTargetDetector()
    for _ in range(3):
        assert not any(detector.add(USELESS) for _ in range(LIMIT - 1))
        assert detector.add(USEFUL) is None


def test_a_scenario_that_sent_nothing_proves_nothing_useless() -> None:
    """It begins a new row, as the campaign counts it."""
    detector = LostTargetDetector()
    assert not any(detector.add(USELESS) for _ in range(LIMIT - 1))
    assert detector.add(UNSENT) is None
    assert detector.add(USELESS) is None
