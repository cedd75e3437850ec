"""How far a run is, at one moment: the content of the file that ``--status-file`` names."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ..record.format_version import FORMAT
from .outcome import RunOutcome


class RunActivity(StrEnum):
    """What a run does."""

    RUNNING = "running"
    """It sends the scenarios of its phases."""
    MINIMISING = "minimising"
    """It looks for smallest scenarios, and confirms them."""
    FINISHED = "finished"


class RunStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is. Times of day are RFC 3339, UTC."""

    run: str
    """The ID of the run."""
    run_ids: list[str]
    """What the marks of its sessions begin with, after ``cf-``: one for each part of the run."""
    target: str
    """Base URL."""
    seed: int
    phases: list[str]
    state: RunActivity
    outcome: RunOutcome | None
    """None: the run has not finished."""
    phase: str
    """Of the last scenario; empty: there was none yet."""
    scenarios: int
    requests: int
    """Of the phases."""
    minimisation_requests: int
    requests_per_sec: float
    """Over the last seconds, in which the run was sending."""
    requests_per_sec_overall: float
    found: list[str]
    """Signatures so far, symptoms and known ones included, in the order in which they were found;
    the first 1,000."""
    found_count: int
    minimised: int
    """Signatures whose smallest scenario was looked for."""
    not_judged: int
    """Requests that could not be judged."""
    share_of_sweeps: float | None
    """From 0 to 1; None: the run has no sweeps."""
    seconds: float
    """Since the start, without the time between the parts of a run that was resumed."""
    sec_left: float | None
    """About how long the present activity will go on; None: nobody knows."""
    started: str
    updated: str
    format_version: int = msgspec.field(name="format", default=FORMAT)
    """``format`` in JSON."""
