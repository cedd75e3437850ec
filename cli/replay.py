"""``cartfuzz replay``: sends the scenarios of an earlier run again."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path

import click
import msgspec

from ..analysis import Reproducer, RunReproducers
from ..harness.triage.replay import Replayed, Verdict
from ..reports import plain
from .records import stored_run
from .stored_scenarios import replayed
from .targets import TargetOptions, target_options

_GONE = 0
_STILL_THERE = 1
_UNDECIDED = 5
_DIFFERENT = 7


@click.command("replay")
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("signature", required=False)
@click.option("--url", help="The target.  [default: a sandbox is started]")
@target_options
def command(run_dir: Path, signature: str | None, url: str | None, **given: object) -> int:
    """Send the discrepancies of RUN_DIR again: are they still there?

    SIGNATURE, or its beginning, picks one. Ends with 1 if one is still there, else with 7 if one
    showed something different, else with 5 if one is undecided, else with 0: all are gone.
    """
    stored = stored_run(run_dir)
    chosen = _chosen(stored, signature)
    if not chosen:
        click.echo("nothing to replay: the record holds no discrepancy of a single scenario")
        return _GONE
    verdicts = []
    for done in replayed(stored, chosen, url=url, options=msgspec.convert(given, TargetOptions)):
        verdicts.append(done.verdict)
        _tell(done)
    return exit_code(verdicts)


def exit_code(verdicts: Collection[Verdict]) -> int:
    """What `command` ends with."""
    if Verdict.STILL_THERE in verdicts:
        return _STILL_THERE
    if Verdict.DIFFERENT in verdicts:
        return _DIFFERENT
    return _UNDECIDED if Verdict.UNDECIDED in verdicts else _GONE


def _chosen(stored: RunReproducers, signature: str | None) -> list[Reproducer]:
    if signature is None:
        return list(stored.scenarios.values())
    symptoms = {name: stored.scenarios[bug] for name, bug in stored.canonical.items()}
    known = {**stored.scenarios, **symptoms}
    chosen = [name for name in known if name.startswith(signature)]
    if len(chosen) == 1 or signature in known:
        return [known.get(signature) or known[chosen[0]]]
    if chosen:
        names = ", ".join(chosen[:5])
        raise click.UsageError(f'"{signature}" is the beginning of several signatures: {names}')
    near = difflib.get_close_matches(signature, known, n=1, cutoff=0.3)
    hint = f'; did you mean "{near[0]}"?' if near else "; summary.json lists them"
    raise click.UsageError(f'the record holds no signature "{signature}" to replay{hint}')


def _tell(done: Replayed) -> None:
    found = done.stored.discrepancy
    times = f" in {done.executions} executions" if done.executions > 1 else ""
    click.echo(f"{done.verdict.value}{times}: {found.signature}  {plain(found.title)}")
    if done.verdict is Verdict.DIFFERENT:
        for other in done.run.discrepancies:
            click.echo(f"  instead: {other.signature}  {plain(other.title)}")
    elif done.verdict is Verdict.UNDECIDED:
        click.echo(f"  not judged: {plain(done.run.inconclusive[-1])}")
