"""Holds a run back from hosts that look like production, and from names that mean another machine.

An allowed host may be the wrong one all the same: a name that was copied, or a name of the staging
system that leads to production.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from ...contract import ConfigurationError

_PRODUCTION = frozenset(("prod", "production", "prd", "live"))
_STAGING = frozenset(
    (
        *("staging", "stage", "stg", "test", "testing", "tst", "sandbox", "demo", "dev"),
        *("develop", "development", "qa", "uat", "int", "preprod", "nonprod", "preview", "canary"),
    )
)
_NEGATED = re.compile(r"(?:pre|non|not)[-_]?(?:prod|production|prd|live)")
_TOKENS = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
PRODUCTION_OPTION = "--i-know-this-is-production"
_IN_PYTEST = "--cartfuzz-i-know-this-is-production"
_ENGINE = "talon.one"
"""Every deployment of the engine's own hosting is below it, production ones too."""

Resolve = Callable[[str], tuple[set[str], str]]
"""The addresses of a host, and its canonical name; raises `OSError` where it has none."""


def production_words(host: str) -> str:
    """Why ``host`` looks like production; empty: it does not."""
    name = host.lower().rstrip(".")
    words = set(_TOKENS.split(_NEGATED.sub(" ", name)))
    found = sorted(words & _PRODUCTION)
    if found:
        return f'"{found[0]}" is a part of its name'
    is_staging = bool(words & _STAGING) or bool(_NEGATED.search(name))
    if (name == _ENGINE or name.endswith(f".{_ENGINE}")) and not is_staging:
        return f"it is a deployment at {_ENGINE} whose name does not say that it is for tests"
    return ""


def resolved(host: str) -> tuple[set[str], str]:
    """The addresses of ``host``, and its canonical name.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    names = [canonical for *_, canonical, _ in found if canonical]
    return {str(address[0]) for *_, address in found}, names[0] if names else host


def check_host(url: str, *, intended: str | None, resolve: Resolve = resolved) -> None:
    """Refuses a target that looks like production, unless its host is the ``intended`` one.

    A host that cannot be resolved is left to the check that follows, which names that.

    Args:
        url: of the target.
        intended: the host of which the user says that it is production; None: of none.
        resolve: looks a host up.

    Raises:
        ConfigurationError: the host, or the one that its name leads to, looks like production; a
            name of this machine leads elsewhere; or the address is link-local.
    """
    host = urlsplit(url).hostname or ""
    if intended is not None and intended.lower() != host:
        raise ConfigurationError(
            PRODUCTION_OPTION, expected=f"the host of the target, {host}", found=f'"{intended}"'
        )
    addresses, canonical = _looked_up(host, resolve)
    _check_addresses(host, addresses)
    reason = production_words(host) or _led_to_production(host, canonical)
    if reason and intended is None:
        raise ConfigurationError(
            "target host",
            expected=f"a system for tests, or {PRODUCTION_OPTION} {host} if it is meant (in pytest "
            f"{_IN_PYTEST} {host}): closing sessions redeems coupons and counts towards budgets",
            found=f"{host}: {reason}",
        )


def _looked_up(host: str, resolve: Resolve) -> tuple[set[str], str]:
    """The addresses of a host, and its canonical name; none where it cannot be resolved."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            return resolve(host)
        except OSError:
            return set(), host
    return {host}, host


def _check_addresses(host: str, addresses: set[str]) -> None:
    for text in sorted(addresses):
        address = ipaddress.ip_address(text.partition("%")[0])
        if host == "localhost" and not address.is_loopback:
            raise ConfigurationError(
                "target host",
                expected="localhost to be this machine",
                found=f"the address {text}; name the host that is meant",
            )
        if address.is_link_local:
            raise ConfigurationError(
                "target host",
                expected="the address of a server",
                found=f"{text}, a link-local address, where clouds keep the secrets of a machine",
            )


def _led_to_production(host: str, canonical: str) -> str:
    """Why the name that ``host`` stands for looks like production; empty: it does not.

    A staging name that leads to the engine's hosting is what one expects of it.
    """
    name = canonical.lower().rstrip(".")
    reason = "" if name in (host, "localhost") or name.endswith(_ENGINE) else production_words(name)
    return reason and f"it leads to {canonical}, and {reason}"
