"""Controls: the steps of a burst or of a lost response, sent again one after the other.

Where the oracle says that no order of a burst, or neither fate of a write, explains what the target
holds, the cause may be an ordinary bug that needs no concurrency and no cut. A control executes the
same steps in the ordinary way; what it shows on its own is reported in the place of the race.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from ..contract import Scenario, Step
from ..oracle.burst import CHECK as LINEARIZABILITY
from ..oracle.lost_write import CHECK as LOST_RESPONSE
from ..oracle.run_facts import RunFacts
from .exchange_log import ExchangeLog

_CHECKS = frozenset((LINEARIZABILITY, LOST_RESPONSE))
"""The checks that blame concurrency or a lost response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """A scenario whose steps were sent, and what that gathered."""

    scenario: Scenario
    log: ExchangeLog
    facts: RunFacts


Execute = Callable[[Scenario, int], ExecutionResult]
"""Executes a control, given its scenario and its index, under a mark of its own."""


def needs_control(log: ExchangeLog) -> bool:
    """Whether a discrepancy blames concurrency or a lost response."""
    return any(found.check in _CHECKS for found in log.discrepancies)


def controlled(first: ExecutionResult, execute: Execute) -> ExecutionResult:
    """Executes the controls of ``first``, until one shows an ordinary bug.

    Returns:
        What to report: a control, where it shows discrepancies that ``first`` did not show as
        well, or breaks a rule that spoke against some order; else ``first``. Its statuses and its
        times are those of all requests.
    """
    known = {found.signature for found in first.log.discrepancies if found.check not in _CHECKS}
    for index, scenario in enumerate(control_scenarios(first.scenario)):
        control = execute(scenario, index)
        found = control.log.discrepancies
        new = any(one.signature not in known for one in found)
        blamed = first.log.blamed_rules & {one.rule for one in found}
        first.log.errors.extend(control.log.errors)
        first.log.statuses.extend(control.log.statuses)
        first.log.elapsed_sec += control.log.elapsed_sec
        first.log.latency.update(control.log.latency)
        first.log.times.extend(control.log.times)
        if new or blamed:
            control.log.errors = first.log.errors
            control.log.statuses = first.log.statuses
            control.log.elapsed_sec = first.log.elapsed_sec
            control.log.latency = first.log.latency
            control.log.times = first.log.times
            return control
    return first


def control_scenarios(scenario: Scenario) -> tuple[Scenario, Scenario]:
    """``scenario`` without concurrency and cuts: a burst's steps in their order, and in reverse.

    A request that was cut before its end never arrived: no control sends it. One that was cut later
    may have been applied or not: the first control sends it, the second does not.
    """
    first, last = scenario.burst or (0, 0)
    steps = scenario.steps
    forward, back = steps, (*steps[:first], *steps[first:last][::-1], *steps[last:])
    return (
        msgspec.structs.replace(scenario, burst=None, steps=tuple(_uncut(forward, sent=True))),
        msgspec.structs.replace(scenario, burst=None, steps=tuple(_uncut(back, sent=False))),
    )


def _uncut(steps: Iterable[Step], *, sent: bool) -> Iterator[Step]:
    for step in steps:
        if step.cut is None:
            yield step
        elif sent and step.cut.whole:
            yield msgspec.structs.replace(step, cut=None)
