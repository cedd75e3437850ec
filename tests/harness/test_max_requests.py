"""`--max-requests`: no more goes out, whoever sends."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.pace.pace_state import is_used_up, local_pace
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.record import ScenarioRun, read_events
from cartfuzz.sandbox.asgi import Receive, Send, application
from cartfuzz.sandbox.assembly import assembled

Output = pytest.CaptureFixture[str]
KEY = "the-key-of-the-shop"


def test_a_limiter_lets_no_more_out() -> None:
    """Over all that share the numbers; a burst that does not fit in uses the rest up."""
    pace = local_pace()
    one, other = (RateLimiter(None, max_requests=6, state=pace) for _ in range(2))
    assert [one.wait(), other.wait(2), one.wait()] == [True, True, True]
    assert not is_used_up(6, pace)
    assert not other.wait(3)
    assert is_used_up(6, pace)
    assert not one.wait()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_sends_no_more(
    workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """The check before it and triage included; the run ends in order, and says why."""
    serve = application(assembled(EXAMPLE_ENVIRONMENT, ["accepts-empty-skus"], (), KEY))
    calls: list[str] = []

    async def counting(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            calls.append(scope["path"])
        await serve(scope, receive, send)

    module = ModuleType("counted_shop_of_a_test")
    module.app = counting  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    options = ("--workers", workers, "--max-requests", "400", "--seed", "1", "--duration", "60s")
    target = ("--app", f"{module.__name__}:app", "--report-dir", str(tmp_path))
    main(["run", *target, *options])
    assert 380 <= len(calls) <= 400
    assert "the 400 requests of the run are used up" in capsys.readouterr().out
    events = read_events(tmp_path / "events.ndjson")
    executed = [event for event in events if isinstance(event, ScenarioRun)]
    assert executed
    assert all(one.statuses for one in executed), "what was not sent was not executed"
