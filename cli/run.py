"""``cartfuzz run``: fuzz a target, or the embedded sandbox where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import click
import msgspec

from ..analysis import Summary
from ..analysis.bounded_record import WHOLE_OCCURRENCES
from ..analysis.report_format import Format
from ..harness.access.url_words import address_words
from ..harness.baseline_file import read_baseline
from ..harness.configuration import Configuration
from ..harness.corpus.backends import open_corpus
from ..harness.corpus.runs import read_corpus_scenarios
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor, processes, thread
from ..harness.folder_lock import locked_folder
from ..harness.memory_tuning import tuned
from ..harness.plan import (
    DEFAULT_IN_FLIGHT,
    DEFAULT_MAX_RECORD,
    DEFAULT_TRIAGE_SEC,
    DEFAULT_WORKERS,
    SAMPLE,
    Plan,
    RecordPolicy,
    TriageBudget,
)
from ..harness.resolution import requested_rps
from ..harness.resumption import Resumption
from ..harness.run_choice import check_cleaning
from ..harness.settings import MAX_IN_FLIGHT, MAX_WORKERS, Settings
from ..record import Phase
from ..record.phase import MIN_ROUND_SEC
from ..reports.plain import plain
from ..reports.run_folder import DEFAULT_BASE, LATEST
from ..reports.wording import target_name
from ..strategies import check_attributes
from ..telemetry.choice import NO_TELEMETRY, Telemetry
from ..wire.secrets import TargetSecrets
from .clean_options import clean_option
from .completions import folders
from .dry_run import show_plan
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .load_configuration import load_configuration
from .options import config_option, contract_option, corpus_option, target_options, with_settings
from .param_types import ClockTime, Duration, NamedPath, OneOf, WholeNumber
from .rate_options import rate_options
from .report_formats import formats_option
from .resume_options import (
    check_resumed,
    read_earlier_parts,
    resume_option,
    resumed_plan,
    resumed_settings,
)
from .run_keys import keys_of_part, with_keys
from .run_loop import carry_out
from .run_status import check_status_file
from .target import provide_target, resolve_target
from .telemetry_options import telemetry_options
from .watch_options import watch_options
from .writable_folder import check_writable


class ExecutorKind(StrEnum):
    """Where workers run."""

    THREAD = "thread"
    PROCESSES = "processes"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of ``run`` that are no settings of a target; None where not given.

    Times are in seconds.
    """

    duration: float | None
    scenarios: int | None
    requests: int | None
    until: float | None
    until_quiet: float | None
    executor: str | None
    scheduler: str | None
    report_dir: Path | None
    formats: tuple[Format, ...]
    record: str
    observations: bool
    allow_partial: bool
    minimise: bool
    minimise_time: float
    baseline: Path | None
    quiet: int
    verbose: int
    resume: Path | None = None
    status_file: Path | None = None
    max_record: int = DEFAULT_MAX_RECORD
    clean: bool = False
    log_file: Path | None = None
    log_format: str = "json"
    metrics_file: Path | None = None
    metrics_port: tuple[str, int] | None = None
    otel: bool = False
    origins: Mapping[str, str] = field(default_factory=dict)
    """By key of ``[run]``, where the value was written that counts."""

    def origin(self, name: str) -> str:
        """Where the value of a key comes from, for messages: the option, if nobody wrote it."""
        return self.origins.get(name, f"--{name.replace('_', '-')}")

    @property
    def verbosity(self) -> int:
        """Below 0 with ``-q``, above 0 with ``-v``."""
        return self.verbose - self.quiet


