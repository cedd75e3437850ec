"""What shows a run to machines, as its options ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from typing import Protocol

import msgspec

from ..analysis import RunState
from ..contract import ConfigurationError
from ..harness.plan import Plan
from ..harness.run_settings import LogFormat
from .listener import Listener, Listeners
from .numbers import NumbersOfRun
from .open_telemetry_variables import check_variables, traced_share
from .run_log import STANDARD_ERROR, RunLog
from .status_tracker import StatusTracker


class _GivenOptions(Protocol):
    """The values of the options."""

    @property
    def log_file(self) -> Path | None: ...
    @property
    def log_format(self) -> str: ...
    @property
    def metrics_file(self) -> Path | None: ...
    @property
    def metrics_port(self) -> tuple[str, int] | None: ...
    @property
    def otel(self) -> bool: ...


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """How a run is shown to machines."""

    log_file: Path | None = None
    log_format: LogFormat = LogFormat.JSON
    metrics_file: Path | None = None
    metrics_port: tuple[str, int] | None = None
    otel: bool = False
    named: Callable[[str], str] = field(default=_option, repr=False, compare=False)
    """What messages call an option, by the name of its value."""

    @classmethod
    def of(cls, options: _GivenOptions, *, named: Callable[[str], str] = _option) -> Telemetry:
        """That of ``options``, which was checked.

        Args:
            options: what the user asked for.
            named: what messages call an option, by the name of its value.

        Raises:
            ConfigurationError: a file cannot be written, an extra is missing, or a variable of
                OpenTelemetry cannot be followed.
        """
        if options.log_file is not None and options.log_file != STANDARD_ERROR:
            _check_file(named("log_file"), options.log_file)
        if options.metrics_file is not None:
            _check_file(named("metrics_file"), options.metrics_file)
        if options.metrics_file is not None or options.metrics_port is not None:
            name = "metrics_file" if options.metrics_file is not None else "metrics_port"
            _check_extra("prometheus", named(name))
        if options.otel:
            check_variables(os.environ)
            _check_extra("open_telemetry", named("otel"))
        return cls(
            log_file=options.log_file,
            log_format=LogFormat(options.log_format),
            metrics_file=options.metrics_file,
            metrics_port=options.metrics_port,
            otel=options.otel,
            named=named,
        )

    def plan(self, plan: Plan, *, traceparent: bool | None) -> Plan:
        """``plan`` with what the listeners need.

        Args:
            plan: of the run.
            traceparent: what the user asked for; None: nothing.
        """
        if not self.otel:
            return plan
        return msgspec.structs.replace(
            plan,
            request_times=True,
            traced_share=traced_share(os.environ),
            traceparent=traceparent is not False,
        )

    def listeners(self, tracker: StatusTracker, state: RunState) -> Listeners:
        """What follows the run; nothing has been sent yet.

        Args:
            tracker: takes in each event before the listeners do.
            state: as well.

        Raises:
            ConfigurationError: a file or a port cannot be used.
        """
        numbers = NumbersOfRun(tracker, state)
        found: list[Listener] = []
        try:
            found.extend(self._listeners(numbers, state))
        except ConfigurationError as error:
            for one in found:
                one.not_started(str(error))
                one.close()
            raise
        return Listeners((numbers, *found) if found else ())

    def _listeners(self, numbers: NumbersOfRun, state: RunState) -> Iterator[Listener]:
        if self.log_file is not None:
            yield RunLog(
                self.log_file,
                self.log_format,
                state=state,
                numbers=numbers,
                option=self.named("log_file"),
            )
        if self.metrics_file is not None or self.metrics_port is not None:
            yield _module("prometheus").PrometheusListener(
                numbers,
                address=self.metrics_port,
                file=self.metrics_file,
                option=self.named("metrics_port"),
            )
        if self.otel:
            yield _module("open_telemetry").OpenTelemetryListener(
                numbers, version=metadata.version("cartfuzz"), environment=os.environ
            )


NO_TELEMETRY = Telemetry()
_EXTRAS = {"prometheus": "prometheus", "open_telemetry": "otel"}
"""By module, the extra that it takes."""


def _module(name: str) -> ModuleType:
    """A module of this package that takes an extra."""
    return import_module(f".{name}", __package__)


def _check_extra(module: str, option: str) -> None:
    """Refuses an option whose extra is not installed.

    Raises:
        ConfigurationError: naming the extra.
    """
    try:
        _module(module)
    except ModuleNotFoundError as error:
        extra = _EXTRAS[module]
        raise ConfigurationError(
            option,
            expected=f"pip install 'cartfuzz[{extra}]'",
            found=f"no module {error.name}",
        ) from None


def _check_file(option: str, path: Path) -> None:
    found = "a folder" if path.is_dir() else "" if path.parent.is_dir() else "no such folder"
    if str(path) == "-":
        found = "-, which stands for no file here"
    if found:
        raise ConfigurationError(
            f"{option} {path}", expected="a file in a folder that is there", found=found
        )
