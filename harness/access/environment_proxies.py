"""The proxies that environment variables name; a run uses them only where the user asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from ...record.target_access import TargetAccess
from .target_guard import is_loopback


def environment_proxy(url: str) -> tuple[str, str] | None:
    """Variable and URL of the proxy that the environment names for ``url``; None: it names none.

    The lower-case spelling counts first, as curl has it. NO_PROXY is obeyed.
    """
    parts = urlsplit(url)
    for variable in _variables(parts.scheme):
        if value := os.environ.get(variable):
            return None if _is_excepted(parts.hostname or "", parts.netloc) else (variable, value)
    return None


def _variables(scheme: str) -> Iterator[str]:
    for name in (f"{scheme}_proxy", "all_proxy"):
        yield name
        yield name.upper()


def _is_excepted(host: str, netloc: str) -> bool:
    """Whether NO_PROXY names the host: itself, a domain that it is in, or ``*``."""
    excepted = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    names = (name.strip().lstrip(".").lower() for name in excepted.split(","))
    return any(
        name in ("*", host, netloc.lower()) or host.endswith(f".{name}") for name in names if name
    )


def ignored_proxy(url: str, access: TargetAccess) -> str:
    """A sentence about a proxy of the environment that was not used for ``url``; empty: none."""
    if access.proxy or is_loopback(urlsplit(url).hostname or ""):
        return ""
    found = environment_proxy(url)
    if found is None:
        return ""
    return f"{found[0]} is set and was not used: --proxy env uses it"