def _ignore(_summary: Summary) -> None:
    """Of a run whose summary nobody wants but its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A run whose options were checked, and of which nothing has been sent yet."""

    plan: Plan
    """With the URL of the target, also of the embedded sandbox."""
    options: RunOptions
    secrets: TargetSecrets = field(repr=False)
    executor: Executor
    corpus: Corpus | None
    resumption: Resumption | None = None
    telemetry: Telemetry = NO_TELEMETRY

    def with_formats(self, formats: tuple[Format, ...]) -> PreparedRun:
        """The same run whose report is written in ``formats``."""
        return replace(self, options=replace(self.options, formats=formats))

    def carry_out(self, publish: Callable[[Summary], None] = _ignore) -> ExitCode:
        """Runs and reports it, see `cartfuzz.cli.run_loop.carry_out`."""
        return carry_out(
            self.plan,
            self.secrets,
            self.options.report_dir,
            formats=self.options.formats,
            verbosity=self.options.verbosity,
            observations=self.options.observations,
            executor=self.executor,
            corpus=self.corpus,
            resumption=self.resumption,
            status_file=self.options.status_file,
            clean=self.options.clean,
            telemetry=self.telemetry,
            publish=publish,
        )


@click.command("run")
@click.argument("url", required=False)
@config_option("A TOML file with [target], [run], [environment] and [rules].")
@contract_option("Contract version of the target.  [default: that of --config, else 2.5.1]")
@click.option(
    "--seed",
    type=WholeNumber(min=0),
    help="The same seed draws the same scenarios.  [default: random]",
)
@click.option(
    "--duration",
    type=Duration(),
    help="Stop after this time.  [default: one full round, which is each sweep once and a third of "
    f"their time for the drawn phases; at least {MIN_ROUND_SEC:.0f}s]",
)
@click.option("--scenarios", type=WholeNumber(min=1), help="Stop after this many scenarios.")
@click.option("--requests", type=WholeNumber(min=1), help="Stop after this many requests.")
@click.option(
    "--until",
    type=ClockTime(),
    metavar="TIME",
    help="End the whole run, minimising included, at this time: 06:00, or a date and time.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Send nothing, and show what would be sent: two scenarios of each phase, all with -v, "
    "whole bodies with -vv.",
)
@click.option(
    "--until-quiet",
    type=Duration(),
    help="Stop when the run has found nothing new for this time.",
)
@click.option(
    "--executor",
    type=click.Choice([kind.value for kind in ExecutorKind]),
    help="Where the workers run.  [default: dask with --scheduler, else a thread for one worker, "
    "processes for more and with plugins]",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Scheduler of the dask cluster: tcp://HOST:PORT."
)
@click.option(
    "--workers",
    type=WholeNumber(1, MAX_WORKERS),
    help=f"Number of worker processes.  [default: that of --config, else {DEFAULT_WORKERS}]",
)
@click.option(
    "--in-flight",
    type=WholeNumber(1, MAX_IN_FLIGHT),
    help="Number of scenarios that each worker runs at once.  "
    f"[default: that of --config, else {DEFAULT_IN_FLIGHT}]",
)
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=OneOf([phase.value for phase in Phase]),
    help="Run this phase only. May be repeated.",
)
@corpus_option("Send the scenarios that this corpus holds first, and store what the run finds.")
@click.option(
    "--report-dir",
    type=NamedPath(),
    shell_complete=folders,
    metavar="DIR",
    help="Folder for summary.json, junit.xml, events.ndjson and discrepancies/; those of an "
    f"earlier run in it are replaced.  [default: a new one in {DEFAULT_BASE}, which {LATEST} there "
    "leads to]",
)
@resume_option
@formats_option(
    "--report", "Write the report in these formats too, at the end of the run, however it ends."
)
@target_options
@rate_options
@click.option(
    "--record",
    type=click.Choice([policy.value for policy in RecordPolicy]),
    default=RecordPolicy.FAILURES.value,
    show_default=True,
    help="Which scenarios the record keeps in full. failures: "
    f"{WHOLE_OCCURRENCES} of each discrepancy, the simplest among them, and those that show "
    f"something new; sampled: these and one in {SAMPLE}, the others merged.",
)
@click.option(
    "--minimise/--no-minimise",
    default=True,
    show_default=True,
    help="Search the smallest scenario of each discrepancy, and confirm it.",
)
@click.option(
    "--minimise-time",
    type=Duration(),
    default=DEFAULT_TRIAGE_SEC,
    show_default=f"{DEFAULT_TRIAGE_SEC:g}s",
    help="Time to minimise all discrepancies, after --duration.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File of known failures: they are listed apart and do not fail the run.",
)
@click.option(
    "--observations", is_flag=True, help="Show what the target did where the contract is silent."
)
@click.option(
    "--allow-partial",
    is_flag=True,
    help="Let a run pass that ends before its sweeps are through; --requests, --scenarios and "
    "--phase imply it.",
)
@watch_options
@telemetry_options
@click.option(
    "-q", "--quiet", count=True, help="Show one line a discrepancy, ten at most, and the verdict."
)
@click.option("-v", "--verbose", count=True, help="Show all, observations too.")
@clean_option
@json_option("the summary of the run", "summary")
@with_settings
def command(
    *, settings: Settings, dry_run: bool, json_output: JsonOutput, **given: object
) -> ExitCode:
    """Fuzz the API at URL, or, with --sandbox, a sandbox that is started for the run."""
    if dry_run:
        if json_output.is_wanted:
            raise click.UsageError("--json: expected a run, found --dry-run")
        configuration = load_configuration(settings)
        settings, options = with_keys(settings, msgspec.convert(given, RunOptions), configuration)
        plan = _plan(settings, options, configuration)
        target = target_name(plan.url, plan.sandbox) if plan.url else "the embedded sandbox"
        show_plan(plan, target, verbosity=options.verbosity)
        return ExitCode.NOTHING_FOUND
    with prepared(settings, given) as run:
        return run.carry_out(json_output.publish)


