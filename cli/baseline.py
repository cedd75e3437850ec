"""``cartfuzz baseline``: the file of known failures, which fail no run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from ..analysis import Bug, Summary
from ..analysis.baseline import SIGNATURE, EntryState, entries_for, states
from ..harness.baseline_file import read_baseline, write_baseline
from ..record import FORMAT, KnownFailure
from ..reports import plain
from ..reports.run_folder import DEFAULT_BASE, SUMMARY_FILE, run_folder_at
from ..reports.wording import counted
from .completions import folders, signatures
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .options import Decorator
from .records import summary_at

DEFAULT_BASELINE = Path("cartfuzz-baseline.toml")


class BaselineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One known failure, as ``--json`` has it."""

    signature: str
    title: str
    ticket: str
    reason: str
    state: EntryState | None = None
    """What the run shows of it; None: it was accepted."""
    removed: bool = False


class BaselineResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the commands of ``cartfuzz baseline`` write with ``--json``."""

    baseline: str
    """The path of the file."""
    entries: tuple[BaselineEntry, ...]
    """Those that were accepted, or those of the file before stale ones were removed."""
    left: int
    """How many entries the file has now."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


def baseline_option(help_text: str) -> Decorator:
    """``--baseline FILE``, with a default."""
    return click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        default=DEFAULT_BASELINE,
        show_default=True,
        metavar="FILE",
        help=help_text,
    )


@click.group("baseline")
def command() -> None:
    """The file of known failures: accept one, find stale ones, remove them.

    RUN_DIR is the folder of a run, the latest one in cartfuzz-report where it is not given.
    """


@command.command("accept")
@click.argument("signature", shell_complete=signatures)
@click.argument("run_dir", type=click.Path(path_type=Path), required=False, shell_complete=folders)
@click.option("--ticket", default="", metavar="TEXT", help="Where it is dealt with.")
@click.option("--reason", default="", metavar="TEXT", help="Why it is accepted.")
@baseline_option("The TOML file that the entry is added to; it is made if there is none.")
@json_option("what was accepted", "baseline")
def accept(
    *,
    signature: str,
    run_dir: Path | None,
    ticket: str,
    reason: str,
    baseline: Path,
    json_output: JsonOutput,
) -> ExitCode:
    """Accept the discrepancy SIGNATURE of RUN_DIR, or the beginning of one, as known."""
    if run_dir is None and Path(signature).is_dir():
        raise click.UsageError(
            f"expected SIGNATURE and then RUN_DIR, found the folder {plain(signature)} alone; "
            "cartfuzz triage asks about each discrepancy of a run"
        )
    if not ticket.strip() and not reason.strip():
        raise click.UsageError("expected --ticket or --reason, or both, found neither")
    known = KnownFailure(ticket=ticket.strip(), reason=reason.strip())
    folder = run_dir or latest_run()
    if folder is None and SIGNATURE.fullmatch(signature):
        added: Mapping[str, KnownFailure] = {signature: known}
    else:
        added = entries_for(_chosen(_summary(folder), signature), known)
    entries = add_entries(baseline, added)
    json_output.publish(
        BaselineResult(
            baseline=str(baseline),
            entries=tuple(_entry(name, one) for name, one in added.items()),
            left=len(entries),
        )
    )
    for name in added:
        click.echo(f"accepted: {name}  {plain(known.text)}")
    click.echo(f"baseline: {baseline}")
    return ExitCode.NOTHING_FOUND


@command.command("check")
@click.argument("run_dir", type=click.Path(path_type=Path), required=False, shell_complete=folders)
@baseline_option("The file to check.")
@json_option("the state of each entry", "baseline")
def check(*, run_dir: Path | None, baseline: Path, json_output: JsonOutput) -> ExitCode:
    """Compare the baseline with RUN_DIR; the exit code is 1 if an entry is stale.

    An entry is stale if the run got through its sweeps, tested the rule and did not show it.
    """
    entries = read_baseline(baseline)
    found = states(entries, _summary(run_dir or latest_run()))
    json_output.publish(
        BaselineResult(
            baseline=str(baseline),
            entries=tuple(_entry(name, entries[name], state) for name, state in found.items()),
            left=len(entries),
        )
    )
    for signature, state in found.items():
        click.echo(f"{state.value:<10} {signature}  {plain(_described(entries[signature]))}")
    click.echo(f"{baseline}: {_counts(found)}")
    stale = EntryState.STALE in found.values()
    return ExitCode.DISCREPANCIES if stale else ExitCode.NOTHING_FOUND


