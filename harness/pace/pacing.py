"""What the pace of a run amounts to, for its last event, and what is shown of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from ...record import Pacing
from .pace_state import Field, PaceState
from .rate_limiter import MAX_BACK_OFF_SEC

_MIN_NOTED_SEC = 2.0
"""A shorter pause is over before its line is read."""


def pacing_of(state: PaceState, now: float | None = None) -> Pacing:
    """How long a run has waited for its target up to ``now``, in `time.monotonic` seconds."""
    now = monotonic() if now is None else now
    away, slow = state[Field.AWAY_SINCE], state[Field.SLOW_SINCE]
    return Pacing(
        paused_sec=round(state[Field.PAUSED_SEC] - max(0.0, state[Field.PAUSED_UNTIL] - now), 3),
        outages=int(state[Field.OUTAGES]),
        away_sec=round(state[Field.AWAY_SEC] + (now - away if away else 0.0), 3),
        slowed_sec=round(state[Field.SLOW_SEC] + (now - slow if slow else 0.0), 3),
        lowest_rps=round(state[Field.LOWEST_RPS], 3),
    )


class NoticeKind(StrEnum):
    """What happened to a run that goes on."""

    SLOWED_DOWN = "slowed down"
    TARGET_PAUSES = "target pauses"
    TARGET_AWAY = "target away"
    TARGET_BACK = "target back"
    STATE_LOST = "state lost"
    WORKER_LOST = "worker lost"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a user should know at once of a run that goes on."""

    kind: NoticeKind
    text: str
    """One line."""


def pause_notice(pause_sec: float) -> Notice | None:
    """What a user should know of a pause that the target asks for; None: it is short."""
    if pause_sec < _MIN_NOTED_SEC:
        return None
    return Notice(
        NoticeKind.TARGET_PAUSES,
        f"the target asks for a pause: nothing is sent for {pause_sec:.0f} s; a pause is "
        f"{MAX_BACK_OFF_SEC:g} s at most, whatever it asks for",
    )


class PaceNotes:
    """Notices what a user should know of the pace at once; each kind of thing is noted once."""

    def __init__(self, state: PaceState) -> None:
        self._state = state
        self._outages = 0
        self._losses = 0
        self._is_away = False
        self._has_slowed = False
        self._has_paused = False

    def new(self) -> Iterator[Notice]:
        """What is due since the last call."""
        state = self._state
        if state[Field.SLOW_RPS] and not self._has_slowed:
            self._has_slowed = True
            yield Notice(
                NoticeKind.SLOWED_DOWN,
                f"the target suffers: sending at most {state[Field.SLOW_RPS]:.3g} requests a "
                "second until it is well again; --no-slow-down prevents that",
            )
        notice = pause_notice(state[Field.PAUSED_UNTIL] - monotonic())
        if notice is not None and not self._has_paused:
            self._has_paused = True
            yield notice
        away, outages = bool(state[Field.AWAY_SINCE]), int(state[Field.OUTAGES])
        if outages > self._outages and away:
            self._outages, self._is_away = outages, True
            yield Notice(
                NoticeKind.TARGET_AWAY,
                "the target gives no usable responses: waiting until it does",
            )
        elif self._is_away and not away:
            self._is_away = False
            yield Notice(NoticeKind.TARGET_BACK, "the target is back: going on")
        losses = int(state[Field.STATE_LOSSES])
        if losses > self._losses:
            self._losses = losses
            yield Notice(
                NoticeKind.STATE_LOST,
                "the target has lost its state: a session that it had made is gone, as after a "
                "restart; what was under way is not judged, and no ids or redemptions from before "
                "count",
            )
