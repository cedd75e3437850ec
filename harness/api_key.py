"""Reads the target's API key from the environment, the only place that may hold it."""

from __future__ import annotations

import os

from ..contract import ConfigurationError

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


def read_api_key(variable: str, *, option: str = "--api-key-env") -> str:
    """The API key in the environment variable ``variable``, as `find_api_key` reads it.

    Args:
        variable: its name.
        option: the option that names another variable, for the message.

    Raises:
        ConfigurationError: there is none, or it cannot be one.
    """
    key = find_api_key(variable)
    if key is None:
        raise ConfigurationError(
            f"environment variable {variable}",
            expected=f"an API key: set it, or name another variable with {option}",
            found="nothing but blanks" if os.environ.get(variable) else "no value",
        )
    return key
