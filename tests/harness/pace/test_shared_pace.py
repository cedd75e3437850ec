"""One pace for several limiters: those of threads, and of processes that map one file."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from cartfuzz.harness.leases import removing_leases
from cartfuzz.harness.pace.pace_state import Field, PaceState, local_pace, shared_pace
from cartfuzz.harness.pace.pacing import PaceNotes, pacing_of
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.record import Pacing
from cartfuzz.wire.marks import new_run_id
from cartfuzz.wire.retry_after import retry_after_sec

from .fake_time import FakeTime

NOW = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def run_id() -> Iterator[str]:
    """Of a run whose files are removed at the end."""
    name = new_run_id()
    with removing_leases(name):
        yield name


def opened(run_id: str) -> PaceState:
    pace = shared_pace(run_id)
    assert pace is not None
    return pace


def limiter(time: FakeTime, pace: PaceState, rps: float | None) -> RateLimiter:
    return RateLimiter(rps, state=pace, clock=time, pause=time.pause)


def test_limiters_of_one_file_share_the_rate(run_id: str) -> None:
    """Four of them together send no faster than one, whichever of them sends."""
    time = FakeTime()
    four = [limiter(time, opened(run_id), 10) for _ in range(4)]
    sent = []
    for turn in range(12):
        assert four[turn % 4].wait()
        sent.append(time.now)
    assert [later - earlier for earlier, later in pairwise(sent)] == pytest.approx([0.1] * 11)


def test_an_idle_process_costs_no_part_of_the_rate(run_id: str) -> None:
    """One that sends has the whole rate while the others wait for nothing."""
    time = FakeTime()
    one, _, _ = (limiter(time, opened(run_id), 10) for _ in range(3))
    began = time.now
    for _ in range(11):
        assert one.wait()
    assert time.now - began == pytest.approx(1.0)


def test_a_pause_of_one_is_a_pause_of_all(run_id: str) -> None:
    """What one process is asked for holds for those that have no rate as well."""
    time = FakeTime()
    first, second = (limiter(time, opened(run_id), None) for _ in range(2))
    first.back_off(30)
    assert second.wait()
    assert time.now == pytest.approx(130)


def test_a_burst_takes_all_its_slots_before_it_goes_out() -> None:
    """It counts as its requests: what comes next waits for its own slot behind them."""
    time = FakeTime()
    pace = local_pace()
    one = limiter(time, pace, 10)
    assert one.wait()
    assert one.wait(5)
    assert time.now == pytest.approx(100.5)
    assert one.wait()
    assert time.now == pytest.approx(100.6)


def test_who_waits_for_a_slot_does_not_go_out_during_a_pause() -> None:
    """The slot is void; the next one comes behind the pause."""
    time = FakeTime()
    pace = local_pace()
    other = limiter(time, pace, 1)
    asked: list[float] = []

    def pause(seconds: float) -> None:
        time.pause(seconds)
        if not asked:
            asked.append(time.now)
            other.back_off(20)

    waiting = RateLimiter(1, state=pace, clock=time, pause=pause)
    assert waiting.wait()
    assert waiting.wait()
    assert time.now >= asked[0] + 20


def test_a_stop_ends_a_pause() -> None:
    """No pause outlives the run: at the next look it is over, and nothing goes out."""
    time = FakeTime()
    one = RateLimiter(
        None, state=local_pace(), stopped=lambda: time.now >= 103, clock=time, pause=time.pause
    )
    one.back_off(30)
    assert not one.wait()
    assert time.now < 104


def test_nothing_goes_out_while_the_master_is_silent() -> None:
    """A master that was killed, or stands still, beats no more; when it beats again, all go on."""
    time = FakeTime()
    pace = local_pace()
    pace[Field.HEARTBEAT] = time.now

    def pause(seconds: float) -> None:
        time.pause(seconds)
        if time.now > 150:
            pace[Field.HEARTBEAT] = time.now

    one = RateLimiter(None, state=pace, clock=time, pause=pause)
    assert one.wait()
    assert time.now == 100
    time.now = 102.0
    assert one.wait()
    assert time.now > 150


def test_a_run_that_is_stopped_waits_for_no_master() -> None:
    """It ends, whether the master is heard of or not."""
    time = FakeTime()
    pace = local_pace()
    pace[Field.HEARTBEAT] = 1.0
    one = RateLimiter(None, state=pace, stopped=lambda: True, clock=time, pause=time.pause)
    assert not one.wait()


def _holds_the_lock(run_id: str, locked: multiprocessing.Event) -> None:  # type: ignore[valid-type]
    pace = opened(run_id)
    with pace.locked():
        locked.set()  # type: ignore[attr-defined]
        multiprocessing.Event().wait()


def test_a_killed_holder_blocks_nobody(run_id: str) -> None:
    """The system gives its lock back; what it had written stays."""
    context = multiprocessing.get_context("spawn")
    locked = context.Event()
    holder = context.Process(target=_holds_the_lock, args=(run_id, locked), daemon=True)
    holder.start()
    assert locked.wait(600)
    holder.kill()
    holder.join()
    pace = opened(run_id)
    with pace.locked():
        pace[Field.NEXT_SLOT] = 7.0
    assert opened(run_id)[Field.NEXT_SLOT] == 7.0


def test_a_folder_that_cannot_be_made_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has its own part of the rate then."""
    (tmp_path / "file").touch()
    monkeypatch.setattr("cartfuzz.harness.pace.pace_state.folder_of", (tmp_path / "file").joinpath)
    assert shared_pace("abcdefgh") is None


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("3", "", 3.0),
        (" 3 ", "", 3.0),
        ("0", "", 0.0),
        ("9" * 400, "", float("inf")),
        ("Sat, 28 Nov 2026 12:00:20 GMT", "", 20.0),
        ("Sat, 28 Nov 2026 12:00:20 GMT", "Sat, 28 Nov 2026 12:00:15 GMT", 5.0),
        ("Sat, 28 Nov 2026 11:00:00 GMT", "", 0.0),
        ("Sat, 28 Nov 2026 12:00:20 GMT", "nonsense", 20.0),
        ("", "", None),
        ("-3", "", None),
        ("soon", "", None),
        ("٣", "", None),
        ("Sat, 99 Nov 2026 12:00:20 GMT", "", None),
    ],
)
def test_both_forms_of_retry_after(value: str, date: str, seconds: float | None) -> None:
    """Seconds or a date; the clock of the answer counts where it shows one."""
    assert retry_after_sec(value, date=date, now=NOW) == seconds


