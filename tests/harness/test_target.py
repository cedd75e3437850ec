"""Opening a target: the check before a run, the engine, and when a target counts as lost."""

from __future__ import annotations

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Environment, Fetch, Scenario
from cartfuzz.harness.errors import CredentialsRefusedError, TargetUnreachableError
from cartfuzz.harness.pace.pacing import Notice, NoticeKind
from cartfuzz.harness.pace.target_loss import MAX_USELESS_SCENARIOS, TargetLoss
from cartfuzz.harness.plan import Plan, RecordPolicy
from cartfuzz.harness.target import begin_run, check_answers, open_target, preflight
from cartfuzz.wire.marks import mark_of
from cartfuzz.wire.secrets import TargetSecrets

from ..record.events import scenario_run
from .transport.scripted_server import answering, scripted_server

READ = Scenario(title="read", sessions=(MARK,), steps=(Fetch(), Fetch()))
NOT_FOUND = b'{"message":"not found","errors":[{"title":"not found"}]}'


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_an_error(status: int) -> None:
    """The text names the status and what to do, and never the key."""
    with (
        scripted_server(answering(status, b"{}")) as server,
        pytest.raises(CredentialsRefusedError, match=f"refuses the API key with {status}") as error,
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("the-secret"))
    assert "the-secret" not in str(error.value)


def test_a_target_that_does_not_answer_is_an_error() -> None:
    """The text names the URL and the reason."""
    with scripted_server(answering(200, b"{}")) as server:
        url = server.url
    with pytest.raises(TargetUnreachableError, match=f"{url} does not answer: connection refused"):
        begin_run(Plan(url=url, environment=Environment()), TargetSecrets("key"))


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_target_that_answers_is_asked_by_one_read(status: int) -> None:
    """How it answers does not matter; nothing is made that somebody would have to clean."""
    with scripted_server(answering(status, NOT_FOUND)) as server:
        check_answers(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
    assert [request[:4] for request in server.requests] == [b"GET "]


def test_a_target_that_answers_no_more_is_an_error() -> None:
    """Refused connections, and a key that is refused."""
    with scripted_server(answering(401, b"{}")) as server:
        plan = Plan(url=server.url, environment=Environment())
        with pytest.raises(CredentialsRefusedError):
            check_answers(plan, TargetSecrets("key"))
    with pytest.raises(TargetUnreachableError):
        check_answers(plan, TargetSecrets("key"))


def test_a_long_pause_before_a_run_is_noticed() -> None:
    """The check waits as the target asks, which the user is to know, and may end."""
    notices: list[Notice] = []
    asks = answering(503, b"{}", headers=b"Retry-After: 3600\r\n")
    with scripted_server(asks) as server, pytest.raises(KeyboardInterrupt):
        preflight(
            Plan(url=server.url, environment=Environment()),
            TargetSecrets("key"),
            stopped=lambda: bool(notices),
            notice=notices.append,
        )
    assert [one.kind for one in notices] == [NoticeKind.TARGET_PAUSES]
    assert "nothing is sent for 30 s" in notices[0].text


@pytest.mark.parametrize("status", [429, 503])
def test_no_pause_before_a_run_outlives_the_run(status: int) -> None:
    """The check ends at once, and says which pause the target asks for."""
    asks = answering(status, b"{}", headers=b"Retry-After: 3600\r\n")
    with scripted_server(asks) as server:
        plan = Plan(url=server.url, environment=Environment(), duration_sec=20)
        with pytest.raises(TargetUnreachableError, match=r"pauses of 30 s .* may last 20 s: wait"):
            preflight(plan, TargetSecrets("key"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("keep", [RecordPolicy.FAILURES, RecordPolicy.ALL])
def test_the_engine_of_a_target_keeps_what_it_is_asked_to(keep: RecordPolicy) -> None:
    """The record policy is the caller's, not that of the plan: triage keeps failures only."""
    with scripted_server(answering(404, NOT_FOUND)) as server:
        plan = Plan(url=server.url, environment=EXAMPLE_ENVIRONMENT, keep=RecordPolicy.ALL)
        with open_target(plan, TargetSecrets("key"), keep=keep) as engine:
            _, run = [
                engine.execute(
                    READ, phase="edges", scenario_id="edges/0/0", mark=mark_of("abcdefgh", index)
                )
                for index in range(2)  # the first shows something new, and is kept for that
            ]
    assert run.statuses == (404, 404)
    assert (run.scenario is not None) is (keep is RecordPolicy.ALL)


def test_a_stopped_target_is_sent_nothing() -> None:
    """`stopped` reaches the engine."""
    with scripted_server(answering(404, NOT_FOUND)) as server:
        plan = Plan(url=server.url, environment=EXAMPLE_ENVIRONMENT)
        with open_target(plan, TargetSecrets("key"), stopped=lambda: True) as engine:
            run = engine.execute(READ, phase="edges", scenario_id="edges/0/0", mark=MARK)
        assert server.requests == []
    assert run.statuses == ()


def test_a_target_is_lost_after_a_row_of_useless_scenarios() -> None:
    """One usable response in between restarts the count; so does a scenario without requests."""
    useless = scenario_run(0, statuses=(503, 503), inconclusive=("a", "b"))
    useful = scenario_run(0, statuses=(503, 200), inconclusive=("a",))
    empty = scenario_run(0, statuses=())
    loss = TargetLoss()
    assert not any(loss.add(useless) for _ in range(MAX_USELESS_SCENARIOS - 1))
    assert not loss.add(useful)
    assert not any(loss.add(useless) for _ in range(MAX_USELESS_SCENARIOS - 1))
    assert not loss.add(empty)
    assert not any(loss.add(useless) for _ in range(MAX_USELESS_SCENARIOS - 1))
    assert loss.add(useless)
