"""Decides which targets may be tested, so that nobody sends load to a server by mistake."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from ...contract import ConfigurationError
from .url_words import host_words, url_words

_IPV6 = 6
_MAX_PORT = 65_535
_HOST_PORT = re.compile(
    r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?"
)
POLITE_RPS = 20.0
"""Requests per second to a target that is not loopback, unless the user sets a rate."""


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this machine; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_to_allow(url: str) -> tuple[str, ...]:
    """What ``--allow-host`` takes to send to ``url``; nothing for loopback.

    A URL without a port allows all ports of its host, as people write it.

    Args:
        url: of `checked_url`.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or is_loopback(host):
        return ()
    if parts.port is None:
        return (host,)
    name = f"[{host}]" if ":" in host else host
    return (f"{name}:{parts.port}",)


def _is_host(text: str) -> bool:
    """Whether ``text`` can be the name or the address of a host, and nothing else."""
    if any(char in text for char in "/@?#[]") or not text.strip():
        return False
    if ":" not in text:
        return True
    try:
        return ipaddress.ip_address(text).version == _IPV6
    except ValueError:
        return False


def _allowed(text: str) -> tuple[str, int | None] | None:
    """Host and port that ``text`` allows; port None: all; None: ``text`` names no host.

    An IPv6 address with a port is in brackets, as in a URL.
    """
    if _is_host(text):
        return text.lower(), None
    found = _HOST_PORT.fullmatch(text)
    if found is None:
        return None
    host = found["address"] or found["name"]
    port = int(found["port"] or 0) or None
    is_right = _is_host(host) and (":" in host) == bool(found["address"])
    is_right &= port is not None if found["port"] else bool(found["address"])
    return (host.lower(), port) if is_right and (port or 0) <= _MAX_PORT else None


def checked_hosts(hosts: Collection[str], *, where: str) -> set[tuple[str, int | None]]:
    """Host and port of each of ``hosts``; port None: all.

    Args:
        hosts: ``HOST`` or ``HOST:PORT`` each.
        where: the option or key, for the message.

    Raises:
        ConfigurationError: something in ``hosts`` is no host.
    """
    permitted = set()
    for text in hosts:
        allowed = _allowed(text)
        if allowed is None:
            raise ConfigurationError(
                where,
                expected="HOST or HOST:PORT, without scheme and path",
                found=host_words(text),
            )
        permitted.add(allowed)
    return permitted


def checked_url(url: str, *, allow_hosts: Collection[str], option: str = "--allow-host") -> str:
    """``url`` as a base URL without a slash at its end, if it may be tested.

    Args:
        url: what the user wrote.
        allow_hosts: the hosts besides loopback that the user named as targets: ``HOST`` with all
            its ports, or ``HOST:PORT``.
        option: the option that names one, for the message.

    Raises:
        ConfigurationError: it is not an HTTP URL, holds credentials, or its host was not allowed;
            or something in ``allow_hosts`` is no host.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        # Its text repeats what is in the place of the port, which may be a password.
        raise ConfigurationError(
            "target URL",
            expected="http://HOST[:PORT] or https://HOST[:PORT], with a number as the port",
            found=url_words(url),
        ) from None
    if "@" in url:
        raise ConfigurationError(
            "target URL",
            expected="no user name or password in it (the key has a variable, a file or a keyring)",
            found="a URL with credentials",
        )
    if parts.scheme not in ("http", "https") or not host or not url.isprintable():
        raise ConfigurationError(
            "target URL", expected="http://HOST[:PORT] or https://HOST[:PORT]", found=url_words(url)
        )
    if parts.query or parts.fragment:
        raise ConfigurationError(
            "target URL", expected="a base URL without ? and #", found=url_words(url)
        )
    permitted = checked_hosts(allow_hosts, where=option)
    port = port or (443 if parts.scheme == "https" else 80)
    if not is_loopback(host) and permitted.isdisjoint({(host, None), (host, port)}):
        raise ConfigurationError(
            "target host",
            expected=f"permission to send load to {host}: add {option} {host}",
            found="a host that is not loopback and was not named, or another port of it",
        )
    return url.rstrip("/")
