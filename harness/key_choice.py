"""Chooses where the API key is read: an option before the configuration file, both before the
usual environment variable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..contract import ConfigurationError
from .configuration import TargetSettings
from .settings import API_KEY_VARIABLE, Settings


class KeyPlace(NamedTuple):
    """Where an API key is read: a variable, a file by its absolute path, or an entry of the
    keyring; the others are empty."""

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
        settings.api_key_keyring or "",
    )
    if any(given):
        return _one(given, [settings.option(f"api-key-{kind}") for kind in _KINDS])
    folder = config.parent if config else Path()
    configured = KeyPlace(
        file=str((folder / target.api_key_file).absolute()) if target.api_key_file else "",
        keyring=target.api_key_keyring or "",
    )
    if any(configured):
        return _one(configured, [f"target.api_key_{kind}" for kind in _KINDS])
    return KeyPlace(settings.api_key_env)


_KINDS = ("env", "file", "keyring")


def _one(place: KeyPlace, names: Sequence[str]) -> KeyPlace:
    named = [name for name, value in zip(names, place, strict=True) if value]
    if len(named) > 1:
        raise ConfigurationError(
            named[0],
            expected="one place for the API key: leave all but one out",
            found=" and ".join(named),
        )
    return place
