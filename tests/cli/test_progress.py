"""What a run shows while it goes on: live lines, and what it finds when it finds it."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from cartfuzz.analysis import RunState
from cartfuzz.cli.progress import Live, Plain
from cartfuzz.cli.progress_words import clock
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.plan import Plan
from cartfuzz.record import Event
from cartfuzz.telemetry.status_tracker import StatusTracker

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

pyte = pytest.importorskip("pyte", reason="the extra test has it")


class Terminal(io.StringIO):
    """A file that somebody looks at, and the screen of 80 columns and 24 rows that it makes."""

    def isatty(self) -> bool:
        return True

    @property
    def rows(self) -> list[str]:
        screen = pyte.Screen(80, 24)
        pyte.Stream(screen).feed(self.getvalue().replace("\n", "\r\n"))
        return [row.rstrip() for row in screen.display if row.strip()]


def console_on(file: io.StringIO) -> Console:
    return Console(file=file, width=80, height=24, force_terminal=file.isatty(), color_system=None)


class Followed:
    """A run whose events are shown in ``file``."""

    def __init__(self, file: io.StringIO, *events: Event) -> None:
        self.state = RunState.of(events)
        plan = Plan(url="http://127.0.0.1:1", environment=EXAMPLE_ENVIRONMENT, duration_sec=50.0)
        tracker = StatusTracker(plan, self.state)
        kind = Live if file.isatty() else Plain
        self.tracker, self.progress = tracker, kind(console_on(file), tracker)

    def happens(self, event: Event) -> None:
        self.state.add(event)
        self.tracker.add(event)
        self.progress.add(event)


def found(rule: str, number: int, title: str = "update: accepted") -> Event:
    return scenario_run(
        number, discrepancies=(msgspec.structs.replace(discrepancy(rule), title=title),)
    )


def test_the_live_lines_fit_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clock, phase, share of the sweeps and rate; what was found, rules and the time left."""
    monkeypatch.setattr("cartfuzz.cli.progress._LIVE_INTERVAL_SEC", 0.0)
    file = Terminal()
    run = Followed(file)
    run.happens(started(sweeps={"edges": 4}))
    run.happens(found("CART-02", 0))
    assert isinstance(run.progress, Live)
    run.progress._live.refresh()
    first, line, above, below = file.rows
    assert first.startswith("cartfuzz ")
    assert line.startswith("0:00  found CART-02-")
    assert above.startswith("0:00   phase 1 of 2: edges   sweeps 25%")
    assert above.endswith(" requests/s")
    assert below.split("   ")[-3:] == ["1 found", "rules 2 of 96", "about 50 s left"]
    run.progress.close()
    assert file.rows == [first, line]  # the live lines are gone


def test_each_new_signature_is_one_line() -> None:
    """Once, with its title; a known one by that word, and nothing that earlier parts found."""
    file = io.StringIO()
    known = discrepancy("CART-03")
    before = (started(), found("CART-01", 0))
    run = Followed(file, *before)
    entry = {known.signature: {"ticket": "SHOP-1"}}
    begun = msgspec.convert({**msgspec.to_builtins(started()), "baseline": entry}, type(started()))
    run.happens(msgspec.structs.replace(begun, resumption=1))
    for number in range(1, 4):
        run.happens(found("CART-01", number))
        run.happens(found("CART-02", number, title="evil\x1b[31m"))
        run.happens(found("CART-03", number))
    _, *lines = file.getvalue().splitlines()
    assert [line.split("  ")[1].split("-")[:2] for line in lines] == [
        ["found CART", "02"],
        ["known CART", "03"],
    ]
    assert lines[0].endswith(r"  evil\x1b[31m")


def test_a_target_that_breaks_everything_does_not_bury_the_log() -> None:
    """Fifty are shown; then one line says that the rest is counted."""
    file = io.StringIO()
    run = Followed(file)
    run.happens(started())
    for number in range(80):
        one = msgspec.structs.replace(discrepancy("CART-02"), signature=f"CART-02-{number:010x}")
        run.happens(scenario_run(number, discrepancies=(one,)))
    lines = file.getvalue().splitlines()
    assert len(lines) == 1 + 50 + 1
    assert lines[-1] == "what is found from here on is only counted"


def test_minimising_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of the phase."""
    monkeypatch.setattr("cartfuzz.cli.progress._LIVE_INTERVAL_SEC", 0.0)
    file = Terminal()
    run = Followed(file)
    run.happens(started())
    run.happens(found("CART-02", 0))
    run.happens(minimised(discrepancy("CART-02")))
    assert isinstance(run.progress, Live)
    run.progress._live.refresh()
    assert any("minimising: 1 done" in row for row in file.rows)
    run.progress.close()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3661, "1:01:01")]
)
def test_the_clock(seconds: float, shown: str) -> None:
    """Hours where there are some."""
    assert clock(seconds) == shown
