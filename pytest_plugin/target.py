"""The target of a run: opened once, read by every process that sends requests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec
import pytest

from ..contract import (
    EXAMPLE_ENVIRONMENT,
    ConfigurationError,
    ContractVersion,
    Environment,
    RuleLevel,
    catalogue,
)
from ..harness.configuration import Configuration, read_configuration
from ..harness.engine import Engine
from ..harness.errors import CorpusError, TargetError
from ..harness.plan import CorpusScenarios, Plan
from ..harness.target import begin_run
from ..harness.target import open_target as open_engine
from ..harness.target_guard import POLITE_RPS, checked_url, is_loopback
from ..record import decode_value, encode_value
from ..sandbox import RunningSandbox, SandboxError, UnknownFaultError, fault_named, start
from .corpus import known_scenarios
from .options import Settings

_FILE = "target.json"
_TIMEOUT_SEC = 30.0


class TargetProblemError(Exception):
    """The target cannot be tested; the text says why and what to do."""


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What the opener tells the other processes.

    ``sandbox_key`` is the throw-away key of an embedded sandbox; a real key stays in the
    environment.
    """

    url: str = ""
    run: str = ""
    """The run's part of every mark; empty where there is a problem."""
    sandbox_key: str = ""
    problem: str = ""
    known: CorpusScenarios = CorpusScenarios()
    notes: tuple[str, ...] = ()


