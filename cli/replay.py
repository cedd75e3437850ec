"""``cartfuzz replay``: sends the scenarios of an earlier run again."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import click
import msgspec

from ..analysis import Reproducer, RunReproducers
from ..harness.access.target_guard import hosts_to_allow
from ..harness.clean_run import runs_in, sessions_left
from ..harness.plan import Plan
from ..harness.settings import Settings
from ..harness.triage.replay import Replayed, Verdict, replay
from ..record import FORMAT, Discrepancy
from ..reports import plain
from ..reports.cleaning_lines import left_line
from ..reports.run_folder import run_folder_at
from ..reports.wording import target_name
from .completions import folders, signatures
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .options import target_options, with_settings
from .records import stored_run
from .resend import folder_for, open_resending


class ReplayedSignature(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one discrepancy, as ``--json`` has it."""

    signature: str
    title: str
    verdict: Verdict
    executions: int
    instead: tuple[str, ...] = ()
    """Signatures that were shown in its place."""
    not_judged: str = ""
    """Why nothing can be said; empty: something can."""


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz replay --json`` writes."""

    target: str = ""
    """Base URL; empty: nothing was sent."""
    contract: str = ""
    replayed: tuple[ReplayedSignature, ...] = ()
    unsent: tuple[str, ...] = ()
    """Signatures that only a whole run shows."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


_MAX_NAMED = 5
"""Signatures in a message."""


def _refuse_config(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    """A replay in another environment would prove nothing of what the run found.

    Raises:
        click.UsageError: the option is given.
    """
    if value is not None:
        raise click.UsageError(
            "--config: environment and contract of a replay are those of the record; leave it out, "
            "name another target with --url, or make a new run with cartfuzz run --config FILE"
        )


@click.command("replay")
@click.argument("run_dir", type=click.Path(path_type=Path), shell_complete=folders)
@click.argument("signature", required=False, shell_complete=signatures)
@click.option("--url", help="Base URL of the target.  [default: the target of the run]")
@target_options
@click.option("--config", hidden=True, expose_value=False, callback=_refuse_config)
@json_option("the verdicts", "replay")
@with_settings
def command(
    *, run_dir: Path, signature: str | None, settings: Settings, json_output: JsonOutput
) -> ExitCode:
    """Send the discrepancies of RUN_DIR again, to the target of the run: are they still there?

    Environment and contract are those of the run. A run on the embedded sandbox gets one with the
    same faults. A host that is not loopback has to be allowed again. SIGNATURE, or its beginning,
    selects one discrepancy. The exit code is 1 if one is still there, else 7 if one showed
    something different, else 5 if one is undecided or only a whole run shows it, else 0: all are
    gone.
    """
    stored = stored_run(run_dir)
    chosen = _chosen(stored, signature)
    if stored.is_cut:
        click.echo("the record is cut off: the run may have found more than it holds")
    unsent = _unsent(stored) if signature is None else []
    for found in unsent:
        click.echo(
            f"not sent: {plain(found.signature)}  {plain(found.title)}: it takes a whole run"
        )
    verdicts = [Verdict.UNDECIDED] * len(unsent)
    if not chosen:
        click.echo("nothing to replay: the record holds no discrepancy of a single scenario")
        json_output.publish(ReplayResult(unsent=_all_unsent(unsent)))
        return exit_code([*verdicts, *([Verdict.UNDECIDED] * stored.is_cut)])
    with open_resending(stored, settings, run_folder_at(run_dir)) as (plan, run_scenario):
        target = target_name(plan.url, plan.sandbox, insecure=plan.access.insecure)
        click.echo(f"target: {target}, contract {plan.environment.contract.value}")
        replays = []
        for one in chosen:
            replays.append(done := replay(one, run_scenario))
            verdicts.append(done.verdict)
            _show(done)
    for line in _left_lines(run_folder_at(run_dir), stored, plan, settings):
        click.echo(line)
    json_output.publish(
        ReplayResult(
            target=plan.url,
            contract=plan.environment.contract.value,
            replayed=tuple(map(_replayed, replays)),
            unsent=_all_unsent(unsent),
        )
    )
    counts = Counter(verdicts)
    totals = ", ".join(
        f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]
    )
    click.echo(f"{totals}; target: {target}")
    return exit_code(verdicts)


