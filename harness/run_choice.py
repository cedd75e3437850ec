"""Chooses between the keys of ``[run]`` and the options of a run: an option counts first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..contract import ConfigurationError, Traffic
from .durations import seconds_of
from .listening_address import address_of, address_text
from .plan import DEFAULT_MAX_RECORD, DEFAULT_TRIAGE_SEC, RecordPolicy
from .run_settings import BOUNDS, LogFormat, RunSettings
from .sizes import bytes_of, size_text

_DURATIONS = ("duration", "until_quiet", "minimise_time")
_PATHS = ("baseline", "report_dir", "status_file", "log_file", "metrics_file")
_DEFAULTS: Mapping[str, Any] = {
    "record": RecordPolicy.FAILURES,
    "max_record": size_text(DEFAULT_MAX_RECORD),
    "minimise_time": f"{DEFAULT_TRIAGE_SEC:g}s",
    "log_format": LogFormat.JSON,
}
"""What counts where neither an option nor a key is given, as a key has it."""
UNTIL = "until"
"""The option that bounds a run and has no key."""


def located(place: str, folder: Path) -> str:
    """A path of a file as seen from here; ``-`` and a URL as they are."""
    return place if place == "-" or "://" in place else str(folder / place)


def option_values(
    run: RunSettings, folder: Path, *, given: Collection[str]
) -> Mapping[str, object]:
    """What the options of the same names would be, of the keys that count.

    Args:
        run: the keys.
        folder: that paths are relative to.
        given: the names of the options that the user gave, ``until`` among them.

    Returns:
        Seconds for times, bytes for sizes, `Path`, host and port; by the names of the keys.
    """
    return {
        name: _option_value(name, value, folder)
        for name, value in _counting(run, given).items()
        if value not in (None, ())
    }


def shown_values(
    run: RunSettings, folder: Path, *, given: Mapping[str, object]
) -> Mapping[str, Any]:
    """All keys with what counts, as values of a configuration file.

    Args:
        run: the keys.
        folder: that paths are relative to.
        given: the options that the user gave, by the names of the keys and ``until``.
    """
    keys = _counting(run, given)
    values = {}
    for name in RunSettings.__struct_fields__:
        if name in given:
            value = _key_value(name, given[name])
        elif (value := keys.get(name)) is None:
            value = _DEFAULTS.get(name)
        elif name in (*_PATHS, "corpus"):
            value = located(value, folder)
        values[name] = msgspec.to_builtins(value)
    return values


def check_cleaning(clean: bool, traffic: Traffic, *, origin: str) -> None:
    """Refuses a run that is to clean and may not.

    Args:
        clean: whether sessions are cancelled at the end of the run.
        traffic: what the run may send.
        origin: where ``clean`` was written, for the message.

    Raises:
        ConfigurationError: updates may not be sent.
    """
    if clean and traffic is not Traffic.ALL:
        raise ConfigurationError(
            f"{origin} cancels sessions, which takes real updates",
            expected="a run that may send them",
            found=f"one that is restricted to {traffic.value}",
        )


def _counting(run: RunSettings, given: Collection[str]) -> Mapping[str, Any]:
    """The keys that count: none that an option gives, and no bound where an option bounds;
    each format of a report once."""
    bounded = any(name in given for name in (*BOUNDS, UNTIL))
    return {
        name: tuple(dict.fromkeys(value)) if name == "report" else value
        for name in RunSettings.__struct_fields__
        for value in [getattr(run, name)]
        if name not in given and not (bounded and name in BOUNDS)
    }


def _option_value(name: str, value: Any, folder: Path) -> object:
    if name in _DURATIONS:
        return seconds_of(value)
    if name in _PATHS:
        return Path(located(value, folder))
    if name == "corpus":
        return located(value, folder)
    if name == "max_record":
        return bytes_of(value)
    if name == "metrics_port":
        return address_of(value)
    return value


def _key_value(name: str, value: Any) -> object:
    """The value of an option as its key has it."""
    if name in _DURATIONS:
        return f"{value:g}s"
    if name in _PATHS:
        return str(value)
    if name == "max_record":
        return size_text(value)
    if name == "metrics_port":
        return address_text(value)
    return value
