"""Opens the target of a run of pytest, once, and reads it in each process that sends requests."""

from __future__ import annotations

import dataclasses
import os
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any, Self

import msgspec
import pytest

from ..contract import EXAMPLE_ENVIRONMENT, Environment, Traffic, UsageError
from ..harness.access.access_secrets import access_notes, secrets_for
from ..harness.access.api_key import KeySource, key_notes, read_api_key
from ..harness.clean_run import noting_sessions
from ..harness.configuration_sources import configuration_for, file_for
from ..harness.durations import seconds_of
from ..harness.engine import Engine
from ..harness.errors import TargetError
from ..harness.leases import removing_leases
from ..harness.pace.pace_state import shared_pace
from ..harness.plan import CorpusScenarios, Plan
from ..harness.resolution import resolve
from ..harness.target import open_target as open_engine
from ..harness.target import preflight
from ..harness.variables import read_variables
from ..record import decode_value, encode_value
from ..reports.plain import plain
from ..sandbox import RunningSandbox, environment_with, start
from ..wire.known_secrets import without_secrets
from ..wire.secrets import TargetSecrets
from .corpus import known_scenarios
from .options import PluginSettings
from .unavailable import NO_TARGET

_FILE = "target.json"
_MAX_PROBLEM = 4_000
"""Characters."""


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that opened the target writes for the others.

    ``sandbox_key`` is the throw-away key of an embedded sandbox; a real key stays in the
    environment.
    """

    url: str = ""
    run: str = ""
    """The run's part of every mark; empty where there is a problem."""
    sandbox_key: str = ""
    problem: str = ""
    ledger: str = ""
    """Where the names of its sessions are written; empty: nowhere."""
    known: CorpusScenarios = CorpusScenarios()
    notes: tuple[str, ...] = ()


class OpenTarget:
    """A target that this process has opened. Ends its sandbox when it is closed."""

    def __init__(self, opened: _Opened, sandbox: RunningSandbox | None) -> None:
        self.url = opened.url
        self.run = opened.run
        self.problem = opened.problem
        self.notes = opened.notes
        self._opened_at = monotonic()
        self._sandbox = sandbox
        self._leases = ExitStack()
        if opened.run:
            self._leases.enter_context(removing_leases(opened.run))

    @property
    def seconds(self) -> float:
        """The time since it was opened."""
        return monotonic() - self._opened_at

    def close(self) -> None:
        """Ends the sandbox, if there is one, and removes the leases of the run."""
        with self._leases:
            if self._sandbox is not None:
                self._sandbox.close()


