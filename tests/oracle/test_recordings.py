"""Requests and answers that clients and targets were seen to send, in values of our own.

``tests/data/recordings.json`` holds the shapes of public recordings and examples: connectors, error
pages, examples of the SDKs. Each names the rules that it is accused by; most by none. The effects
of 2021 are of several answers, so one rejects a code that was not sent (EFF-04).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    Credentials,
    Environment,
    ReturnItems,
    Step,
    Update,
)
from cartfuzz.oracle.model import SessionModel, after_acceptance, expect

from .histories import answer, judge, rules

_FILE = Path(__file__).parents[1] / "data" / "recordings.json"
RECORDINGS: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))


def environment_of(recording: dict[str, Any]) -> Environment:
    """What the application of a recording has configured."""
    fields = {"contract": recording["contract"], "since": recording.get("since", "")}
    return msgspec.convert({**fields, **recording.get("declared", {})}, Environment)


def step_of(recorded: dict[str, Any]) -> Step:
    """The request of one recorded step."""
    credentials = Credentials(recorded.get("credentials", "valid"))
    kind = ReturnItems if recorded["operation"] == "return" else Update
    return kind(body=recorded["body"], credentials=credentials)


@pytest.mark.parametrize("name", RECORDINGS)
def test_requests_are_read_as_they_are_meant(name: str) -> None:
    """The verdict on each request: none that a client was seen to send must be refused, but those
    that were."""
    environment = environment_of(RECORDINGS[name])
    session = SessionModel()
    for recorded in RECORDINGS[name]["steps"]:
        step = step_of(recorded)
        expectation = expect(step, f"s-{MARK}", session, environment)
        assert expectation.verdict.value == recorded["verdict"]
        if recorded.get("status", 200) == 200:
            session = after_acceptance(step, session, expectation, environment)


@pytest.mark.parametrize("name", RECORDINGS)
def test_answers_are_accused_where_they_are_wrong(name: str) -> None:
    """The rules that the answers break, and no others."""
    recording = RECORDINGS[name]
    history = [
        (step_of(recorded), answer(recorded["status"], _with_id(recorded["answer"])))
        for recorded in recording["steps"]
        if "answer" in recorded
    ]
    found = rules(judge(history, environment=environment_of(recording)))
    assert sorted(set(found)) == recording["accused"]


def _with_id(body: Any) -> Any:
    return json.loads(json.dumps(body).replace('"SESSION"', f'"{MARK}"'))


def test_recordings_are_of_all_kinds() -> None:
    """Both versions, requests alone and exchanges, accused and not."""
    assert len(RECORDINGS) > 30
    assert {one["contract"] for one in RECORDINGS.values()} == {"2.5.1", "current"}
    assert any(one["accused"] for one in RECORDINGS.values())
    assert any("answer" not in step for one in RECORDINGS.values() for step in one["steps"])
