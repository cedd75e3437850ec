"""``--resume RUN_DIR``: reads the earlier parts of a run, and takes its options over."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import click
import msgspec

from ..contract import ConfigurationError
from ..harness.access.access_keys import keys_of
from ..harness.configuration import Configuration, PluginSettings
from ..harness.plan import Plan, RecordPolicy, TriageBudget
from ..harness.resumption import Resumption, check_same, read_resumption
from ..harness.scheduling.shards import Shards
from ..harness.settings import Settings
from ..harness.target_settings import TargetSettings
from ..record import Phase, StopReason, cut_torn_line, read_events
from ..reports.earlier_report import remove_report
from ..reports.reproduction import remove_artefacts
from ..reports.run_folder import ARTEFACTS_FOLDER, RECORD_FILE, run_folder_at
from ..reports.wording import counted, duration
from .completions import folders
from .load_configuration import load_configuration
from .options import Command
from .param_types import NamedPath
from .resend import settings_of_run


class Bounds(Protocol):
    """The options that a resumption takes over where they are not given."""

    @property
    def duration(self) -> float | None: ...
    @property
    def scenarios(self) -> int | None: ...
    @property
    def requests(self) -> int | None: ...
    @property
    def until_quiet(self) -> float | None: ...
    @property
    def allow_partial(self) -> bool: ...
    @property
    def baseline(self) -> Path | None: ...


def resume_option(command: Command) -> Command:
    """Adds ``--resume RUN_DIR``."""
    return click.option(
        "--resume",
        type=NamedPath(),
        shell_complete=folders,
        metavar="RUN_DIR",
        help="Go on with the run in this folder: the same seed and scenarios, without those that "
        "its record holds. Its bounds count from its start; options given here replace its own.",
    )(command)


def read_earlier_parts(folder: Path) -> tuple[Path, Resumption]:
    """The run folder that is meant, and the earlier parts of the run in it.

    Raises:
        BadRecordError: a line of the record is not an event.
        ConfigurationError: there is no record, or nothing can go on from it.
    """
    found = run_folder_at(folder)
    try:
        return found, read_resumption(read_events(found / RECORD_FILE), str(folder))
    except OSError as error:
        raise ConfigurationError(
            f"--resume {folder}",
            expected=f"the folder of a run, with its {RECORD_FILE}",
            found=(error.strerror or "not readable").lower(),
        ) from None


def resumed_settings(
    resumption: Resumption, settings: Settings
) -> tuple[Settings, Configuration | None]:
    """``settings``, and the configuration, with those of the run where they name none.

    What is named and differs is refused later, by `resumed_plan`. A record allows no host.
    """
    started = resumption.started
    recorded = Configuration(
        target=TargetSettings(
            rps=started.rps,
            timeout_sec=started.timeout_sec,
            **msgspec.structs.asdict(keys_of(started.access)),
            trace_header=started.trace_header,
            traceparent=started.traceparent,
            traffic=started.traffic,
        ),
        environment=started.environment,
        rule_levels=started.rule_levels,
        plugins=PluginSettings.of_record(started.plugins),
    )
    configuration = load_configuration(settings, recorded=recorded) or recorded
    if configuration.target.url is None or started.sandbox is not None:
        settings = settings_of_run(started, settings)
    phases = tuple(name for name in started.phases if name != Phase.CORPUS)
    has_corpus = settings.corpus is not None or configuration.run.corpus is not None
    if Phase.CORPUS in started.phases and not has_corpus:
        raise ConfigurationError(
            f"--resume {resumption.name}",
            expected="--corpus as well, since the run sends what a corpus holds",
            found="no such option",
        )
    return (
        dataclasses.replace(
            settings,
            seed=started.seed if settings.seed is None else settings.seed,
            phases=settings.phases or phases or (Phase.CORPUS.value,),
            workers=settings.workers or configuration.target.workers or started.workers,
            in_flight=settings.in_flight
            or configuration.target.in_flight
            or resumption.options.in_flight,
        ),
        configuration,
    )


def resumed_plan(plan: Plan, resumption: Resumption, given: Bounds, *, phases_given: bool) -> Plan:
    """``plan`` with the bounds of the run where ``given`` has none, and without what is done.

    Args:
        plan: resolved from `resumed_settings` and ``given``, without the scenarios of a corpus.
        resumption: the earlier parts of the run.
        given: the options of the command line.
        phases_given: whether they name phases.

    Raises:
        ConfigurationError: nothing is left of the run.
    """
    before, started = resumption.options, resumption.started
    bounded = given.duration or given.scenarios or given.requests or given.until_quiet
    if not bounded:
        _check_unfinished(resumption)
        plan = msgspec.structs.replace(
            plan,
            duration_sec=before.duration_sec,
            scenarios=before.scenarios,
            requests=before.requests,
            quiet_sec=before.quiet_sec,
            whole_round=not (
                before.duration_sec or before.scenarios or before.requests or before.quiet_sec
            ),
            adaptive=before.scenarios is None and before.requests is None,
        )
    if _is_default("record"):
        plan = msgspec.structs.replace(plan, keep=RecordPolicy(before.record or plan.keep))
    if _is_default("minimise") and _is_default("minimise_time"):
        seconds = before.minimise_sec
        budget = None if seconds is None else TriageBudget(seconds=seconds)
        plan = msgspec.structs.replace(plan, minimise=budget)
    if _is_default("max_record") and before.max_record is not None:
        plan = msgspec.structs.replace(plan, max_record=before.max_record)
    is_partial = given.allow_partial or phases_given or (not bounded and started.allow_partial)
    return msgspec.structs.replace(
        plan,
        allow_partial=is_partial,
        baseline=plan.baseline if given.baseline else started.baseline,
        done=resumption.done,
    )


def check_resumed(plan: Plan, resumption: Resumption) -> None:
    """Refuses a plan that is not the one of the run.

    Raises:
        ConfigurationError: naming what differs.
    """
    check_same(resumption, plan, given_sweeps=dict(Shards(plan).sweep_sizes().scenarios))


def resumed_line(resumption: Resumption) -> str:
    """What the run had done before it goes on."""
    counters = resumption.state.counters
    found = len({one.discrepancy.signature for one in resumption.state.occurrences})
    return (
        f"resumed after {counted(counters.scenarios.total(), 'scenario')}, "
        f"{counted(counters.requests, 'request')} in {duration(resumption.state.parts.seconds)}; "
        f"{counted(found, 'signature')} found so far"
    )


def prepare_folder(folder: Path) -> Iterator[str]:
    """Makes the folder of a run ready for further events: the report of what was done until now is
    removed, since it would be taken for that of the whole run; the record is repaired.

    Yields:
        What was repaired, in words.

    Raises:
        OSError: a file cannot be changed.
    """
    cut = cut_torn_line(folder / RECORD_FILE)
    remove_artefacts(folder / ARTEFACTS_FOLDER)
    remove_report(folder)
    if cut:
        yield f"the record ended within a line: {cut} bytes were cut off"


def _check_unfinished(resumption: Resumption) -> None:
    last, state = resumption.last, resumption.state
    if last is None or last.reason is not StopReason.COMPLETED:
        return
    wants_minimising = resumption.options.minimise_sec is not None
    left = [one for one in state.occurrences if one.discrepancy.signature not in state.minimised]
    if not (wants_minimising and left):
        raise ConfigurationError(
            f"--resume {resumption.name}",
            expected="a run that ended early, or a longer bound: --duration, --scenarios, "
            "--requests or --until-quiet",
            found="a run that did all that it was asked to do",
        )


def _is_default(option: str) -> bool:
    """Whether the user left ``option`` out."""
    context = click.get_current_context(silent=True)
    source = context.get_parameter_source(option) if context is not None else None
    return source in (None, click.core.ParameterSource.DEFAULT)