def exit_code(verdicts: Collection[Verdict]) -> ExitCode:
    """The exit code of a replay with these verdicts."""
    if Verdict.STILL_THERE in verdicts:
        return ExitCode.DISCREPANCIES
    if Verdict.DIFFERENT in verdicts:
        return ExitCode.DIFFERENT
    return ExitCode.INCONCLUSIVE if Verdict.UNDECIDED in verdicts else ExitCode.NOTHING_FOUND


def _unsent(stored: RunReproducers) -> list[Discrepancy]:
    """What no scenario shows that can be sent again."""
    found = (one.discrepancy for one in stored.cross_scenario)
    return [one for one in found if one.signature not in stored.scenarios]


def _chosen(stored: RunReproducers, signature: str | None) -> list[Reproducer]:
    """The reproducers to send: all, or the one that ``signature`` selects."""
    if signature is None:
        return list(stored.scenarios.values())
    duplicates = {name: stored.scenarios[bug] for name, bug in stored.canonical.items()}
    known = {**stored.scenarios, **duplicates}
    if signature in known:
        return [known[signature]]
    matches = [name for name in known if name.startswith(signature)]
    if len(matches) == 1:
        return [known[matches[0]]]
    if matches:
        names = ", ".join(matches[:_MAX_NAMED])
        raise click.UsageError(
            f'expected the beginning of one signature, found "{signature}", which begins '
            f"{len(matches)}: {names}"
        )
    near = difflib.get_close_matches(signature, known, n=1, cutoff=0.3)
    hint = f'did you mean "{near[0]}"?' if near else "summary.json lists them"
    raise click.UsageError(f'the record holds no signature "{signature}" to replay; {hint}')


def _left_lines(
    folder: Path, stored: RunReproducers, plan: Plan, settings: Settings
) -> Iterator[str]:
    """What cancels the sessions at another target than that of the run; no line for its own, whose
    folder names it."""
    own = folder_for(folder, stored.started, plan, settings)
    if own is None or own == folder:
        return
    left = sessions_left(own, runs_in(own), plan.traffic)
    yield from left_line(left, own, hosts_to_allow(plan.url), url=plan.url)


def _replayed(done: Replayed) -> ReplayedSignature:
    found = done.stored.discrepancy
    return ReplayedSignature(
        signature=found.signature,
        title=found.title,
        verdict=done.verdict,
        executions=done.executions,
        instead=tuple(one.signature for one in done.run.discrepancies)
        if done.verdict is Verdict.DIFFERENT
        else (),
        not_judged=not_judged_reason(done) if done.verdict is Verdict.UNDECIDED else "",
    )


def not_judged_reason(done: Replayed) -> str:
    """Why: what the oracle could not decide, else what a check raised."""
    reasons = (*(one.error for one in done.run.errors), *done.run.inconclusive)
    return reasons[-1]


def _all_unsent(unsent: list[Discrepancy]) -> tuple[str, ...]:
    return tuple(one.signature for one in unsent)


def _show(done: Replayed) -> None:
    found = done.stored.discrepancy
    times = f" in {done.executions} executions" if done.executions > 1 else ""
    click.echo(f"{done.verdict.value}{times}: {plain(found.signature)}  {plain(found.title)}")
    if done.verdict is Verdict.DIFFERENT:
        for other in done.run.discrepancies:
            click.echo(f"  instead: {other.signature}  {plain(other.title)}")
    elif done.verdict is Verdict.UNDECIDED:
        click.echo(f"  not judged: {plain(not_judged_reason(done))}")
