"""`cartfuzz run --dry-run`, and when a run is to end."""

from __future__ import annotations

from datetime import datetime

import click
import pytest

from cartfuzz.cli import main
from cartfuzz.cli.param_types import ClockTime
from cartfuzz.contract import MARK

from ..harness.transport.scripted_server import scripted_server

Output = pytest.CaptureFixture[str]


def test_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """No connection, no key is needed, no folder is made; what would be sent is shown."""
    monkeypatch.delenv("CARTFUZZ_API_KEY", raising=False)

    def refuse(_connection: object) -> None:
        raise AssertionError("expected no connection, found one")

    with scripted_server(refuse) as server:
        assert main(["run", server.url, "--dry-run", "--rps", "10", "--seed", "7"]) == 0
        assert server.requests == []
    shown = capsys.readouterr().out
    assert f"dry run: nothing is sent to {server.url}" in shown
    assert "explore  scenarios drawn with seed 7, until the run ends" in shown
    assert "at most 10 a second" in shown
    assert f"  PUT /v2/customer_sessions/tour-{MARK} {{" in shown
    assert shown.count("\nedges/") == 2


@pytest.mark.parametrize(
    ("option", "words"), [("--read-only", "only reads"), ("--dry-only", "dry")]
)
def test_a_restriction_is_shown(option: str, words: str, capsys: Output) -> None:
    """With -vv every request, whole; none but those that the restriction lets out."""
    assert main(["run", "http://127.0.0.1:9", "--dry-run", option, "-vv"]) == 0
    shown = capsys.readouterr().out
    assert words in shown
    requests = [line for line in shown.splitlines() if line.startswith("  ")]
    assert len(requests) > 500
    for line in requests:
        method, target, *_ = line.split()
        assert method == "GET" or (option == "--dry-only" and "?dry=true" in target)


def test_a_phase_without_such_requests(capsys: Output) -> None:
    """A restriction leaves nothing of races, so that asking for them is bad usage."""
    assert main(["run", "http://127.0.0.1:9", "--dry-run", "--dry-only", "--phase", "race"]) == 2
    assert "--phase: expected one of corpus, edges, wire, explore" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("06:00", 6 * 3600.0),
        ("06:00:30", 6 * 3600.0 + 30),
        ("00:00", 24 * 3600.0),
        ("2026-01-02T00:00", 24 * 3600.0),
        ("2026-01-01 00:01", 60.0),
    ],
)
def test_a_time_is_still_to_come(text: str, seconds: float) -> None:
    """A time of day is the next one, by the clock of this machine."""
    midnight = datetime(2026, 1, 1).astimezone()
    assert ClockTime(lambda: midnight).convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "25:00", "six", "2020-01-01T06:00", "-1"])
def test_what_is_no_time_to_come(text: str) -> None:
    """One sentence with an example."""
    with pytest.raises(click.UsageError, match="such as 06:00"):
        ClockTime().convert(text, None, None)