@contextmanager
def prepared(settings: Settings, given: Mapping[str, object]) -> Iterator[PreparedRun]:
    """The run that the options ask for; the embedded sandbox runs until the end of the block.

    Args:
        settings: of the target.
        given: the fields of `RunOptions`.

    Raises:
        click.UsageError: options that do not go together.
        CartfuzzError: an option, a file, the API key or the sandbox cannot be used.
    """
    options = msgspec.convert(given, RunOptions)
    resumption, configuration = None, None
    phases_given = bool(settings.phases)
    if options.resume is None:
        configuration = load_configuration(settings, quiet=options.verbosity < 0)
        settings, options = with_keys(settings, options, configuration)
    else:
        options, resumption = _with_earlier_parts(options, options.resume)
        settings, configuration = resumed_settings(resumption, settings)
        names = keys_of_part(resumption.started)
        settings, options = with_keys(settings, options, configuration, names=names)
    plan = _plan(settings, options, configuration)
    check_cleaning(options.clean, plan.traffic, origin=options.origin("clean"))
    if resumption is not None:
        plan = resumed_plan(plan, resumption, options, phases_given=phases_given)
    telemetry = Telemetry.of(options, named=options.origin)
    plan = telemetry.plan(plan, traceparent=settings.traceparent)
    executor = _executor(options, plan)
    if options.status_file is not None:
        check_status_file(options.status_file, option=options.origin("status_file"))
    check_writable(options.report_dir or DEFAULT_BASE)
    in_use = locked_folder(options.report_dir) if options.report_dir else nullcontext()
    corpus = (
        open_corpus(settings.corpus, option=options.origin("corpus")) if settings.corpus else None
    )
    if corpus is not None:
        plan = _with_known(plan, corpus)
    if resumption is not None:
        check_resumed(plan, resumption)
    with in_use, tuned(), provide_target(plan, settings) as (target, secrets):
        yield PreparedRun(
            plan=target,
            options=options,
            secrets=secrets,
            executor=executor,
            corpus=corpus,
            resumption=resumption,
            telemetry=telemetry,
        )