@command.command("prune")
@click.argument("run_dir", type=click.Path(path_type=Path), required=False, shell_complete=folders)
@baseline_option("The TOML file to prune.")
@json_option("the state of each entry, and which were removed,", "baseline")
def prune(*, run_dir: Path | None, baseline: Path, json_output: JsonOutput) -> ExitCode:
    """Remove the entries that RUN_DIR shows to be stale, as check finds them."""
    entries = read_baseline(baseline)
    found = states(entries, _summary(run_dir or latest_run()))
    kept = {name: entries[name] for name, state in found.items() if state is not EntryState.STALE}
    for name in entries.keys() - kept.keys():
        click.echo(f"removed: {name}  {plain(_described(entries[name]))}")
    if len(kept) < len(entries):
        write_baseline(baseline, kept)
    json_output.publish(
        BaselineResult(
            baseline=str(baseline),
            entries=tuple(
                _entry(name, entries[name], state, removed=name not in kept)
                for name, state in found.items()
            ),
            left=len(kept),
        )
    )
    click.echo(f"{baseline}: {counted(len(kept), 'entry', 'entries')} left")
    return ExitCode.NOTHING_FOUND


def add_entries(baseline: Path, added: Mapping[str, KnownFailure]) -> Mapping[str, KnownFailure]:
    """Adds entries to a baseline file, which is made if there is none; returns all that it has.

    Raises:
        ConfigurationError: the file cannot be read or written.
    """
    before = read_baseline(baseline) if baseline.exists() else {}
    entries = {**before, **added}
    write_baseline(baseline, entries)
    return entries


def latest_run() -> Path | None:
    """The folder of the latest run in the default report folder; None: there is none."""
    folder = run_folder_at(DEFAULT_BASE)
    return folder if (folder / SUMMARY_FILE).exists() else None


def _summary(folder: Path | None) -> Summary:
    if folder is None:
        raise click.UsageError(
            f"expected RUN_DIR, the folder of a run, found none, and no run in {DEFAULT_BASE}"
        )
    return summary_at(folder)


def _chosen(summary: Summary, signature: str) -> Bug:
    """The one discrepancy that a signature, of itself or of a symptom, or its beginning selects."""
    matches = [
        bug
        for bug in summary.found
        if any(name.startswith(signature) for name in bug.signatures) and signature
    ]
    exact = [bug for bug in matches if signature in bug.signatures]
    if len(exact or matches) == 1:
        return (exact or matches)[0]
    if matches:
        names = ", ".join(bug.signature for bug in matches[:5])
        raise click.UsageError(
            f"expected the beginning of one signature, found {signature!r}, which begins "
            f"{len(matches)}: {names}"
        )
    listed = ", ".join(bug.signature for bug in summary.found[:5]) or "no discrepancy"
    raise click.UsageError(
        f"expected a signature that the run shows, found {signature!r}; the run has {listed}"
    )


def _entry(
    signature: str, known: KnownFailure, state: EntryState | None = None, *, removed: bool = False
) -> BaselineEntry:
    return BaselineEntry(
        signature=signature,
        title=known.title,
        ticket=known.ticket,
        reason=known.reason,
        state=state,
        removed=removed,
    )


def _described(known: KnownFailure) -> str:
    return f"{known.title} ({known.text})" if known.title else known.text


def _counts(found: Mapping[str, EntryState]) -> str:
    states_found = list(found.values())
    counts = [f"{states_found.count(state)} {state.value}" for state in EntryState]
    return ", ".join(counts)
