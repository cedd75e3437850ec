"""``cartfuzz run``: fuzz a target, or the embedded sandbox."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click
import msgspec

from ..contract import (
    EXAMPLE_ENVIRONMENT,
    ConfigurationError,
    ContractVersion,
    Environment,
    catalogue,
)
from ..harness.configuration import Configuration, TargetSettings, read_configuration
from ..harness.corpus.places import open_corpus
from ..harness.corpus.runs import known_in
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor, processes, thread
from ..harness.memory_tuning import tuned
from ..harness.plan import Plan, RecordPolicy, TriageBudget
from ..harness.target_guard import POLITE_RPS, checked_url, is_loopback
from ..record import Phase
from ..reports.plain import plain
from .param_types import Duration
from .run_loop import carry_out
from .targets import FAULTS_NEED_THE_SANDBOX, reached


class Where(StrEnum):
    """Where workers run."""

    THREAD = "thread"
    PROCESSES = "processes"
    DASK = "dask"


_DEFAULT_DURATION_SEC = 30.0
_PLACEHOLDER_URL = "http://127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says; None where it says nothing."""

    url: str | None
    api_key_env: str
    config: Path | None
    contract: str | None
    seed: int | None
    duration: float | None
    scenarios: int | None
    requests: int | None
    until_quiet: float | None
    executor: str | None
    scheduler: str | None
    workers: int | None
    in_flight: int | None
    phase: tuple[str, ...]
    corpus: str | None
    report_dir: Path
    sandbox_fault: tuple[str, ...]
    allow_host: tuple[str, ...]
    rps: float | None
    timeout: float | None
    record: str
    observations: bool
    minimise: bool
    minimise_time: float
    quiet: int
    verbose: int

    @property
    def verbosity(self) -> int:
        return self.verbose - self.quiet


@click.command("run")
@click.argument("url", required=False)
@click.option(
    "--api-key-env",
    default="CARTFUZZ_API_KEY",
    show_default=True,
    metavar="NAME",
    help="The environment variable that holds the target's API key.",
)
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="A TOML file.")
@click.option("--contract", type=click.Choice([version.value for version in ContractVersion]))
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same scenarios.")
@click.option("--duration", type=Duration(), help="Such as 30s or 10m.  [default: 30s]")
@click.option("--scenarios", type=click.IntRange(min=1), help="Stop after so many scenarios.")
@click.option("--requests", type=click.IntRange(min=1), help="Stop after so many requests.")
@click.option(
    "--until-quiet", type=Duration(), help="Stop once nothing new was learnt for so long."
)
@click.option(
    "--executor",
    type=click.Choice([name.value for name in Where]),
    help="Where the workers run.  [default: dask with --scheduler, else a thread for one worker, "
    "processes for more]",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of the dask cluster: tcp://HOST:PORT.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes.  [default: 1]")
@click.option(
    "--in-flight", type=click.IntRange(1, 1024), help="Scenarios at once in a worker.  [default: 4]"
)
@click.option("--phase", multiple=True, type=click.Choice([phase.value for phase in Phase]))
@click.option(
    "--corpus",
    metavar="DIR|URL",
    help="Try what is known from before first, and store what is found: a folder, or "
    "redis://HOST:PORT/DB.",
)
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    default=Path("cartfuzz-report"),
    show_default=True,
    metavar="DIR",
    help="Where summary.json, junit.xml and events.ndjson go.",
)
@click.option(
    "--sandbox-fault", multiple=True, metavar="NAME", help="Switch on a fault of the sandbox."
)
@click.option("--allow-host", multiple=True, metavar="HOST", help="A host that may get load.")
@click.option(
    "--rps",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Most requests a second, all workers.  [default: {POLITE_RPS:g} unless loopback]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds that a request may take in all.  [default: 30]",
)
@click.option(
    "--record",
    type=click.Choice([keep.value for keep in RecordPolicy]),
    default=RecordPolicy.FAILURES.value,
    show_default=True,
    help="Which scenarios the record keeps whole; sampled: and the rest in a few lines.",
)
@click.option(
    "--minimise/--no-minimise",
    default=True,
    show_default=True,
    help="Look for the smallest scenario of each discrepancy, and confirm it.",
)
@click.option(
    "--minimise-time",
    type=Duration(),
    default="60s",
    show_default=True,
    help="For all of them together, after the duration.",
)
@click.option("--observations", is_flag=True, help="Show what the target did where it may choose.")
@click.option("-q", "--quiet", count=True, help="Only discrepancies and the verdict.")
@click.option("-v", "--verbose", count=True, help="Also what the target did unasked.")
def command(**given: object) -> int:
    """Fuzz the API at URL; without URL start the embedded sandbox and fuzz that."""
    options = msgspec.convert(given, Options)
    configuration = read_configuration(options.config) if options.config else None
    settings = configuration.target if configuration else TargetSettings()
    url = options.url or settings.url
    if url and options.sandbox_fault:
        raise click.UsageError(FAULTS_NEED_THE_SANDBOX)
    environment = _environment(options, configuration, on_sandbox=not url)
    plan = _plan(options, configuration, environment, url)
    executor = _executor(options, plan.workers)
    _writable(options.report_dir)
    corpus = _corpus(options)
    if corpus is not None:
        known, notes = known_in(corpus, environment.contract)
        for note in notes:
            click.echo(f"cartfuzz: {plain(note)}", err=True)
        plan = msgspec.structs.replace(plan, known=known)
    with tuned(), _target(plan, options, on_sandbox=not url) as (target, key):
        return carry_out(
            target,
            key,
            options.report_dir,
            verbosity=options.verbosity,
            observations=options.observations,
            executor=executor,
            corpus=corpus,
        )


