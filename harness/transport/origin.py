"""Where a target listens, and the way there."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...record.target_access import DIRECT, PROXY_AUTHORIZATION, TargetAccess
from .tls import tls_context

_HTTP_PORT = 80
_HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target listens, and the way there."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    host_line: str
    """The value of the Host line."""
    base_path: str
    """What comes before the path of each request: empty, or the path of the base URL; through a
    proxy without a tunnel also scheme and host before it."""
    proxy: tuple[str, int] | None = None
    """Host and port of the proxy; None: there is none."""
    tunnel: bytes = b""
    """What makes the proxy open a tunnel; empty: it gets the requests themselves."""

    @classmethod
    def of(
        cls, base_url: str, access: TargetAccess = DIRECT, *, proxy_authorization: str = ""
    ) -> Origin:
        """The origin of an http or https URL, perhaps with a base path.

        Args:
            base_url: the URL.
            access: the way to it.
            proxy_authorization: the value of the header line for its proxy; empty: none.

        Raises:
            ConfigurationError: a file that ``access`` names cannot be used.
        """
        parts = urlsplit(base_url)
        tls = tls_context(access) if parts.scheme == "https" else None
        host = parts.hostname or ""
        port = parts.port or (_HTTPS_PORT if tls else _HTTP_PORT)
        host_line = parts.netloc.rpartition("@")[2]
        through = urlsplit(access.proxy) if access.proxy else None
        whole = f"http://{host_line}" if through is not None and tls is None else ""
        tunnelled = through is not None and tls is not None
        return cls(
            host=host,
            port=port,
            tls=tls,
            host_line=host_line,
            base_path=whole + parts.path.rstrip("/"),
            proxy=(through.hostname or "", through.port or _HTTP_PORT) if through else None,
            tunnel=_connect_request(host, port, proxy_authorization) if tunnelled else b"",
        )


def split_proxy_authorization(
    access: TargetAccess, headers: Sequence[tuple[str, str]]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The value of the line for the proxy, and the lines for the target.

    Where there is no proxy of our own, such a line is meant for a gate: it goes to the target.
    """
    if not access.proxy:
        return "", tuple(headers)
    name = PROXY_AUTHORIZATION.lower()
    value = next((value for one, value in headers if one.lower() == name), "")
    return value, tuple(line for line in headers if line[0].lower() != name)


def _connect_request(host: str, port: int, authorization: str) -> bytes:
    name = f"[{host}]" if ":" in host else host
    lines = [f"CONNECT {name}:{port} HTTP/1.1", f"Host: {name}:{port}"]
    if authorization:
        lines.append(f"{PROXY_AUTHORIZATION}: {authorization}")
    return "\r\n".join((*lines, "", "")).encode()
