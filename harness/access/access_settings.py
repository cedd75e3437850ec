"""The options that say how a target is reached; `cartfuzz.harness.access.access_choice` reads them.

Standard library only, as `cartfuzz.harness.settings`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """The options as they were written; None or empty: not given.

    Attributes:
        transport: a value of `cartfuzz.record.target_access.TransportKind`.
        header: ``Name: value``, several.
        header_env: ``Name=VARIABLE``, several.
        header_file: ``Name=PATH``, several.
        api_key_header: the name of the header line for the API key.
        basic_auth_env: the variable that holds ``USER:PASSWORD`` for a gate before the target.
        basic_auth_header: the name of the header line for that.
        cacert: a file of certificate authorities.
        client_cert: a file with a certificate.
        client_key: a file with its private key.
        proxy: the URL of a proxy, or ``env``.
        proxy_auth_env: the variable that holds ``USER:PASSWORD`` for the proxy.
        insecure: whether any certificate of the target is accepted.
    """

    transport: str | None = None
    header: tuple[str, ...] = ()
    header_env: tuple[str, ...] = ()
    header_file: tuple[str, ...] = ()
    api_key_header: str | None = None
    basic_auth_env: str | None = None
    basic_auth_header: str | None = None
    cacert: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None
    proxy_auth_env: str | None = None
    insecure: bool = False


NO_ACCESS_OPTIONS = AccessSettings()
