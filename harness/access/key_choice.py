"""Chooses where the API key is read: an option before the configuration file, both before the
usual environment variable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...contract import ConfigurationError
from ..settings import API_KEY_VARIABLE, Settings
from ..target_settings import TargetSettings
from .secret_sources import DEFAULT_KEYRING_USER


class KeyPlace(NamedTuple):
    """Where an API key is read: a variable, a file by its absolute path, or an entry of the
    keyring, ``SERVICE/USER``; the others are empty."""

    variable: str = ""
    file: str = ""
    keyring: str = ""


def chosen_place(settings: Settings, target: TargetSettings, config: Path | None) -> KeyPlace:
    """Where the API key of a target is read.

    Args:
        settings: the options.
        target: the table ``[target]``.
        config: the configuration file; a path in it is relative to its folder.

    Raises:
        ConfigurationError: two places are named at once.
    """
    is_named = settings.api_key_env != API_KEY_VARIABLE
    given = KeyPlace(
        settings.api_key_env if is_named else "",
        str(settings.api_key_file.absolute()) if settings.api_key_file else "",
        _entry(settings.api_key_keyring),
    )
    if any(given):
        return _one(given, [settings.option(f"api-key-{kind}") for kind in _KINDS])
    folder = config.parent if config else Path()
    configured = KeyPlace(
        variable=target.api_key_env or "",
        file=str((folder / target.api_key_file).absolute()) if target.api_key_file else "",
        keyring=_entry(target.api_key_keyring),
    )
    if any(configured):
        return _one(configured, [f"target.api_key_{kind}" for kind in _KINDS])
    return KeyPlace(settings.api_key_env)


_KINDS = ("env", "file", "keyring")


def _entry(named: str | None) -> str:
    """``SERVICE/USER``, so that a record says both; empty: none is named."""
    service, _, user = (named or "").partition("/")
    return f"{service}/{user or DEFAULT_KEYRING_USER}" if service else ""


def _one(place: KeyPlace, names: Sequence[str]) -> KeyPlace:
    named = [name for name, value in zip(names, place, strict=True) if value]
    if len(named) > 1:
        raise ConfigurationError(
            named[0],
            expected="one place for the API key: leave all but one out",
            found=" and ".join(named),
        )
    return place