def _environment(
    options: Options, configuration: Configuration | None, *, on_sandbox: bool
) -> Environment:
    """The configured environment; on the sandbox, without a file, the example shop."""
    if configuration is not None:
        environment = configuration.environment
    elif on_sandbox:
        environment = _faulty_environment(options)
    else:
        environment = Environment()
    if options.contract is not None:
        environment = msgspec.structs.replace(
            environment, contract=ContractVersion(options.contract)
        )
    return environment


def _faulty_environment(options: Options) -> Environment:
    """The example shop, changed as little as it takes for the faults to show."""
    from ..sandbox import UnknownFaultError, fault_named  # noqa: PLC0415 - not for real targets

    environment = EXAMPLE_ENVIRONMENT
    try:
        for name in options.sandbox_fault:
            environment = fault_named(name).environment(environment)
    except UnknownFaultError as error:
        raise click.UsageError(str(error)) from None
    return environment


def _plan(
    options: Options,
    configuration: Configuration | None,
    environment: Environment,
    url: str | None,
) -> Plan:
    settings = configuration.target if configuration else TargetSettings()
    levels = dict(configuration.rule_levels) if configuration else {}
    checked = (
        checked_url(url, allow_hosts=(*options.allow_host, *settings.allow_hosts))
        if url
        else _PLACEHOLDER_URL
    )
    bounded = options.duration or options.scenarios or options.requests or options.until_quiet
    rps = options.rps or settings.rps
    if rps is None and not is_loopback(_host(checked)):
        rps = POLITE_RPS
        if options.verbosity >= 0:
            click.echo(f"sending at most {rps:g} requests a second; --rps changes that", err=True)
    known = catalogue(environment.contract)
    return Plan(
        url=checked,
        environment=environment,
        rule_levels={rule: level for rule, level in levels.items() if rule in known},
        seed=secrets.randbelow(2**32) if options.seed is None else options.seed,
        phases=_phases(options),
        duration_sec=options.duration if bounded else _DEFAULT_DURATION_SEC,
        scenarios=options.scenarios,
        requests=options.requests,
        quiet_sec=options.until_quiet,
        workers=options.workers or settings.workers or 1,
        in_flight=options.in_flight or settings.in_flight or 4,
        rps=rps,
        timeout_sec=options.timeout or settings.timeout_sec or 30.0,
        keep=RecordPolicy(options.record),
        # A run that is bounded by a number can be had again; one that is bounded by time cannot.
        adaptive=options.scenarios is None and options.requests is None,
        minimise=TriageBudget(seconds=options.minimise_time) if options.minimise else None,
    )


def _phases(options: Options) -> tuple[Phase, ...]:
    """The phases that are wanted. What is known is sent first wherever a corpus is named."""
    chosen = [Phase(name) for name in options.phase] or list(Phase)
    if options.corpus is None:
        if Phase.CORPUS.value in options.phase:
            raise click.UsageError("--phase corpus sends what a corpus holds: add --corpus DIR")
        return tuple(phase for phase in chosen if phase is not Phase.CORPUS)
    return tuple(dict.fromkeys((Phase.CORPUS, *chosen)))


def _corpus(options: Options) -> Corpus | None:
    return None if options.corpus is None else open_corpus(options.corpus, option="--corpus")


def _host(url: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415 - one use

    return urlsplit(url).hostname or ""


def _executor(options: Options, workers: int) -> Executor:
    """The executor that is named, or the one that suits what else is asked for."""
    if options.executor is not None:
        where = Where(options.executor)
    elif options.scheduler is not None:
        where = Where.DASK
    else:
        where = Where.PROCESSES if workers > 1 else Where.THREAD
    if (where is Where.DASK) != (options.scheduler is not None):
        raise click.UsageError("--executor dask and --scheduler ADDRESS need each other")
    if where is Where.PROCESSES:
        return processes
    if where is Where.THREAD:
        if workers > 1:
            raise click.UsageError("--executor thread has one worker; use processes for more")
        return thread
    try:
        from ..harness.executors.dask_cluster import cluster  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise click.UsageError(
            "--scheduler needs dask: install cartfuzz[dask], here and on the cluster's workers"
        ) from None
    return cluster(str(options.scheduler))


def _writable(folder: Path) -> None:
    """Makes the report folder and proves that it can be written, before anything is sent."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".cartfuzz-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = (error.strerror or "not writable").lower()
        raise ConfigurationError(
            "--report-dir", expected="a folder that can be written", found=f"{folder}: {reason}"
        ) from None


@contextmanager
def _target(plan: Plan, options: Options, *, on_sandbox: bool) -> Iterator[tuple[Plan, str]]:
    """The plan with its target's URL, and the target's key."""
    with reached(
        None if on_sandbox else plan.url,
        plan.environment,
        api_key_env=options.api_key_env,
        faults=options.sandbox_fault,
    ) as (url, key):
        yield msgspec.structs.replace(plan, url=url), key
