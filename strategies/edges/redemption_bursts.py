"""Bursts about counters that two sessions change at the same moment, each in the simplest form."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Coupon, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples
from ..values.scarce_codes import (
    MAX_REPEATED_LIMIT,
    ScarceCode,
    fresh_codes,
    has_other_limits,
    shown,
)

_BUYERS = 3
"""How many sessions of one profile are closed at the same moment."""


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """A close beside a cancel, for a coupon; closings of one profile, for a limit of profiles."""
    environment = samples.environment
    codes = [code for code in fresh_codes(environment) if code.limit <= MAX_REPEATED_LIMIT]
    for code in codes:
        is_plain = not has_other_limits(environment, code.declared)
        if code.is_coupon and is_plain and code.limit > 1:
            yield _cancel_beside_close(code)
            break
    for code in codes:
        declared = code.declared
        if isinstance(declared, Coupon) and 0 < declared.per_profile < min(code.limit, _BUYERS):
            yield _of_one_profile(code)
            return


def _cancel_beside_close(code: ScarceCode) -> Scenario:
    """One session gives back what another one takes: the limit stays in reach by one, no more."""
    aims = ("COUP-02", "COUP-04")
    earlier, first = code.limit - 1, code.limit
    names = (f"beside{index}-{MARK}" for index in range(first + 2))
    builder = ScenarioBuilder("a cancel beside a close", *names)
    for index in range(earlier):
        closed = code.session(index, state="closed")
        builder.update_with_body(shown(closed), *aims, session_index=index)
    builder.update_with_body(shown(code.session(earlier)), *aims, session_index=earlier)
    builder.update_with_body(shown(CANCELLED), *aims, session_index=0)
    builder.update_with_body(shown(CLOSED), *aims, session_index=earlier)
    builder.together(2)
    for index in range(first, first + 2):
        closed = code.session(index, state="closed")
        builder.update_with_body(shown(closed), "COUP-02", "COUP-03", session_index=index)
    return builder.build()


def _of_one_profile(code: ScarceCode) -> Scenario:
    """Sessions of one profile are closed at once, more than it may redeem the code in."""
    names = (f"once{index}-{MARK}" for index in range(_BUYERS))
    builder = ScenarioBuilder("closings of one profile at once", *names)
    for index in range(_BUYERS):
        session = code.session(index, profileId=f"one-{MARK}")
        builder.update_with_body(shown(session), "BUDG-01", session_index=index)
    for index in range(_BUYERS):
        builder.update_with_body(shown(CLOSED), "BUDG-01", session_index=index)
    builder.together(_BUYERS)
    return builder.build()
