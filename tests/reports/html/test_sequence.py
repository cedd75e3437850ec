"""The picture of a scenario: the life of its sessions as their answers show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cartfuzz.analysis import RunState, reproducers_of
from cartfuzz.contract import MARK, Cut, Fetch, ReturnItems, Scenario, Step, Update
from cartfuzz.record import Exchange, RunFinished, StopReason
from cartfuzz.reports.html.sequence import Sequence, Together, sequence_of
from cartfuzz.reports.reproduction import build_artefacts

from ...record.events import discrepancy, scenario_run, started


def picture(
    *steps: Step,
    answers: tuple[tuple[int | None, str], ...],
    sessions: int = 1,
    burst: tuple[int, int] | None = None,
    step: int = 0,
) -> Sequence:
    """The picture of a scenario whose steps got ``answers``: each a status and a state."""
    scenario = Scenario(
        title="one",
        sessions=tuple(f"{number}{MARK}" for number in range(sessions)),
        steps=steps,
        burst=burst,
    )
    exchanges = tuple(
        Exchange(step=index, method="PUT", target="/x", status=status, answer=_answer(state))
        for index, (status, state) in enumerate(answers)
    )
    run = scenario_run(
        0,
        scenario=scenario,
        exchanges=exchanges,
        discrepancies=(discrepancy("CART-02", step=step),),
    )
    end = RunFinished(seconds=1.0, reason=StopReason.COMPLETED)
    found = reproducers_of(RunState.of([started(), run, end]))
    (artefact,) = build_artefacts(found, Path("/runs/one"))
    return sequence_of(artefact)


def _answer(state: str) -> str:
    return f'{{"customerSession": {{"state": "{state}"}}}}' if state else "{}"


def update(session: int = 0, **members: Any) -> Update:
    """An update with these members of the session."""
    return Update(session=session, body={"customerSession": members})


def test_states_are_those_that_answers_show() -> None:
    """A refusal and a dry run leave the state; the blamed step is marked."""
    shown = picture(
        update(),
        update(state="cancelled"),
        Update(body={"customerSession": {"state": "closed"}}, dry=True),
        update(state="closed"),
        answers=((201, "open"), (400, ""), (200, "closed"), (200, "closed")),
        step=3,
    )
    assert [(step.before, step.after) for step in shown.steps] == [
        ("no session", "open"),
        ("open", "open"),
        ("open", "open"),
        ("open", "closed"),
    ]
    assert [step.request for step in shown.steps] == ["update", "update", "dry update", "update"]
    assert [step.is_blamed for step in shown.steps] == [False, False, False, True]


def test_a_state_that_no_answer_shows_is_called_assumed() -> None:
    """An accepted request moves the session as it asked to."""
    (step,) = picture(update(state="closed"), answers=((200, ""),)).steps
    assert (step.after, step.is_shown) == ("closed", False)


def test_sessions_have_lanes_unless_they_are_many() -> None:
    """Up to three have one each; more share one."""
    steps = [update(session) for session in range(4)]
    answers = ((200, "open"),) * 4
    assert picture(*steps[:3], answers=answers[:3], sessions=3).lanes == ("A", "B", "C")
    assert len(picture(*steps, answers=answers, sessions=4).lanes) == 1


def test_what_is_sent_together_is_grouped() -> None:
    """The first and the last of a burst are known, so that a page can bracket them."""
    shown = picture(
        update(), update(), update(), Fetch(), answers=((200, "open"),) * 4, burst=(0, 3)
    )
    assert [step.together for step in shown.steps] == [
        Together.FIRST,
        Together.BETWEEN,
        Together.LAST,
        Together.NO,
    ]


def test_details_are_few_and_in_words() -> None:
    """The state first, lists by their size, no more than five fields."""
    members: dict[str, Any] = {
        "cartItems": [{}] * 1001,
        "state": "closed",
        "attributes": {},
        "profileId": "x" * 99,
    }
    more = {f"field{number}": 1 for number in range(9)}
    (step,) = picture(update(**members, **more), answers=((200, "closed"),)).steps
    assert step.details[:3] == ("state: closed", "cartItems: 1001 members", "attributes: empty")
    assert step.details[-1] == "and 7 fields more"
    assert max(map(len, step.details)) < 80


def test_a_lost_answer_has_its_reason() -> None:
    """A cut connection is named, and what became of the session is not known."""
    cut = Update(body={"customerSession": {}}, cut=Cut.SENT)
    shown = picture(cut, ReturnItems(body={}), answers=((None, ""), (404, "")), step=1)
    assert shown.steps[0].answer.startswith("no answer")
    assert "connection cut after sending" in shown.steps[0].details
    assert shown.steps[0].after == "no session"


def test_a_long_scenario_shows_its_end() -> None:
    """The first requests are counted instead."""
    shown = picture(*([update()] * 60), answers=((200, "open"),) * 60, step=59)
    assert shown.left_out == 36
    assert [shown.steps[0].number, shown.steps[-1].number] == [37, 60]
