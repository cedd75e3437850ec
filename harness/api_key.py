"""Reads the target's API key from the environment, the only place that may hold it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ..contract import ConfigurationError
from ..wire.spellings import MIN_LENGTH
from .target_guard import is_loopback

_SCHEME = "ApiKey-v1 "
"""What a request has before the key; people copy it along."""
_QUOTES = ("'", '"')


def find_api_key(variable: str) -> str | None:
    """The API key in the environment variable ``variable``; None: unset, or nothing but blanks.

    Blanks and line feeds around the key are left out: mounted secrets often end with one, and in
    a header line it would end the line.

    Raises:
        ConfigurationError: it holds a character that no header line can carry, or something was
            copied along with it. The message does not show the key.
    """
    key = os.environ.get(variable, "").strip()
    if not key.isprintable():
        raise ConfigurationError(
            f"environment variable {variable}",
            expected="an API key: one line of printable characters",
            found="another character in it (the key is not shown)",
        )
    if key.lower().startswith(_SCHEME.lower()) or key[:1] in _QUOTES:
        raise ConfigurationError(
            f"environment variable {variable}",
            expected="the API key alone",
            found=f"{'a quotation mark' if key[:1] in _QUOTES else _SCHEME.strip()!r} before it "
            "(the key is not shown)",
        )
    return key or None


def read_api_key(variable: str, *, url: str, option: str = "--api-key-env") -> str:
    """The API key in the environment variable ``variable``, as `find_api_key` reads it.

    Args:
        variable: its name.
        url: of the target that the key is for.
        option: the option that names another variable, for the message.

    Raises:
        ConfigurationError: there is none, or it cannot be one; or it is so short that it cannot be
            taken out of responses, and the target is not loopback.
    """
    key = find_api_key(variable)
    if key is None:
        raise ConfigurationError(
            f"environment variable {variable}",
            expected=f"an API key: set it, or name another variable with {option}",
            found="nothing but blanks" if os.environ.get(variable) else "no value",
        )
    # On this machine it is the key of a double, and no secret.
    if len(key) < MIN_LENGTH and not is_loopback(urlsplit(url).hostname or ""):
        raise ConfigurationError(
            f"environment variable {variable}",
            expected=f"an API key of at least {MIN_LENGTH} characters: a shorter one cannot be "
            "taken out of what the target answers",
            found=f"one of {len(key)} (the key is not shown)",
        )
    return key


def short_key_note(key: str, variable: str) -> str:
    """What is to be known of a key of less than `MIN_LENGTH` characters; empty: it is long."""
    if len(key) >= MIN_LENGTH:
        return ""
    return (
        f"cartfuzz: the API key in {variable} is shorter than {MIN_LENGTH} characters: where "
        "the target answers with it, records and reports may show it; use a longer one if it is a "
        "secret"
    )
