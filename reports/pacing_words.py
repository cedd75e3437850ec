"""How long a run waited for its target, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..record import Pacing
from .wording import counted, duration

_MIN_SEC = 0.5
"""A shorter wait is not worth a line."""


def pacing_lines(pacing: Pacing) -> Iterator[str]:
    """One line for each thing that took time of the run, with what to do about it."""
    if pacing.paused_sec >= _MIN_SEC:
        yield (
            f"the target asked for pauses of {duration(pacing.paused_sec)} in all, which count as "
            "time of the run: lower --rps"
        )
    if pacing.outages:
        yield (
            f"the target was away {counted(pacing.outages, 'time')}, "
            f"{duration(pacing.away_sec)} in all, which count as time of the run; what was under "
            "way then was not judged"
        )
    if pacing.lowest_rps:
        yield (
            f"the target suffered: for {duration(pacing.slowed_sec)} the rate was lowered, to "
            f"{pacing.lowest_rps:.3g} requests a second at the least: lower --rps"
        )
