"""``cartfuzz compare``: sends the same requests to two targets, and compares their answers."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from time import monotonic

import click
import msgspec

from ..analysis.side_by_side import NOTHING_IGNORED, Ignored, Verdict
from ..harness.access.access_secrets import access_notes, secrets_for
from ..harness.access.api_key import KeySource, key_notes, read_api_key
from ..harness.access.target_guard import hosts_to_allow
from ..harness.clean_run import ledger_folder
from ..harness.configuration import Configuration
from ..harness.folder_lock import locked_folder
from ..harness.memory_tuning import tuned
from ..harness.plan import TriageBudget
from ..harness.resolution import requested_rps
from ..harness.session_ledger import prepare_ledger, remove_ledgers
from ..harness.settings import API_KEY_VARIABLE, Settings
from ..harness.side_by_side import Begun, Listener, PairPlan, Progress, compare_targets
from ..harness.side_by_side.plan import COMPARED_PHASES
from ..record.made_sessions import SESSIONS_FOLDER
from ..reports.command_line import clean_line
from ..reports.plain import plain
from ..reports.run_folder import DEFAULT_BASE
from ..reports.side_by_side import (
    JSON_FILE,
    MARKDOWN_FILE,
    SideBySideDocument,
    side_by_side_lines,
    write_side_by_side,
)
from ..reports.wording import counted, duration, round_seconds
from ..strategies import check_attributes
from ..wire.secrets import TargetSecrets
from .access_options import access_options
from .completions import folders
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .load_configuration import load_configuration
from .options import api_key_options, config_option, contract_option, load_options, with_settings
from .param_types import Duration, NamedPath, OneOf, WholeNumber
from .run_loop import interruptible
from .target import resolve_target
from .writable_folder import check_writable

_NOTE_EACH_SEC = 20.0
_SIDES = ("old", "new")
"""Folders with the names of the sessions at each target."""

_EXIT_CODES: Mapping[Verdict, ExitCode] = {
    Verdict.TARGET_LOST: ExitCode.TARGET,
    Verdict.DIFFERENCES: ExitCode.DISCREPANCIES,
    Verdict.INTERRUPTED: ExitCode.INTERRUPTED,
    Verdict.FLAKY: ExitCode.FLAKY,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Verdict.PARTIAL: ExitCode.PARTIAL,
    Verdict.NO_DIFFERENCE: ExitCode.NOTHING_FOUND,
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """The options that are no settings of a target; None where not given. Times in seconds."""

    url_b: str
    api_key_env_b: str | None
    api_key_file_b: Path | None
    api_key_keyring_b: str | None
    duration: float | None
    scenarios: int | None
    requests: int | None
    ignore: tuple[str, ...]
    report_dir: Path | None
    allow_partial: bool
    minimise: bool
    minimise_time: float

    @property
    def is_bounded(self) -> bool:
        """Whether an option bounds how much is sent."""
        return bool(self.duration or self.scenarios or self.requests)


@click.command("compare")
@click.argument("url", metavar="URL_A")
@click.argument("url_b", metavar="URL_B")
@config_option("A TOML file with [environment], [target] and [compare].")
@contract_option("Contract version of both targets.  [default: that of --config, else 2.5.1]")
@click.option(
    "--seed",
    type=WholeNumber(min=0),
    help="The same seed draws the same scenarios.  [default: random]",
)
@click.option(
    "--duration",
    type=Duration(),
    help="Stop after this time.  [default: each sweep once, and a third of their time for drawn "
    "scenarios]",
)
@click.option("--scenarios", type=WholeNumber(min=1), help="Stop after this many scenarios.")
@click.option(
    "--requests", type=WholeNumber(min=1), help="Stop after this many requests to each target."
)
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=OneOf([phase.value for phase in COMPARED_PHASES]),
    help="Send this phase only. May be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="JSONPATH",
    help="Do not compare what this selects in the body of an answer, such as "
    "'$.customerSession.attributes.rating'. May be repeated.",
)
@click.option(
    "--report-dir",
    type=NamedPath(),
    shell_complete=folders,
    metavar="DIR",
    help=f"Folder for {JSON_FILE} and {MARKDOWN_FILE}.  [default: a new one in {DEFAULT_BASE}]",
)
@api_key_options("Environment variable that holds the API key of both targets.")
@click.option(
    "--api-key-env-b",
    metavar="NAME",
    help="Environment variable that holds the API key of URL_B.  [default: that of URL_A]",
)
@click.option(
    "--api-key-file-b", type=NamedPath(), metavar="FILE", help="File with the API key of URL_B."
)
@click.option(
    "--api-key-keyring-b",
    metavar="SERVICE[/USER]",
    help="Entry of the system's keyring with the API key of URL_B.",
)
@load_options("to each target")
@access_options
@click.option(
    "--minimise/--no-minimise",
    default=True,
    show_default=True,
    help="Search the smallest scenario of each difference, and confirm it.",
)
@click.option(
    "--minimise-time",
    type=Duration(),
    default="60s",
    show_default=True,
    help="Time to minimise all differences, after --duration.",
)
@click.option(
    "--allow-partial",
    is_flag=True,
    help="Let a comparison pass that ends before its sweeps are through; --requests, --scenarios "
    "and --phase imply it.",
)
@json_option("the comparison", "compare")
@with_settings
def command(*, settings: Settings, json_output: JsonOutput, **given: object) -> ExitCode:
    """Send the same requests to URL_A, the old build, and URL_B, the new one, in step.

    Whatever differs in their answers is reported: status, content type, members, values, effects.
    Times, UUIDs and numbers that each target gives are renamed consistently. Both need databases of
    their own. The rate holds for each target. The exit code is 0 if nothing differs, 1 if something
    does, 3 if a target is lost, 6 if all that differs comes and goes, 8 if nothing differs but the
    sweeps are not through.
    """
    options = msgspec.convert(given, CompareOptions)
    configuration = load_configuration(settings)
    plan = _pair_plan(settings, options, configuration)
    secrets = _secrets(options, plan)
    for note in check_attributes(plan.old.environment):
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    if (rate := lower_rate(plan)) is not None and requested_rps(settings, configuration) is None:
        click.echo(
            f"sending at most {rate:g} requests a second to each; --rps changes that", err=True
        )
    folder = options.report_dir or DEFAULT_BASE
    check_writable(folder)
    with locked_folder(folder) if options.report_dir else nullcontext():
        return _compared(options, plan, secrets, json_output)


def _compared(
    options: CompareOptions,
    plan: PairPlan,
    secrets: tuple[TargetSecrets, TargetSecrets],
    json_output: JsonOutput,
) -> ExitCode:
    """Compares and reports."""
    stop = threading.Event()

    notes = _Notes(plan)
    with tuned(), interruptible(stop):
        listener = Listener(begun=notes.begun, progress=notes.progress)
        result = compare_targets(
            plan,
            secrets,
            stop=stop,
            listener=listener,
            ledgers=lambda run: _ledgers(options.report_dir or _new_folder(run), run),
        )
    folder = options.report_dir or _new_folder(result.run)
    json_output.publish(SideBySideDocument.with_verdict(result))
    write_side_by_side(result, folder)
    for line in side_by_side_lines(result):
        click.echo(line)
    click.echo(f"report: {folder}/{MARKDOWN_FILE}, {JSON_FILE}")
    for line in _left_lines(folder, plan):
        click.echo(line)
    return _EXIT_CODES[result.verdict]


def _new_folder(run: str) -> Path:
    """Makes the folder of a comparison for which none was named."""
    folder = DEFAULT_BASE / f"compare-{run}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ledgers(folder: Path, run: str) -> tuple[Path, ...]:
    """A folder for each target; `cartfuzz clean` cancels what is named there.

    Raises:
        OSError: it cannot be made.
    """
    made = []
    for side in _SIDES:
        remove_ledgers(folder / side / SESSIONS_FOLDER, but=run)
        made.append(prepare_ledger(ledger_folder(folder / side, run)))
    return tuple(made)


def _left_lines(folder: Path, plan: PairPlan) -> Iterator[str]:
    """The commands that cancel what a comparison has left."""
    for side, one in zip(_SIDES, (plan.old, plan.new), strict=True):
        line = clean_line(folder / side, hosts_to_allow(one.url), url=one.url)
        yield f"to cancel its sessions: {line}"


def _pair_plan(
    settings: Settings, options: CompareOptions, configuration: Configuration | None
) -> PairPlan:
    """The plans of both targets, with the bounds of this comparison."""
    phases = settings.phases or tuple(phase.value for phase in COMPARED_PHASES)
    chosen = dataclasses.replace(settings, phases=phases)
    old = resolve_target(chosen, configuration)
    new = resolve_target(_second_target(chosen, options), configuration)
    ignored = NOTHING_IGNORED
    if configuration is not None and configuration.compare.ignore:
        configured = configuration.compare.ignore
        ignored = Ignored(configured, where=configuration.sources["compare.ignore"])
    if options.ignore:
        Ignored(options.ignore)  # named as the option, where one is wrong
        ignored = Ignored((*ignored.paths, *options.ignore))
    return PairPlan(
        old=msgspec.structs.replace(
            old,
            duration_sec=options.duration,
            whole_round=not options.is_bounded,
            allow_partial=options.allow_partial or bool(settings.phases),
            scenarios=options.scenarios,
            requests=options.requests,
        ),
        new=new,
        ignored=ignored,
        triage=TriageBudget(seconds=options.minimise_time) if options.minimise else None,
    )


def _second_target(settings: Settings, options: CompareOptions) -> Settings:
    """The settings of URL_B: its key where an option names one, else that of URL_A."""
    second = dataclasses.replace(settings, url=options.url_b)
    named = (options.api_key_env_b, options.api_key_file_b, options.api_key_keyring_b)
    if not any(named):
        return second
    return dataclasses.replace(
        second,
        api_key_env=options.api_key_env_b or API_KEY_VARIABLE,
        api_key_file=options.api_key_file_b,
        api_key_keyring=options.api_key_keyring_b,
    )


def _secrets(options: CompareOptions, plan: PairPlan) -> tuple[TargetSecrets, TargetSecrets]:
    """The secrets of both targets.

    Raises:
        ConfigurationError: a key is missing.
    """
    option = "--api-key-env-b" if options.api_key_env_b else "--api-key-env"
    sources = KeySource.of(plan.old), KeySource.of(plan.new, option=option)
    first = read_api_key(sources[0], url=plan.old.url)
    second = read_api_key(sources[1], url=plan.new.url)
    pairs = zip((first, second), sources, strict=True)
    for note in dict.fromkeys(note for key, source in pairs for note in key_notes(key, source)):
        click.echo(note, err=True)
    for text in dict.fromkeys((*access_notes(plan.old.access), *access_notes(plan.new.access))):
        click.echo(f"cartfuzz: {plain(text)}", err=True)
    return secrets_for(first, plan.old.access), secrets_for(second, plan.new.access)


class _Notes:
    """Prints how long it takes, and now and then how far it is, on standard error."""

    def __init__(self, plan: PairPlan) -> None:
        self._plan = plan
        self._due = monotonic() + _NOTE_EACH_SEC

    def begun(self, first: Begun) -> None:
        """Both targets have answered."""
        if self._plan.old.whole_round:
            click.echo(_length_line(first, self._plan), err=True)

    def progress(self, now: Progress) -> None:
        """A scenario was sent."""
        if monotonic() < self._due:
            return
        self._due = monotonic() + _NOTE_EACH_SEC
        doing = "minimising" if now.is_triage else "sending"
        found = counted(now.differences, "difference")
        sent = counted(now.requests, "request")
        click.echo(f"{doing}: {sent} to each target, {found} so far", err=True)


def _length_line(first: Begun, plan: PairPlan) -> str:
    rate = lower_rate(plan)
    sent = counted(first.sweep_requests, "request")
    sweeps = f"about {sent} to each target for the sweeps, then some drawn"
    if rate is None:
        return sweeps
    return f"{sweeps}; about {duration(round_seconds(first.sweep_requests, rate))}"


def lower_rate(plan: PairPlan) -> float | None:
    """Requests a second: both get the same ones in step, so the lower rate holds for both."""
    return min((one.rps for one in (plan.old, plan.new) if one.rps is not None), default=None)
