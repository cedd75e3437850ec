"""Summaries for the tests of reports, and a console that keeps what is printed."""

from __future__ import annotations

import io
from typing import Any

import msgspec
from hypothesis import strategies as st
from rich.console import Console

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import MARK, Scenario, Update
from cartfuzz.record import Event, RunFinished, StopReason
from cartfuzz.reports import print_summary

from ..record.events import discrepancy, scenario_run, started

any_text = st.text(st.characters())
"""Texts with every character, lone surrogates included."""
ENDPOINTS = {"endpoint update": 1, "endpoint get": 1, "endpoint return": 1}


def summary_of(text: str = "", **start: Any) -> Summary:
    """A run with one discrepancy, and ``text`` wherever a target's text can be."""
    found = msgspec.structs.replace(
        discrepancy("CART-02", step=0), expected=text, found=text, title=f"update: {text}"
    )
    body = {"customerSession": {"profileId": text, "identifiers": [text] * 5}}
    scenario = Scenario(title=text, sessions=(text + MARK,), steps=(Update(body=body),))
    run = scenario_run(
        0, title=text, scenario=scenario, discrepancies=(found,), inconclusive=(text,)
    )
    return summarise(
        [started(**start), run, RunFinished(seconds=1.0, reason=StopReason.COMPLETED, detail=text)]
    )


def ended(reason: StopReason, detail: str = "", **run: object) -> Summary:
    """A run of one scenario that ended for ``reason``; each endpoint accepted a request."""
    events: list[Event] = [
        started(),
        scenario_run(0, **{"reached": ENDPOINTS, **run}),
        RunFinished(seconds=1.0, reason=reason, detail=detail),
    ]
    return summarise(events)


def partial() -> Summary:
    """A run that did one of two scenarios of its sweeps: 2 requests in a second."""
    begun = started(sweeps={"edges": 2}, sweep_requests=1200)
    run = scenario_run(0, reached=ENDPOINTS)
    return summarise([begun, run, RunFinished(seconds=1.0, reason=StopReason.COMPLETED)])


def with_bug(summary: Summary, **changes: Any) -> Summary:
    """``summary`` with changes to its only discrepancy."""
    (bug,) = summary.discrepancies
    changed = msgspec.structs.replace(bug, **changes)
    return msgspec.structs.replace(summary, discrepancies=[changed])


def console(*, terminal: bool = False) -> Console:
    """A wide console without colours that writes into memory."""
    return Console(
        file=io.StringIO(), width=200, force_terminal=terminal, color_system=None, highlight=False
    )


def output_of(shown: Console) -> str:
    """What was printed on ``shown``."""
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def printed(summary: Summary, *, verbosity: int = 0, observations: bool = False) -> str:
    """``summary`` as `print_summary` prints it."""
    shown = console()
    print_summary(summary, shown, verbosity=verbosity, observations=observations)
    return output_of(shown)
