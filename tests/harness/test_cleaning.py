"""Cancelling what a run has left, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Scenario, Update
from cartfuzz.harness.cleaning import Cleaner, CleaningResult, Fate
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.errors import CredentialsRefusedError, TargetUnreachableError
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.sender import Sender
from cartfuzz.harness.session_ledger import (
    SessionLedger,
    made_sessions,
    prepare_ledger,
    remove_ledgers,
)
from cartfuzz.record.made_sessions import Left, MadeSessions
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.service import Service
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.marks import mark_of

from ..in_process import KEY, InProcessTransport

RUN = "abcdefgh"
SCENARIO = Scenario(
    title="an open session and a closed one",
    sessions=(f"a-{MARK}", f"b-{MARK}", f"never-{MARK}"),
    steps=(
        Update(body={"customerSession": {}}),
        Update(session=1, body={"customerSession": {"state": "closed"}}),
    ),
)
Noted = list[tuple[str, tuple[Left, ...]]]


class Answering(InProcessTransport):
    """A sandbox of which some requests are answered by others; it keeps all that was sent."""

    def __init__(
        self, service: Service, answer: Callable[[Request], Response | NoResponse | None]
    ) -> None:
        super().__init__(service)
        self.sent: list[Request] = []
        self._answer = answer

    def send(self, request: Request) -> Response | NoResponse:  # type: ignore[override]
        self.sent.append(request)
        return self._answer(request) or super().send(request)


def executed(service: Service, folder: Path) -> list[MadeSessions]:
    """What the ledger holds once `SCENARIO` was executed."""
    ledger = SessionLedger(prepare_ledger(folder))
    engine = Engine(
        InProcessTransport(service),
        environment=EXAMPLE_ENVIRONMENT,
        levels={},
        rate_limiter=RateLimiter(None),
        ledger=ledger,
    )
    engine.execute(SCENARIO, phase="edges", scenario_id="edges/0/0", mark=mark_of(RUN, 0))
    ledger.close()
    return list(made_sessions(folder, RUN))


def cleaned(
    transport: InProcessTransport,
    made: Sequence[MadeSessions],
    noted: Noted | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> CleaningResult:
    """The result of one cleaning."""
    notes: Noted = [] if noted is None else noted
    cleaner = Cleaner(
        Sender(transport, rate_limiter=RateLimiter(None), stopped=lambda: False),
        run_id=RUN,
        note=lambda mark, states: notes.append((mark, states)),
        is_over=is_over,
    )
    return cleaner.clean(made)


@pytest.fixture
def service() -> Service:
    """A correct sandbox."""
    return assembled(EXAMPLE_ENVIRONMENT, (), (), KEY)


def test_a_ledger_has_the_states_that_the_model_holds(service: Service, tmp_path: Path) -> None:
    """So a run can say how many sessions it has left without a request."""
    (made,) = executed(service, tmp_path)
    assert made.states == (Left.OPEN, Left.CLOSED, Left.NEVER_MADE)


def test_open_and_closed_sessions_are_cancelled(service: Service, tmp_path: Path) -> None:
    """What does not exist is read, and not made."""
    noted: Noted = []
    result = cleaned(InProcessTransport(service), executed(service, tmp_path), noted)
    assert result.fates[Fate.CANCELLED] == 2
    assert result.fates[Fate.ABSENT] == 1
    assert result.is_complete
    assert {one.state for one in service.store.sessions.values()} == {"cancelled"}
    assert len(service.store.sessions) == 2
    assert noted == [(mark_of(RUN, 0), (Left.CLEANED,) * 3)]


def test_an_answer_without_the_session_is_checked_by_a_read(
    service: Service, tmp_path: Path
) -> None:
    """A target may take a cancellation and not do it."""
    made = executed(service, tmp_path)

    def take(request: Request) -> Response | None:
        return Response(status=200, body=b"{}") if request.method == "PUT" else None

    result = cleaned(Answering(service, take), made)
    assert result.fates[Fate.LEFT] == 2
    assert not result.is_complete


def test_a_session_without_the_mark_of_the_run_is_not_touched(service: Service) -> None:
    """Whatever a file holds that somebody has changed: it is not even read."""
    transport = Answering(service, lambda _: None)
    made = MadeSessions(mark=mark_of(RUN, 0), names=("order-4711",), states=(Left.OPEN,))
    result = cleaned(transport, [made])
    assert not transport.sent
    assert [one.name for one in result.left] == ["order-4711"]


def test_what_there_is_no_time_for_is_counted(service: Service, tmp_path: Path) -> None:
    """Another cleaning goes on there."""
    transport = Answering(service, lambda _: None)
    made = executed(service, tmp_path)
    result = cleaned(transport, made, is_over=lambda: len(transport.sent) >= 1)
    assert result.not_tried == 1
    assert not result.is_complete
    assert cleaned(InProcessTransport(service), made).is_complete


def test_a_target_that_is_gone_ends_it(service: Service) -> None:
    """After a few requests without any answer; the rest would only take time."""
    transport = Answering(
        service, lambda _: NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")
    )
    marks = [mark_of(RUN, index) for index in range(100)]
    made = [MadeSessions(mark=mark, names=(mark,), states=(Left.OPEN,)) for mark in marks]
    with pytest.raises(TargetUnreachableError, match="connection refused"):
        cleaned(transport, made)
    assert len(transport.sent) < 20


def test_a_refused_key_ends_it(service: Service, tmp_path: Path) -> None:
    """It would fail for each session."""
    made = executed(service, tmp_path)
    refused = Response(status=401, body=b"{}")
    with pytest.raises(CredentialsRefusedError, match="401"):
        cleaned(Answering(service, lambda _: refused), made)


def test_a_run_goes_on_where_the_ledger_cannot_be_written(service: Service, tmp_path: Path) -> None:
    """The folder is gone: what is sent matters more."""
    ledger = SessionLedger(tmp_path / "gone")
    ledger.begin(SCENARIO, mark_of(RUN, 0))
    ledger.end(SCENARIO, mark_of(RUN, 0), [Left.OPEN] * 3)
    ledger.close()
    assert list(made_sessions(tmp_path / "gone", RUN)) == []
    assert not service.store.sessions


def test_ledgers_of_earlier_runs_are_removed(service: Service, tmp_path: Path) -> None:
    """Those of the run itself stay, and so does what is not ours."""
    for run in ("earlier0", RUN):
        executed(service, tmp_path / run)
    (tmp_path / "notes.txt").touch()
    remove_ledgers(tmp_path, but=RUN)
    assert sorted(path.name for path in tmp_path.iterdir()) == [RUN, "notes.txt"]
    assert list(made_sessions(tmp_path / RUN, RUN))