class OpenTarget:
    """A target that this process has opened. Ends its sandbox when it is closed."""

    def __init__(self, opened: _Opened, sandbox: RunningSandbox | None) -> None:
        self.url = opened.url
        self.run = opened.run
        self.problem = opened.problem
        self.notes = opened.notes
        self._sandbox = sandbox

    def close(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()


class Target:
    """A target as tests see it.

    Attributes:
        url: base URL.
        api_key: the key that it takes; it goes into requests and nowhere else.
        run: the run's part of every mark.
        seed: of all that is drawn.
        explore: scenarios to draw for each phase without an end.
        known: what the corpus held when the run began.
        environment: what the target has configured.
        rule_levels: the rules whose level the configuration changed.
        in_flight: scenarios at once in this process.
    """

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        run: str,
        known: CorpusScenarios,
        settings: Settings,
        configuration: Configuration,
        environment: Environment,
        workers: int,
    ) -> None:
        asked = configuration.target
        rps = settings.rps or asked.rps
        if rps is None and not is_loopback(urlsplit(url).hostname or ""):
            rps = POLITE_RPS
        timeout_sec = settings.timeout_sec or asked.timeout_sec or _TIMEOUT_SEC
        self.url = url
        self.api_key = api_key
        self.run = run
        self.seed = settings.seed
        self.explore = settings.explore
        self.known = known
        self.environment = environment
        self.rule_levels = rule_levels_of(settings)
        self.in_flight = asked.in_flight or 4
        plan = Plan(
            url=url,
            environment=environment,
            rule_levels=self.rule_levels,
            rps=rps,
            timeout_sec=timeout_sec,
        )
        self._connections = ExitStack()
        self._engine = self._connections.enter_context(open_engine(plan, api_key, share=workers))

    def __repr__(self) -> str:
        return f"<Target {self.url}>"

    def engine(self) -> Engine:
        """An engine that executes scenarios against this target; all keep one rate together."""
        return self._engine.with_fresh_novelty()

    def close(self) -> None:
        """Closes all connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_settings(settings: Settings) -> None:
    """Looks for everything wrong that can be seen before a test runs.

    Raises:
        pytest.UsageError: with the text for the user.
    """
    try:
        configuration = _configuration(settings)
        _url(settings, configuration)
        environment_of(settings)
    except (ConfigurationError, UnknownFaultError) as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None


def environment_of(settings: Settings) -> Environment:
    """The configured environment; on the sandbox, without a file, the example shop.

    Raises:
        ConfigurationError: the configuration file or the contract version is wrong.
        UnknownFaultError: the sandbox has no such fault.
    """
    configuration = _configuration(settings)
    if settings.config is not None:
        environment = configuration.environment
    elif settings.url:
        environment = Environment()
    else:
        environment = EXAMPLE_ENVIRONMENT
    if settings.contract is not None:
        versions = [version.value for version in ContractVersion]
        if settings.contract not in versions:
            raise ConfigurationError(
                "--cartfuzz-contract", expected=" or ".join(versions), found=settings.contract
            )
        environment = msgspec.structs.replace(
            environment, contract=ContractVersion(settings.contract)
        )
    if settings.config is None:
        for name in settings.faults:
            environment = fault_named(name).environment(environment)
    return environment


def rule_levels_of(settings: Settings) -> Mapping[str, RuleLevel]:
    """The rules of the contract version whose level the configuration changed."""
    known = catalogue(environment_of(settings).contract)
    levels = _configuration(settings).rule_levels
    return {rule: level for rule, level in levels.items() if rule in known}


def open_target(settings: Settings, shared: Path) -> OpenTarget:
    """Starts the sandbox, or looks whether the target answers, and tells the other processes.

    Whatever is wrong is told too, so that it is the tests that fail.
    """
    sandbox: RunningSandbox | None = None
    try:
        configuration = _configuration(settings)
        url = _url(settings, configuration)
        known, notes = known_scenarios(settings, environment_of(settings).contract)
        if url:
            opened = _Opened(url=url, known=known, notes=notes)
        else:
            sandbox = start(environment_of(settings), faults=settings.faults)
            opened = _Opened(url=sandbox.url, sandbox_key=sandbox.api_key, known=known, notes=notes)
        run_id = begin_run(
            opened.url,
            opened.sandbox_key or _key(settings),
            timeout_sec=settings.timeout_sec or configuration.target.timeout_sec or _TIMEOUT_SEC,
        )
        opened = msgspec.structs.replace(opened, run=run_id)
    except (
        ConfigurationError,
        UnknownFaultError,
        SandboxError,
        TargetError,
        CorpusError,
    ) as error:
        opened = _Opened(problem=str(error))
    path = shared / _FILE
    path.touch(mode=0o600)
    path.write_bytes(encode_value(opened))
    return OpenTarget(opened, sandbox)


def read_target(settings: Settings, shared: Path, workers: int) -> Target:
    """The target that was opened in this run, for this process.

    Raises:
        TargetProblemError: it cannot be tested.
    """
    try:
        opened = decode_value((shared / _FILE).read_bytes(), _Opened)
    except FileNotFoundError:
        raise TargetProblemError(
            "expected the target that the controller of pytest-xdist opened, found none; "
            "workers on other machines cannot share a run: use local workers"
        ) from None
    if opened.problem:
        raise TargetProblemError(opened.problem)
    return Target(
        url=opened.url,
        api_key=opened.sandbox_key or _key(settings),
        run=opened.run,
        known=opened.known,
        settings=settings,
        configuration=_configuration(settings),
        environment=environment_of(settings),
        workers=workers,
    )


def _configuration(settings: Settings) -> Configuration:
    return read_configuration(settings.config) if settings.config else Configuration()


def _url(settings: Settings, configuration: Configuration) -> str:
    """The checked URL of a real target; empty: the sandbox is wanted."""
    url = settings.url or configuration.target.url
    if not url:
        return ""
    if settings.faults:
        raise ConfigurationError(
            "--cartfuzz-sandbox-fault",
            expected="no target URL: faults exist in the embedded sandbox only",
            found="a target URL",
        )
    checked = checked_url(
        url, allow_hosts=(*settings.allow_hosts, *configuration.target.allow_hosts)
    )
    _key(settings)
    return checked


def _key(settings: Settings) -> str:
    key = os.environ.get(settings.api_key_env, "")
    if not key:
        raise ConfigurationError(
            "API key",
            expected=f"it in the environment variable {settings.api_key_env}, or another name "
            "with --cartfuzz-api-key-env",
            found="no such variable, or an empty one",
        )
    return key
