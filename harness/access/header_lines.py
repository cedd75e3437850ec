"""Checks header lines that a user adds to all requests."""

from __future__ import annotations

import re

from ...contract import ConfigurationError
from ...record.target_access import AUTHORIZATION

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
"""A name of a header line (RFC 9110, 5.6.2)."""
_OWN = frozenset(
    (
        "accept", "accept-encoding", "connection", "content-length", "content-type", "expect",
        "host", "keep-alive", "te", "trailer", "traceparent", "transfer-encoding", "upgrade",
        "user-agent", "x-cartfuzz",
    )
)  # fmt: skip
_SECRET_NAME = re.compile(
    r"auth|cookie|token|secret|(?<!idempotency-)(?<!idempotency_)key(?!board|word)|passw"
    r"|credential|session|signature|jwt",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"(?:basic|bearer|apikey-v1|digest|negotiate) |eyJ", re.IGNORECASE)
_MAX_VALUE = 8_000


def checked_name(where: str, name: str, *, key_header: str = AUTHORIZATION) -> str:
    """``name`` if a user may set the header line of that name.

    Args:
        where: the option or key, for messages.
        name: what the user wrote.
        key_header: the name of the line with the API key.

    Raises:
        ConfigurationError: it is no name, or Cartfuzz sets the line itself.
    """
    if not _TOKEN.fullmatch(name):
        raise ConfigurationError(
            where,
            expected="the name of a header line: letters, digits and hyphens",
            found=f"a text of {len(name)} characters" if name else "an empty name",
        )
    if name.lower() == key_header.lower():
        raise ConfigurationError(
            where,
            expected=f"another line than {name}, which holds the API key (a request has one such "
            "line; where something before the target wants it, have the API key sent in another "
            "one with api_key_header)",
            found=name,
        )
    if name.lower() in _OWN:
        raise ConfigurationError(
            where, expected="a line that Cartfuzz does not set itself", found=name
        )
    return name


def checked_value(where: str, value: str) -> str:
    """``value`` without the blanks around it, if a header line can hold it; it is never shown.

    Raises:
        ConfigurationError: it cannot.
    """
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable():
        found = "another character in it (the value is not shown)" if value else "an empty value"
        raise ConfigurationError(where, expected="printable characters of ASCII", found=found)
    if len(value) > _MAX_VALUE:
        raise ConfigurationError(
            where, expected=f"at most {_MAX_VALUE} characters", found=f"{len(value)}"
        )
    return value


def refuse_secret(where: str, name: str, value: str, *, instead: str) -> None:
    """Refuses a line that looks like a secret where others can read it.

    Args:
        where: the option or key, for the message.
        name: of the line.
        value: of the line; not shown.
        instead: how to give it.

    Raises:
        ConfigurationError: name or value look like a secret.
    """
    if _SECRET_NAME.search(name) or _SECRET_VALUE.match(value):
        raise ConfigurationError(
            where,
            expected=f"no secret, since command lines and configuration files are kept and read "
            f"by others; {instead}",
            found=f"the line {name}, which looks like one (its value is not shown)",
        )