def test_what_waiting_took() -> None:
    """Pauses up to now, outages and slow-downs that go on included; the same wish counts once."""
    time = FakeTime()
    pace = local_pace()
    one = limiter(time, pace, None)
    one.back_off(10)
    one.back_off(10)
    pace[Field.AWAY_SEC], pace[Field.AWAY_SINCE], pace[Field.OUTAGES] = 5.0, 102.0, 2
    pace[Field.SLOW_SINCE], pace[Field.LOWEST_RPS] = 103.0, 2.5
    assert pacing_of(pace, now=104.0) == Pacing(
        paused_sec=4.0, outages=2, away_sec=7.0, slowed_sec=1.0, lowest_rps=2.5
    )


def test_the_user_hears_of_each_thing_once() -> None:
    """An outage, its end, and that sending was slowed down."""
    pace = local_pace()
    notes = PaceNotes(pace)
    assert not list(notes.new())
    pace[Field.AWAY_SINCE], pace[Field.OUTAGES], pace[Field.SLOW_RPS] = 1.0, 1, 10.0
    assert len(list(notes.new())) == 2
    assert not list(notes.new())
    pace[Field.AWAY_SINCE] = 0
    assert [one.text for one in notes.new()] == ["the target is back: going on"]
    assert not list(notes.new())


def test_the_user_hears_of_a_pause() -> None:
    """Once, with how long it is; a short one is over before anybody reads of it."""
    pace = local_pace()
    notes = PaceNotes(pace)
    pace[Field.PAUSED_UNTIL] = monotonic() + 1
    assert not list(notes.new())
    pace[Field.PAUSED_UNTIL] = monotonic() + 1_000
    (line,) = notes.new()
    assert "asks for a pause" in line.text
    assert not list(notes.new())