class Target:
    """A target as tests see it.

    Args:
        plan: the resolved settings, with the URL of the target and what the corpus holds.
        secrets: of the target.
        run: the run's part of every mark.
        explore: scenarios to draw for each phase without an end.
        workers: processes that send requests; they share the rate.

    Attributes:
        plan: the resolved settings.
        url: base URL.
        secrets: of the target; they go into requests and nowhere else.
        run: the run's part of every mark.
        seed: of all that is drawn.
        explore: scenarios to draw for each phase without an end.
        environment: what the target has configured.
        in_flight: scenarios at once in this process.
    """

    def __init__(
        self, plan: Plan, *, secrets: TargetSecrets, run: str, explore: int, workers: int
    ) -> None:
        self.plan = plan
        self.url = plan.url
        self.secrets = secrets
        self.run = run
        self.seed = plan.seed
        self.explore = explore
        self.environment: Environment = plan.environment
        self.in_flight = plan.in_flight
        self._connections = ExitStack()
        pace = shared_pace(run)
        # Without a file that all processes can map, each keeps its part of the rate.
        share = 1.0 if pace is not None else 1 / workers
        self._engine = self._connections.enter_context(
            open_engine(plan, secrets, state=pace, share=lambda: share, senders=workers)
        )

    def __repr__(self) -> str:
        return f"<Target {self.url}>"

    def engine(self) -> Engine:
        """An engine that executes scenarios against this target; all keep one rate together."""
        return self._engine.with_fresh_novelty()

    @property
    def is_lost(self) -> bool:
        """Whether it stayed away for too long: nothing is sent any more."""
        return self._engine.is_target_lost

    def close(self) -> None:
        """Closes all connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def plan_for(settings: PluginSettings) -> Plan:
    """The plan of options and configuration file; without a URL where none of them names one.

    Reads the configuration file, so keep the result: `cartfuzz.pytest_plugin.state` does.

    Raises:
        pytest.UsageError: something in them is wrong, or there is no API key for the target.
    """
    try:
        configuration = configuration_for(settings)
        if configuration is not None and settings.sandbox:
            # The option counts before the file.
            target = msgspec.structs.replace(configuration.target, url=None)
            configuration = msgspec.structs.replace(configuration, target=target)
        plan = resolve(
            settings,
            configuration,
            sandbox_environment=lambda: environment_with(settings.faults, EXAMPLE_ENVIRONMENT),
        )
        if plan.url:
            read_secrets(plan, settings)
    except UsageError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None
    if settings.clean and plan.traffic is not Traffic.ALL:
        raise pytest.UsageError(
            "--cartfuzz-clean cancels sessions, which takes real updates: expected traffic = all, "
            f"found {plan.traffic.value}"
        )
    # The processes of this run are those of pytest-xdist, whatever the file gives the command line.
    return msgspec.structs.replace(plan, workers=1)


def located(settings: PluginSettings) -> PluginSettings:
    """``settings`` with the configuration file that was found, and with what variables give, so
    that a command can name them.

    Raises:
        pytest.UsageError: a variable is wrong, or a file cannot be read.
    """
    try:
        variables = read_variables(os.environ)
        file = file_for(settings, variables)
    except UsageError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None
    target, environment = variables.target, variables.environment
    away = target.get("give_up_after")
    given = {
        "rps": target.get("rps"),
        "give_up_sec": None if away is None else seconds_of(away),
        "timeout_sec": target.get("timeout_sec"),
        "traffic": target.get("traffic"),
        "contract": environment.get("contract"),
    }
    unnamed: dict[str, Any] = {
        name: one for name, one in given.items() if getattr(settings, name) is None
    }
    hosts = (*settings.allow_hosts, *target.get("allow_hosts", ()))
    return dataclasses.replace(settings, config=file, allow_hosts=hosts, **unnamed)


def wants_sandbox(settings: PluginSettings) -> bool:
    """Whether the user asks for the embedded sandbox, perhaps by naming a fault of it."""
    return settings.sandbox or bool(settings.faults)


def target_words(plan: Plan, settings: PluginSettings) -> str:
    """The target for people: its URL, or which sandbox it is, or that there is none."""
    if plan.url:
        return plan.url
    if settings.faults:
        return f"embedded sandbox with {', '.join(settings.faults)}"
    return "embedded sandbox" if settings.sandbox else "none"


def open_target(plan: Plan, settings: PluginSettings, shared: Path) -> OpenTarget:
    """Starts the sandbox, or checks that the target answers, and writes it for the other processes.

    A problem is written too, so that the tests fail that ask for the target.

    Args:
        plan: of `plan_for`.
        settings: the options.
        shared: the folder that all processes of the run share.
    """
    if not plan.url and not wants_sandbox(settings):
        return _written(_Opened(problem=NO_TARGET), None, shared)
    # It needs strategies; `cartfuzz.pytest_plugin.target_run` gives the reason.
    from ..harness.declarations import declared_by  # noqa: PLC0415
    from ..harness.declared_codes import codes_of  # noqa: PLC0415

    sandbox: RunningSandbox | None = None
    try:
        known, notes = known_scenarios(settings, plan.environment.contract)
        if plan.url:
            of_key = key_notes(_api_key(plan, settings), _source(plan, settings))
            opened = _Opened(
                url=plan.url, known=known, notes=(*notes, *of_key, *access_notes(plan.access))
            )
        else:
            sandbox = start(plan.environment, faults=settings.faults)
            opened = _Opened(url=sandbox.url, sandbox_key=sandbox.api_key, known=known, notes=notes)
        secrets = secrets_for(opened.sandbox_key or _api_key(plan, settings), plan.access)
        run_id, checked = preflight(
            msgspec.structs.replace(plan, url=opened.url),
            secrets,
            declared=declared_by(plan.environment),
            codes=codes_of(plan.environment),
        )
        ledger = ""
        if sandbox is None:
            folder = settings.report_dir or shared
            ledger = noting_sessions(plan, folder, run_id, checked.made).session_ledger
        opened = msgspec.structs.replace(opened, run=run_id, ledger=ledger)
    except (UsageError, TargetError) as error:
        # It may quote what the target answered.
        opened = _Opened(problem=plain(without_secrets(str(error)), longest=_MAX_PROBLEM))
    return _written(opened, sandbox, shared)


def _written(opened: _Opened, sandbox: RunningSandbox | None, shared: Path) -> OpenTarget:
    """Writes for the other processes what was opened."""
    path = shared / _FILE
    path.touch(mode=0o600)
    path.write_bytes(encode_value(opened))
    return OpenTarget(opened, sandbox)


def read_target(plan: Plan, settings: PluginSettings, shared: Path, workers: int) -> Target:
    """The target that was opened in this run, for this process.

    Args:
        plan: of `plan_for`.
        settings: the options.
        shared: the folder that all processes of the run share.
        workers: processes that send requests.

    Raises:
        TargetError: it cannot be tested.
        ConfigurationError: there is no API key for it any more.
    """
    try:
        opened = decode_value((shared / _FILE).read_bytes(), _Opened)
    except FileNotFoundError:
        raise TargetError(
            f"expected the target that the controller of pytest-xdist opened in {shared}, found "
            "none; workers on other machines cannot share a run: use local workers"
        ) from None
    if opened.problem:
        raise TargetError(opened.problem)
    return Target(
        msgspec.structs.replace(
            plan, url=opened.url, known=opened.known, session_ledger=opened.ledger
        ),
        secrets=secrets_for(opened.sandbox_key or _api_key(plan, settings), plan.access),
        run=opened.run,
        explore=settings.explore,
        workers=workers,
    )


def read_secrets(plan: Plan, settings: PluginSettings) -> TargetSecrets:
    """The secrets of a target that is not embedded.

    Raises:
        ConfigurationError: one is missing.
    """
    return secrets_for(_api_key(plan, settings), plan.access)


def _api_key(plan: Plan, settings: PluginSettings) -> str:
    return read_api_key(_source(plan, settings), url=plan.url)


def _source(plan: Plan, settings: PluginSettings) -> KeySource:
    return KeySource.of(plan, option=settings.option("api-key-env"))
