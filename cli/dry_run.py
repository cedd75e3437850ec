"""``cartfuzz run --dry-run``: what a run would send, without sending it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import click

from ..contract import MARK, Traffic
from ..harness.plan import Plan
from ..harness.scheduling.shards import NumberedScenario, Shards
from ..record import Phase
from ..reports.plain import plain
from ..reports.wording import counted, duration, round_seconds
from ..wire import Request
from ..wire.encoding import request_of

_EXAMPLES = 2
"""Scenarios of each phase, unless all are wanted."""
_LONGEST_BODY = 160
"""Characters, unless whole bodies are wanted."""
_TRAFFIC = {
    Traffic.ALL: "",
    Traffic.DRY: "only dry requests and reads",
    Traffic.READS: "only reads",
}


def show_plan(plan: Plan, target: str, *, verbosity: int) -> None:
    """Prints what a run of ``plan`` would send.

    Args:
        plan: of the run; it is not started.
        target: its name, as other lines have it.
        verbosity: 0: two scenarios of each phase; 1: all of the sweeps and a shard of each phase
            that draws; 2: with whole bodies.
    """
    shards = Shards(plan)
    sizes = shards.sweep_sizes()
    click.echo(f"dry run: nothing is sent to {target}")
    if restriction := _TRAFFIC[plan.traffic]:
        click.echo(restriction)
    for phase, size in sizes.scenarios.items():
        click.echo(f"{phase:<8} {counted(size, 'scenario')}, each once")
    for phase in plan.phases:
        if phase.is_endless:
            click.echo(
                f"{phase.value:<8} scenarios drawn with seed {plan.seed}, until the run ends"
            )
    rate = "as fast as the target answers"
    if plan.rps is not None:
        seconds = round_seconds(sizes.requests, plan.rps)
        rate = f"at most {plan.rps:g} a second, so that a full round takes {duration(seconds)}"
    click.echo(f"about {counted(sizes.requests, 'request')} for the sweeps, {rate}")
    click.echo(
        f"each execution puts a mark of the run in place of {MARK}; reads that follow from what "
        "the target answers, and the search for the smallest scenarios, come on top"
    )
    wanted = None if verbosity > 0 else _EXAMPLES
    longest = None if verbosity > 1 else _LONGEST_BODY
    for phase in plan.phases:
        for member in islice(_scenarios_of(shards, phase, len(plan.phases)), wanted):
            _show(member, longest)


def _scenarios_of(shards: Shards, phase: Phase, phases: int) -> Iterator[NumberedScenario]:
    """The scenarios of a phase's sweep, and of the first shard that it draws."""
    drawn = 0
    for shard in range(shards.count_of_sweeps + phases):
        members = shards.scenarios_of(shard)
        for member in members or ():
            if member.phase is phase:
                yield member
                drawn += shard >= shards.count_of_sweeps
        if drawn:
            return


def _show(member: NumberedScenario, longest: int | None) -> None:
    scenario = member.scenario
    burst = ""
    if scenario.burst is not None:
        first, last = scenario.burst
        burst = f"; requests {first + 1} to {last} at once"
    click.echo(f"\n{member.id}  {plain(scenario.title)}{burst}")
    for step in scenario.steps:
        request = request_of(step, scenario.sessions[step.session], MARK)
        cut = f"  (cut {step.cut.value})" if step.cut is not None else ""
        click.echo(f"  {_line(request, longest)}{cut}")


def _line(request: Request, longest: int | None) -> str:
    """Method, target, own header lines and body in one line."""
    head = " ".join(
        (request.method, request.target, *(f"[{name}: {value}]" for name, value in request.headers))
    )
    body = (request.body or b"").decode("utf-8", "backslashreplace")
    if longest is not None and len(body) > longest:
        body = f"{body[:longest]}… ({len(request.body or b'')} bytes)"
    line = f"{head} {body}".rstrip()
    return plain(line, longest=len(line) if longest is None else 4 * longest)
