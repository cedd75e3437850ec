"""Decides which targets may be tested, so that nobody sends load to a server by mistake."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from ..contract import ConfigurationError
from .url_words import host_words, url_words

_IPV6 = 6
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


def checked_url(url: str, *, allow_hosts: Collection[str], option: str = "--allow-host") -> str:
    """``url`` as a base URL without a slash at its end, if it may be tested.

    Args:
        url: what the user wrote.
        allow_hosts: the hosts besides loopback that the user named as targets.
        option: the option that names one, for the message.

    Raises:
        ConfigurationError: it is not an HTTP URL, holds credentials, or its host was not allowed;
            or something in ``allow_hosts`` is no host.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
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
    for allowed in allow_hosts:
        if not _is_host(allowed):
            raise ConfigurationError(
                option,
                expected="the name of a host, without scheme, port and path",
                found=host_words(allowed),
            )
    if not is_loopback(host) and host not in {name.lower() for name in allow_hosts}:
        raise ConfigurationError(
            "target host",
            expected=f"permission to send load to {host}: add {option} {host}",
            found="a host that is not loopback and was not named",
        )
    return url.rstrip("/")
