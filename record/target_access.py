"""How a target is reached, as far as it is no secret: part of a plan and of the record."""

from __future__ import annotations

from enum import StrEnum

import msgspec

AUTHORIZATION = "Authorization"
PROXY_AUTHORIZATION = "Proxy-Authorization"


class TransportKind(StrEnum):
    """What sends ordinary requests."""

    SOCKETS = "sockets"
    """Sockets of Cartfuzz: fast, and the bytes go out as they were drawn."""
    REQUESTS = "requests"
    """The library `requests`."""


class SecretLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A header line with a secret value: its name, and where the value is read."""

    name: str
    variable: str = ""
    """An environment variable; empty: ``file`` holds it."""
    file: str = ""
    """An absolute path; empty: ``variable`` holds it."""
    basic: bool = False
    """Whether ``USER:PASSWORD`` is read, which the line then holds as basic authentication."""


class TargetAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How requests get to a target. The defaults: straight, with nothing but the API key."""

    transport: TransportKind = TransportKind.SOCKETS
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines that go with each request, as name and value; none is a secret."""
    secret_headers: tuple[SecretLine, ...] = ()
    """Further such lines, whose values are secret."""
    api_key_header: str = AUTHORIZATION
    """The name of the header line that holds the API key."""
    cacert: str = ""
    """A file of certificate authorities that are trusted in place of all others; empty: those of
    the machine and of `certifi`, or of the environment."""
    client_cert: str = ""
    """A file with the certificate that Cartfuzz shows to the target; empty: none."""
    client_key: str = ""
    """The file with its private key; empty: it is in ``client_cert``."""
    proxy: str = ""
    """``http://HOST:PORT`` of a proxy, without credentials; empty: none."""
    proxy_login: SecretLine | None = None
    """Where the user name and the password for the proxy are read; None: it wants none."""
    insecure: bool = False
    """Whether any certificate of the target is accepted."""


DIRECT = TargetAccess()
