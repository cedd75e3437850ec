"""Sends the stored scenarios of a run to a target again, for ``replay`` and ``diff --rerun``.

Without a target of their own they go to that of the run: the same URL, or an embedded sandbox with
the same faults.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from ..analysis import Reproducer, RunReproducers
from ..harness.access.access_keys import keys_of
from ..harness.access.target_guard import is_loopback
from ..harness.clean_run import noting_sessions
from ..harness.configuration import Configuration, PluginSettings
from ..harness.leases import removing_leases
from ..harness.pace.pace_state import shared_pace
from ..harness.plan import Plan
from ..harness.settings import API_KEY_VARIABLE, Settings
from ..harness.target import open_target, preflight
from ..harness.target_settings import TargetSettings
from ..harness.triage.replay import Replayed, replay
from ..harness.triage.triage import ScenarioRunner
from ..harness.variables import read_variables
from ..record import RunStarted
from .target import provide_target, resolve_target

ELSEWHERE = "elsewhere"
"""The folder, in that of a run, for what was sent to other targets."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]")


def names_target(settings: Settings) -> bool:
    """Whether ``settings`` name a target: a URL or the embedded sandbox."""
    return settings.url is not None or settings.sandbox or bool(settings.faults)


def _names_own_target(started: RunStarted, settings: Settings) -> bool:
    """Whether ``settings`` name the target of the run, which is reached as the run did.

    Any two targets on this machine count as one: an application that ``--app`` serves has another
    port each time.
    """
    named = settings.url if not (settings.sandbox or settings.faults) else None
    if named is None:
        return False
    if started.sandbox is None and _is_local(named) and _is_local(started.target):
        return True
    return named.rstrip("/") == started.target.rstrip("/")


def _is_local(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def settings_of_run(started: RunStarted, settings: Settings) -> Settings:
    """``settings`` with the target of a run where they name none; a record allows no host."""
    if names_target(settings):
        return settings
    if started.sandbox is not None:
        return dataclasses.replace(settings, sandbox=True, faults=started.sandbox.faults)
    chosen = dataclasses.replace(settings, url=started.target)
    is_named = settings.api_key_env != API_KEY_VARIABLE
    if is_named or settings.api_key_file or settings.api_key_keyring:
        return chosen
    return dataclasses.replace(
        chosen,
        api_key_env=started.api_key_env or settings.api_key_env,
        api_key_file=Path(started.api_key_file) if started.api_key_file else None,
        api_key_keyring=started.api_key_keyring or None,
    )


def folder_for(folder: Path, started: RunStarted, plan: Plan, settings: Settings) -> Path | None:
    """Where the sessions are named that scenarios of a run make; None: their target ends with this
    command.

    Each target has a folder of its own, since what is not there must not count as cancelled.

    Args:
        folder: of the run.
        started: its first event.
        plan: names the target.
        settings: the options.
    """
    if plan.sandbox is not None:
        return None
    if plan.url == started.target:
        return folder
    if settings.url is None:
        return None
    return folder / ELSEWHERE / _NOT_IN_NAMES.sub("-", urlsplit(plan.url).netloc)


@contextmanager
def open_resending(
    stored: RunReproducers, settings: Settings, folder: Path | None = None
) -> Iterator[tuple[Plan, ScenarioRunner]]:
    """The target as a plan, and what executes scenarios there, in the stored run's environment.

    Args:
        stored: the run; its target is used where ``settings`` name none.
        settings: the options.
        folder: of the run: ``cartfuzz clean`` finds the sessions there, or where `folder_for` says;
            None: they are not written.

    Raises:
        UsageError: the target, its key or the sandbox cannot be used.
        TargetError: the target cannot be tested.
    """
    started = stored.started
    own = TargetSettings(
        rps=started.rps,
        timeout_sec=started.timeout_sec,
        **msgspec.structs.asdict(keys_of(started.access)),
        trace_header=started.trace_header,
        traffic=started.traffic,
        traceparent=started.traceparent,
    )
    goes_elsewhere = names_target(settings) and not _names_own_target(started, settings)
    configuration = Configuration(
        # Scenarios of reads or dry requests need no more, wherever they are sent.
        target=TargetSettings(traffic=started.traffic) if goes_elsewhere else own,
        environment=started.environment,
        rule_levels=started.rule_levels,
        plugins=PluginSettings.of_record(started.plugins),
    )
    variables = read_variables(os.environ)
    # How a target is treated is up to the user; environment and target are those of the run.
    configuration = msgspec.structs.replace(
        configuration, target=variables.over("target", configuration.target)
    )
    chosen = settings_of_run(started, settings)
    resolved = resolve_target(chosen, configuration)
    with provide_target(resolved, chosen) as (plan, secrets):
        run_id, checked = preflight(plan, secrets)
        own_folder = None if folder is None else folder_for(folder, started, plan, settings)
        noted = plan
        if own_folder is not None:
            noted = noting_sessions(plan, own_folder, run_id, checked.made)
        with (
            removing_leases(run_id),
            open_target(noted, secrets, state=shared_pace(run_id)) as engine,
        ):
            yield plan, ScenarioRunner(engine, run_id, purpose="replay")


def resend(
    stored: RunReproducers, scenarios: Iterable[Reproducer], settings: Settings, folder: Path
) -> Iterator[Replayed]:
    """Each of ``scenarios`` with what the target shows now; the arguments as of `open_resending`.

    Raises:
        UsageError: the target, its key or the sandbox cannot be used.
        TargetError: the target cannot be tested.
    """
    with open_resending(stored, settings, folder) as (_, run_scenario):
        for one in scenarios:
            yield replay(one, run_scenario)
