"""Reads the target's API key from the one place that a user names for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ...contract import ConfigurationError
from ...wire.spellings import MIN_LENGTH
from ..plan import Plan
from .secret_sources import (
    checked_secret,
    readable_by_others,
    secret_in_file,
    secret_in_keyring,
    secret_in_variable,
)
from .target_guard import is_loopback

_SCHEME = "ApiKey-v1 "
"""What a request has before the key; people copy it along."""
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """Where an API key is read: one of the three is named.

    Attributes:
        variable: an environment variable.
        file: the path of a file.
        keyring: ``SERVICE[/USER]`` in the keyring of the system.
        option: the option that names another variable, for messages.
    """

    variable: str = ""
    file: str = ""
    keyring: str = ""
    option: str = "--api-key-env"

    @classmethod
    def of(cls, plan: Plan, *, option: str = "--api-key-env") -> KeySource:
        """The source that ``plan`` names."""
        return cls(
            variable=plan.api_key_env,
            file=plan.api_key_file,
            keyring=plan.api_key_keyring,
            option=option,
        )

    @property
    def words(self) -> str:
        """For people: ``environment variable SHOP_KEY``, ``file /run/secrets/key``."""
        if self.file:
            return f"file {self.file}"
        if self.keyring:
            return f"keyring entry {self.keyring}"
        return f"environment variable {self.variable}"


def find_api_key(variable: str) -> str | None:
    """The API key in the environment variable ``variable``; None: unset, or nothing but blanks.

    Raises:
        ConfigurationError: it holds a character that no header line can carry, or something was
            copied along with it. The message does not show the key.
    """
    key = secret_in_variable(variable)
    return None if key is None else _alone(key, f"environment variable {variable}")


def read_api_key(source: KeySource, *, url: str) -> str:
    """The API key at ``source``.

    Args:
        source: where it is.
        url: of the target that the key is for.

    Raises:
        ConfigurationError: there is none, or it cannot be one; or it is so short that it cannot be
            taken out of responses, and the target is not loopback.
    """
    key = _key_at(source)
    # On this machine it is the key of a double, and no secret.
    if len(key) < MIN_LENGTH and not is_loopback(urlsplit(url).hostname or ""):
        raise ConfigurationError(
            source.words,
            expected=f"an API key of at least {MIN_LENGTH} characters: a shorter one cannot be "
            "taken out of what the target answers",
            found=f"one of {len(key)} (the key is not shown)",
        )
    return key


def key_notes(key: str, source: KeySource) -> Iterator[str]:
    """What is to be known of a key and its source, each as one line.

    Args:
        key: the key.
        source: where it was read.
    """
    if len(key) < MIN_LENGTH:
        yield (
            f"cartfuzz: the API key in {source.words} is shorter than {MIN_LENGTH} characters: "
            "where the target answers with it, records and reports may show it; use a longer one "
            "if it is a secret"
        )
    if source.file and readable_by_others(Path(source.file)):
        yield (
            f"cartfuzz: other users of this machine can read the API key in {source.file}; "
            f"chmod 600 {source.file}"
        )


def _key_at(source: KeySource) -> str:
    if source.file:
        place = f"API key file {source.file}"
        return _alone(secret_in_file(Path(source.file), where="API key file"), place)
    if source.keyring:
        place = f"API key in the keyring, {source.keyring}"
        return _alone(secret_in_keyring(source.keyring, where="API key in the keyring"), place)
    key = find_api_key(source.variable)
    if key is None:
        raise ConfigurationError(
            source.words,
            expected=f"an API key: set it, or name another variable with {source.option}",
            found="nothing but blanks" if os.environ.get(source.variable) else "no value",
        )
    return key


def _alone(key: str, place: str) -> str:
    """``key``, if nothing was copied along with it."""
    checked_secret(key, place)
    if key.lower().startswith(_SCHEME.lower()) or key[:1] in _QUOTES:
        raise ConfigurationError(
            place,
            expected="the API key alone",
            found=f"{'a quotation mark' if key[:1] in _QUOTES else _SCHEME.strip()!r} before it "
            "(the key is not shown)",
        )
    return key