def _with_earlier_parts(options: RunOptions, folder: Path) -> tuple[RunOptions, Resumption]:
    """``options`` with the folder of the run that goes on, and its earlier parts."""
    if options.report_dir is not None:
        raise click.UsageError(
            "--resume: expected no --report-dir, since the report goes into the folder of the run, "
            f"found --report-dir {options.report_dir}"
        )
    found, resumption = read_earlier_parts(folder)
    return replace(options, report_dir=found), resumption


def _plan(settings: Settings, options: RunOptions, configuration: Configuration | None) -> Plan:
    """The resolved settings, with the bounds of this run."""
    plan = resolve_target(settings, configuration)
    for note in check_attributes(plan.environment):
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    is_polite = plan.rps is not None and requested_rps(settings, configuration) is None
    if is_polite and options.verbosity >= 0:
        click.echo(f"sending at most {plan.rps:g} requests a second; --rps changes that", err=True)
    seconds, minimise_time = _times(options)
    bounded = seconds or options.scenarios or options.requests or options.until_quiet
    baseline = (
        read_baseline(options.baseline, option=options.origin("baseline"))
        if options.baseline
        else {}
    )
    return msgspec.structs.replace(
        plan,
        duration_sec=seconds,
        whole_round=not bounded,
        allow_partial=options.allow_partial or bool(settings.phases),
        scenarios=options.scenarios,
        requests=options.requests,
        quiet_sec=options.until_quiet,
        keep=RecordPolicy(options.record),
        max_record=options.max_record,
        baseline=baseline,
        # A run that is bounded by a number is reproducible; one that is bounded by time is not.
        adaptive=options.scenarios is None and options.requests is None,
        minimise=TriageBudget(seconds=minimise_time) if options.minimise else None,
    )


def _times(options: RunOptions) -> tuple[float | None, float]:
    """How long the phases of a run may last, and how long minimising: both end at ``--until``."""
    if options.until is None:
        return options.duration, options.minimise_time
    minimise = min(options.minimise_time, options.until / 4) if options.minimise else 0.0
    left = options.until - minimise
    return min(left, options.duration or left), minimise


def _with_known(plan: Plan, corpus: Corpus) -> Plan:
    known, notes = read_corpus_scenarios(corpus, plan.environment.contract)
    for note in notes:
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    return msgspec.structs.replace(plan, known=known)


def _executor(options: RunOptions, plan: Plan) -> Executor:
    """The executor that is named, else the one that fits the other options."""
    kind = _executor_kind(options, plan)
    if (kind is ExecutorKind.DASK) != (options.scheduler is not None):
        raise click.UsageError(
            "expected --executor dask together with --scheduler ADDRESS, found "
            f"--executor {kind.value} with "
            + (
                f"--scheduler {address_words(options.scheduler)}"
                if options.scheduler
                else "no --scheduler"
            )
        )
    if kind is ExecutorKind.DASK and plan.max_requests is not None:
        raise click.UsageError(
            "--max-requests: expected no --scheduler, since the workers of a cluster share no "
            f"count, found --scheduler {options.scheduler}; --requests bounds it by an estimate"
        )
    if kind is ExecutorKind.PROCESSES:
        return processes
    if kind is ExecutorKind.THREAD:
        if plan.workers > 1:
            raise click.UsageError(
                f"--executor thread: expected one worker, found {plan.workers}; "
                "use --executor processes for more"
            )
        return thread
    try:
        from ..harness.executors.dask_cluster import cluster  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise click.UsageError(
            "--scheduler: expected the extra cartfuzz[dask] to be installed, here and on the "
            "cluster's workers, found no dask"
        ) from None
    return cluster(str(options.scheduler))


def _executor_kind(options: RunOptions, plan: Plan) -> ExecutorKind:
    """Plugins get a process, since one that holds the interpreter lock would hold up the run."""
    if options.executor is not None:
        return ExecutorKind(options.executor)
    if options.scheduler is not None:
        return ExecutorKind.DASK
    alone = plan.workers == 1 and not plan.plugins
    return ExecutorKind.THREAD if alone else ExecutorKind.PROCESSES
