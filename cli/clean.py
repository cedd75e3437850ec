"""``cartfuzz clean``: cancels the sessions that a run has left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import click
import msgspec

from ..contract import ConfigurationError, Traffic
from ..harness.access.access_keys import keys_of
from ..harness.clean_run import clean_run, ledger_folder, runs_in
from ..harness.cleaning import CleaningResult, Fate, LeftSession
from ..harness.configuration import Configuration, PluginSettings
from ..harness.folder_lock import locked_folder
from ..harness.plan import Plan
from ..harness.settings import Settings
from ..harness.target_settings import TargetSettings
from ..harness.variables import PREFIX, read_variables
from ..record import FORMAT, RunStarted, read_events, read_starts
from ..reports.run_folder import RECORD_FILE, run_folder_at
from ..reports.wording import target_name
from .cleaning import cleaning_text
from .completions import folders
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .load_configuration import load_configuration
from .options import target_options, with_settings
from .resend import names_target, settings_of_run
from .target import provide_target, resolve_target


class CleanedRun(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the sessions of one run, as ``--json`` has it."""

    run: str
    """The run's part of all session IDs."""
    cancelled: int
    were_cancelled: int
    """Sessions that were cancelled before."""
    absent: int
    """Sessions that do not exist."""
    left: int
    """Sessions that could not be cancelled."""
    not_tried: int
    """Sessions that may be left and were not reached in time."""
    named: tuple[LeftSession, ...] = ()
    """The first 1,000 of those that could not be cancelled."""

    @classmethod
    def of(cls, run: str, result: CleaningResult) -> Self:
        """What ``result`` has of ``run``."""
        return cls(
            run=run,
            cancelled=result.fates[Fate.CANCELLED],
            were_cancelled=result.fates[Fate.WAS_CANCELLED],
            absent=result.fates[Fate.ABSENT],
            left=result.fates[Fate.LEFT],
            not_tried=result.not_tried,
            named=tuple(result.left),
        )


class CleanResult(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz clean --json`` writes."""

    target: str = ""
    """Base URL; empty: it was the embedded sandbox, which ended with the run."""
    complete: bool = True
    """Whether nothing is left that is not cancelled."""
    runs: tuple[CleanedRun, ...] = ()
    format_version: int = msgspec.field(name="format", default=FORMAT)


@click.command("clean")
@click.argument("run_dir", type=click.Path(path_type=Path), shell_complete=folders)
@click.argument("url", required=False)
@target_options
@json_option("what became of the sessions", "clean")
@with_settings
def command(*, run_dir: Path, settings: Settings, json_output: JsonOutput) -> ExitCode:
    """Cancel the sessions that the run in RUN_DIR has left, also one that was killed.

    Each session is read before, and one that does not exist is not made. URL is that of the run
    unless it is given. A host that is not loopback has to be allowed again. The exit code is 0 if
    nothing of the run is left that is not cancelled, else 5; what is left is named.
    """
    if settings.traffic is not None:
        raise click.UsageError(
            "clean cancels sessions, which takes real updates: expected neither --dry-only nor "
            "--read-only, found one of them"
        )
    folder = run_folder_at(run_dir)
    if named_alone := _without_record(folder):
        return _clean_named(folder, named_alone, settings, json_output)
    started = _started(folder)
    if started.sandbox is not None and not names_target(settings):
        click.echo("the target was the embedded sandbox, which ended with the run: nothing is left")
        json_output.publish(CleanResult())
        return ExitCode.NOTHING_FOUND
    runs = [part.run for part in read_starts(folder / RECORD_FILE)]
    named = runs_in(folder)  # those of replays come last
    kept = [run for run in dict.fromkeys((*runs, *named)) if run in named]
    if not kept:
        raise ConfigurationError(
            str(ledger_folder(folder, started.run)),
            expected="a folder that says which sessions the run made",
            found=f"none: search the target for cf-{started.run}-",
        )
    chosen = settings_of_run(started, settings)
    plan = resolve_target(chosen, _configuration(started))
    return _cleaned(folder, kept, plan, chosen, json_output)


def _without_record(folder: Path) -> list[str]:
    """The runs that are named in ``folder`` where it holds no record, as that of a comparison."""
    return [] if (folder / RECORD_FILE).exists() else runs_in(folder)


def _clean_named(
    folder: Path, runs: list[str], settings: Settings, json_output: JsonOutput
) -> ExitCode:
    """Cleans at the target that is given: the folder does not name it.

    Raises:
        UsageError: none is given.
    """
    if settings.url is None:
        raise click.UsageError(
            f"expected the URL of the target after {folder}, whose sessions it names; found none"
        )
    plan = resolve_target(settings, load_configuration(settings))
    return _cleaned(folder, runs, plan, settings, json_output)


def _cleaned(
    folder: Path, kept: list[str], resolved: Plan, chosen: Settings, json_output: JsonOutput
) -> ExitCode:
    """Cancels what ``kept`` have left; says so.

    Raises:
        UsageError: the plan may not write.
    """
    if resolved.traffic is not Traffic.ALL:
        raise click.UsageError(
            "clean cancels sessions, which takes real updates: expected target.traffic = "
            f'"{Traffic.ALL}" ({PREFIX}TRAFFIC or the configuration), found "{resolved.traffic}"'
        )
    with (
        # What a run is about to send to a session must not meet a cancellation of it.
        locked_folder(folder),
        provide_target(resolved, chosen) as (plan, secrets),
    ):
        click.echo(f"target: {target_name(plan.url, plan.sandbox)}, run {', '.join(kept)}")
        results = {run: clean_run(folder, run, plan, secrets) for run in kept}
    for run, result in results.items():
        for line in cleaning_text(result, run):
            click.echo(line)
    is_complete = all(result.is_complete for result in results.values())
    json_output.publish(
        CleanResult(
            target=plan.url,
            complete=is_complete,
            runs=tuple(CleanedRun.of(run, result) for run, result in results.items()),
        )
    )
    return ExitCode.NOTHING_FOUND if is_complete else ExitCode.INCONCLUSIVE


def _configuration(started: RunStarted) -> Configuration:
    """The rate, the timeout and the header lines of the run, below what variables give.

    Raises:
        ConfigurationError: a variable is wrong.
    """
    of_run = TargetSettings(
        rps=started.rps,
        timeout_sec=started.timeout_sec,
        trace_header=started.trace_header,
        traceparent=started.traceparent,
        **msgspec.structs.asdict(keys_of(started.access)),
    )
    return Configuration(
        target=read_variables(os.environ).over("target", of_run),
        environment=started.environment,
        plugins=PluginSettings.of_record(started.plugins),
    )


def _started(folder: Path) -> RunStarted:
    """The first event of the run in ``folder``.

    Raises:
        ConfigurationError: there is no record, or it does not begin with one.
    """
    record = folder / RECORD_FILE
    try:
        first = next(read_events(record), None)
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(
            str(record), expected=f"the folder of a run, with its {RECORD_FILE}", found=reason
        ) from None
    if not isinstance(first, RunStarted):
        raise ConfigurationError(
            str(record), expected="the record of a run, which begins with RunStarted", found="none"
        )
    return first
