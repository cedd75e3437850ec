"""Two targets get the same scenarios in step; what differs is minimised, confirmed and grouped."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from cartfuzz.analysis.side_by_side import Ignored, SideBySide, Standing, Verdict
from cartfuzz.contract import MARK, Environment, Fetch, Scenario, Step, Update
from cartfuzz.harness.plan import CorpusScenarios, Plan, TriageBudget
from cartfuzz.harness.side_by_side import Ending, PairPlan, compare_in_step
from cartfuzz.record import Phase
from cartfuzz.wire import NoResponse, Request, Response
from cartfuzz.wire.bounds import excess

from .memory_target import SILENT, MemoryTarget, answer, sender_to

PLENTY = TriageBudget(seconds=600.0, seconds_each=600.0)
LITTLE = TriageBudget(seconds=1.0)


def update(**session: Any) -> Update:
    return Update(body={"customerSession": session})


def scenario(*steps: Step) -> Scenario:
    return Scenario(title="a test", sessions=(f"s-{MARK}",), steps=steps)


LONG = scenario(
    Fetch(),
    update(profileId="p", attributes={"a": 1, "b": [1, 2]}),
    update(couponCodes=["A", "B"], total=5),
    Fetch(),
    update(state="closed"),
    Fetch(),
)


def compared(
    old: MemoryTarget,
    new: MemoryTarget,
    *scenarios: Scenario,
    ignored: tuple[str, ...] = (),
    stop: threading.Event | None = None,
    requests: int | None = None,
    triage: TriageBudget | None = PLENTY,
    duration: float | None = None,
    clock: Callable[[], float] = monotonic,
) -> SideBySide:
    plan = Plan(
        url="http://127.0.0.1:1",
        environment=Environment(),
        phases=(Phase.CORPUS,),
        known=CorpusScenarios(failures=scenarios or (LONG,)),
        requests=requests,
        duration_sec=duration,
    )
    pair = PairPlan(old=plan, new=plan, ignored=Ignored(ignored), triage=triage)
    ending = Ending(stop or threading.Event(), clock=clock)
    senders = [sender_to(target, ending) for target in (old, new)]
    return compare_in_step(pair, *senders, run_id="abcdefgh", ending=ending)


def test_equal_targets_do_not_differ() -> None:
    """Other numbers and other times are no difference."""
    result = compared(MemoryTarget(), MemoryTarget(first_id=900, seconds=5_000))
    assert result.entries == ()
    assert result.verdict is Verdict.NO_DIFFERENCE
    assert result.steps > len(LONG.steps)
    assert result.old.requests == result.new.requests


def test_both_get_the_same_bytes() -> None:
    """The mark is the same on both, so that whatever depends on it is the same."""
    seen: tuple[list[Request], list[Request]] = ([], [])

    class Noting(MemoryTarget):
        def __init__(self, into: list[Request]) -> None:
            super().__init__()
            self._into = into

        def send(self, request: Request) -> Response | NoResponse:
            self._into.append(request)
            return super().send(request)

    compared(Noting(seen[0]), Noting(seen[1]))
    assert seen[0] == seen[1] != []


class LosesCoupons(MemoryTarget):
    """Updates lose the coupons."""

    def odd_answer(self, _request: Request) -> None:
        for session in self.sessions.values():
            session.pop("couponCodes", None)


def test_a_difference_is_minimised_and_confirmed() -> None:
    """What does not matter is taken out of the scenario; each execution afresh shows it."""
    (entry,) = compared(MemoryTarget(), LosesCoupons()).entries
    assert entry.standing is Standing.CONFIRMED
    assert (entry.shown, entry.confirmations) == (5, 5)
    assert entry.title == ("get of an open session: customerSession.couponCodes: a list -> missing")
    assert entry.is_minimal
    assert len(entry.scenario.steps) == 2
    step = entry.steps[-1]
    assert "couponCodes" in step.old
    assert "couponCodes" not in step.new


def test_what_is_ignored_does_not_differ() -> None:
    """JSONPaths of the user."""
    result = compared(MemoryTarget(), LosesCoupons(), ignored=("$.customerSession.couponCodes",))
    assert result.entries == ()
    assert result.ignored == ("$.customerSession.couponCodes",)


def test_targets_that_part_are_not_followed() -> None:
    """Once one accepts what the other refuses, all that follows differs for the same reason."""

    class RefusesClosing(MemoryTarget):
        def odd_answer(self, request: Request) -> Response | None:
            return answer(400, {"message": "no"}) if b'"closed"' in (request.body or b"") else None

    (entry,) = compared(MemoryTarget(), RefusesClosing()).entries
    assert entry.title == "update of an open session to closed: status: 200 -> 400"
    assert len(entry.scenario.steps) == 2


def test_one_cause_is_one_group() -> None:
    """Two members that are wrong together are one cause."""

    class LosesTwo(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            for session in self.sessions.values():
                if "couponCodes" in session:
                    session["couponCodes"] = []
                    session["codes"] = 0

    result = compared(MemoryTarget(), LosesTwo())
    assert sorted(entry.difference.part.part for entry in result.entries) == [
        "customerSession.codes",
        "customerSession.couponCodes",
    ]
    assert {entry.cause for entry in result.entries} == {result.entries[0].signature}
    assert [len(cause) for cause in result.causes] == [2]


class Random(MemoryTarget):
    """Shows another token in each answer."""

    def __init__(self, *, first_token: int = 1) -> None:
        super().__init__()
        self._numbers = itertools.count(first_token)

    def odd_answer(self, _request: Request) -> None:
        self.overrides = {"token": f"t{next(self._numbers)}"}


def test_a_value_that_the_old_target_changes_each_time_is_no_difference() -> None:
    """A random member is listed apart: the old target does not agree with itself.

    That the old one lacks it is a difference all the same.
    """
    result = compared(Random(), Random(first_token=5_000))
    assert {entry.standing for entry in result.entries} == {Standing.UNSTEADY}
    assert result.verdict is Verdict.NO_DIFFERENCE
    added = compared(MemoryTarget(), Random())
    assert {entry.standing for entry in added.entries} == {Standing.CONFIRMED}
    assert {entry.difference.part.old for entry in added.entries} == {"missing"}


def test_a_value_that_the_new_target_alone_changes_is_a_difference() -> None:
    """The old build answers the same each time; that the new one does not is what it changes."""

    class Steady(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            self.overrides = {"token": "t"}

    result = compared(Steady(), Random())
    assert {entry.standing for entry in result.entries} == {Standing.CONFIRMED}
    assert result.verdict is Verdict.DIFFERENCES
    back = compared(Random(), Steady())
    assert {entry.standing for entry in back.entries} == {Standing.UNSTEADY}


def test_an_unsteady_part_counts_in_another_situation() -> None:
    """Both change the token of open sessions; the new one alone has another in closed ones."""

    class RandomWhileOpen(Random):
        fixed = "c"

        def odd_answer(self, request: Request) -> None:
            super().odd_answer(request)
            if b'"closed"' in (request.body or b""):
                self.overrides = {"token": self.fixed}

    new = RandomWhileOpen(first_token=5_000)
    new.fixed = "d"
    steps = (Fetch(), update(profileId="p"), update(state="closed"))
    result = compared(RandomWhileOpen(), new, scenario(*steps))
    standings = {entry.difference.situation: entry.standing for entry in result.entries}
    assert standings["update of an open session to closed"] is Standing.CONFIRMED
    assert Standing.UNSTEADY in standings.values()
    assert result.verdict is Verdict.DIFFERENCES


def test_what_comes_and_goes_is_flaky() -> None:
    """An error now and then is no difference that counts."""

    class Fails(MemoryTarget):
        def odd_answer(self, _request: Request) -> Response | None:
            return answer(500, {}) if self.requests in (4, 9, 12) else None

    result = compared(MemoryTarget(), Fails())
    assert {entry.standing for entry in result.entries} == {Standing.FLAKY}
    assert result.verdict is Verdict.FLAKY


@pytest.mark.parametrize("side", [0, 1])
def test_a_target_that_shows_writes_late_is_waited_for(side: int) -> None:
    """A stale read is read again; what agrees then is no difference."""
    targets = [MemoryTarget(), MemoryTarget()]
    targets[side].stale_reads = 2
    result = compared(targets[0], targets[1])
    assert result.entries == ()
    assert result.settled_reads > 0


def test_a_read_that_cannot_be_repeated_differs() -> None:
    """That both are busy then is no agreement."""

    class Busy(MemoryTarget):
        def __init__(self, total: int) -> None:
            super().__init__()
            self._total = total
            self._last = ""

        def odd_answer(self, request: Request) -> Response | None:
            self.overrides = {"total": self._total} if request.method == "GET" else {}
            is_again = (request.method, self._last) == ("GET", request.target)
            self._last = request.target if request.method == "GET" else ""
            return answer(429, {}) if is_again else None

    steps = (update(profileId="p"), Fetch(), update(profileId="q"))
    result = compared(Busy(1), Busy(2), scenario(*steps))
    assert result.settled_reads == 0
    assert {entry.difference.part.part for entry in result.entries} == {"customerSession.total"}


def test_what_nests_too_deep_is_counted() -> None:
    """It is not compared, and no silent pass."""
    deep: Any = 1
    for _ in range(90):
        deep = [deep]

    class Deep(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            self.overrides = {"x": deep}

    result = compared(Deep(), Deep())
    assert result.not_compared["values that nest deeper than 60"] > 0


def test_a_request_that_one_target_never_answers() -> None:
    """It closes the connection and lives: a difference. Nothing else is sent then."""

    class Silent(MemoryTarget):
        def odd_answer(self, request: Request) -> NoResponse | None:
            return SILENT if b"couponCodes" in (request.body or b"") else None

    (entry,) = compared(MemoryTarget(), Silent()).entries
    assert entry.difference.part.part == "answer"
    assert entry.difference.part.new == "no answer"


@pytest.mark.parametrize("side", [0, 1])
def test_a_lost_target_ends_the_comparison(side: int) -> None:
    """It is named, and nothing that its end made is a difference."""
    targets = [MemoryTarget(), MemoryTarget()]
    targets[side].dies_after = 14
    result = compared(targets[0], targets[1], *([LONG] * 30))
    assert result.verdict is Verdict.TARGET_LOST
    assert ("the old target", "the new target")[side] in result.lost
    assert "connection refused" in result.lost
    assert result.entries == ()
    assert result.scenarios < 15


def test_a_target_lost_in_triage_is_lost() -> None:
    """What was found until then is not confirmed."""
    new = LosesCoupons()
    new.dies_after = 20
    result = compared(MemoryTarget(), new)
    assert result.verdict is Verdict.TARGET_LOST
    assert result.of(Standing.CONFIRMED) == ()


def test_what_load_decides_is_not_compared() -> None:
    """408 and 429 are counted, and say nothing of a target."""

    class IsBusy(MemoryTarget):
        def odd_answer(self, request: Request) -> Response | None:
            return answer(429, {}) if b"closed" in (request.body or b"") else None

    result = compared(MemoryTarget(), IsBusy())
    assert result.entries == ()
    assert result.not_compared["the new target: answered 429"] >= 1


def test_a_gateway_that_answers_one_request_always_is_a_difference() -> None:
    """The target lives, and this request never reaches it, or brings it down for a moment."""

    class Gateway(MemoryTarget):
        def odd_answer(self, request: Request) -> Response | None:
            return answer(503, {}) if b"closed" in (request.body or b"") else None

    (entry,) = compared(MemoryTarget(), Gateway()).entries
    assert entry.title == "update of an open session to closed: status: 200 -> 503"


def test_a_gateway_without_a_target_is_a_lost_target() -> None:
    """503 to everything."""

    class Gateway(MemoryTarget):
        def odd_answer(self, _request: Request) -> Response | None:
            return answer(503, {}) if self.requests > 10 else None

    result = compared(MemoryTarget(), Gateway(), *([LONG] * 30))
    assert result.verdict is Verdict.TARGET_LOST
    assert result.entries == ()


def test_a_target_that_accepts_nothing_proves_nothing() -> None:
    """Two targets that refuse everything are equal, and that is no pass."""

    class Refuses(MemoryTarget):
        def odd_answer(self, _request: Request) -> Response:
            return answer(400, {"message": "no"})

    assert compared(Refuses(), Refuses()).verdict is Verdict.INCONCLUSIVE


def test_what_timing_decides_is_not_compared() -> None:
    """A burst is left out, and counted."""
    burst = Scenario(
        title="", sessions=(f"s-{MARK}",), steps=(update(), update(state="closed")), burst=(0, 2)
    )
    result = compared(MemoryTarget(), MemoryTarget(), burst)
    assert result.not_compared["requests at the same time"] >= 1


def test_a_stopped_comparison_keeps_what_it_found() -> None:
    """Nothing is sent any more, and nothing is confirmed."""
    stop = threading.Event()

    class Stops(LosesCoupons):
        def odd_answer(self, _request: Request) -> None:
            super().odd_answer(_request)
            if self.requests == 20:
                stop.set()

    result = compared(MemoryTarget(), Stops(), *([LONG] * 30), stop=stop)
    assert result.is_interrupted
    assert result.new.requests < 40
    assert {entry.standing for entry in result.entries} == {Standing.NOT_CONFIRMED}


def test_requests_are_bounded() -> None:
    """The bound holds for each target; the scenario under way is finished."""
    result = compared(MemoryTarget(), MemoryTarget(), *([LONG] * 30), requests=20)
    assert 20 <= result.old.requests < 20 + 2 * len(LONG.steps)


@pytest.mark.parametrize(
    "body",
    [
        b"\x1b[31m" * 10,
        b"[" * 100_000,
        b'{"a":' * 400 + b"1" + b"}" * 400,
        b"\xff\xfe\x00",
        b'{"effects":[' + b",".join([b'{"effectType":"\\ud800"}'] * 3_000) + b"]}",
        b"{" + b",".join(b'"x%d":1' % number for number in range(3_000)) + b"}",
        b'{"customerSession":{"state":7,"id":"x","created":[]},"effects":5,"errors":{}}',
        b"1e999",
    ],
)
def test_hostile_answers_end_nothing(body: bytes) -> None:
    """Whatever a target answers, the comparison goes on and reports a few differences."""

    class Hostile(MemoryTarget):
        def odd_answer(self, _request: Request) -> Response:
            return Response(status=200, body=body, content_type="application/json\x1b[0m")

    result = compared(MemoryTarget(), Hostile(), triage=LITTLE)
    # What exceeds a bound is no answer, and an answer that one target alone gives is no difference.
    assert result.verdict is (Verdict.INCONCLUSIVE if excess(body) else Verdict.DIFFERENCES)
    assert result.scenarios > 0


def test_a_target_that_makes_up_members_is_bounded() -> None:
    """Differences without end are counted, not kept."""
    numbers = itertools.count(1)

    class MakesUp(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            self.overrides = {f"m{next(numbers)}": 1 for _ in range(50)}

    result = compared(MemoryTarget(), MakesUp(), *([LONG] * 10), triage=None)
    assert len(result.entries) == 400
    assert result.further_signatures > 0
    assert {entry.standing for entry in result.entries} == {Standing.NOT_CONFIRMED}


def test_what_is_kept_of_answers_is_bounded() -> None:
    """A target whose answers are long and differ everywhere fills neither memory nor the report."""
    numbers = itertools.count(1)

    class Long(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            name = f"m{next(numbers)}"
            self.overrides = {f"{name}-{index}": "x" * 5_000 for index in range(70)}

    result = compared(MemoryTarget(), Long(), *([LONG] * 3), triage=None)
    for entry in result.entries:
        assert entry.steps[-1].step == entry.difference.step
        assert sum(len(step.old) + len(step.new) for step in entry.steps) <= 65_536
        assert all(len(step.differences) <= 5 for step in entry.steps)
        assert len(entry.steps[-1].marked) <= 41
        assert any(line.startswith("+") for line in entry.steps[-1].marked)


def test_signatures_that_are_only_counted_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target could make up differences without end."""
    monkeypatch.setattr("cartfuzz.harness.side_by_side.sightings._MOST_FURTHER", 50)
    numbers = itertools.count(1)

    class MakesUp(MemoryTarget):
        def odd_answer(self, _request: Request) -> None:
            self.overrides = {f"m{next(numbers)}": 1 for _ in range(50)}

    result = compared(MemoryTarget(), MakesUp(), *([LONG] * 20), triage=None)
    assert result.further_signatures == 50


def test_the_duration_ends_a_scenario() -> None:
    """Once it is over no further request goes out, within a scenario or not; triage has its own."""
    now = iter(range(1_000_000))
    result = compared(
        MemoryTarget(),
        LosesCoupons(),
        scenario(*LONG.steps, *LONG.steps, *LONG.steps),
        duration=25.0,
        clock=lambda: float(next(now)),
        triage=None,
    )
    assert 3 <= result.new.requests <= 13
    assert not result.is_interrupted


def test_confirmations_without_time_confirm_nothing() -> None:
    """An execution that the end of the time cuts short does not make a difference flaky."""
    now = iter(range(1_000_000))
    for total in (20.0, 60.0, 150.0, 400.0):
        result = compared(
            MemoryTarget(),
            LosesCoupons(),
            duration=50.0,
            clock=lambda: float(next(now)),
            triage=TriageBudget(seconds=total, seconds_each=600.0),
        )
        standings = {entry.standing for entry in result.entries}
        assert standings <= {Standing.NOT_CONFIRMED, Standing.CONFIRMED}
