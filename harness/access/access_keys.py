"""The keys of the table ``[target]`` that say how the target is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from ...record.target_access import TargetAccess

_Text = Annotated[str, msgspec.Meta(description="a text")]
_Path = Annotated[str, msgspec.Meta(description="a path")]
_Variable = Annotated[str, msgspec.Meta(description="the name of an environment variable")]


class AccessKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the options of the same names mean. Paths are relative to the file's folder."""

    transport: Annotated[str, msgspec.Meta(description="sockets or requests")] | None = None
    headers: Mapping[str, _Text] = {}
    """By name, the values of header lines that are no secrets."""
    header_env: Mapping[str, _Variable] = {}
    """By name of a header line, the variable that holds its value."""
    header_file: Mapping[str, _Path] = {}
    """By name of a header line, the file that holds its value."""
    api_key_header: Annotated[str, msgspec.Meta(description="the name of a header line")] | None = (
        None
    )
    basic_auth_env: _Variable | None = None
    basic_auth_file: _Path | None = None
    basic_auth_header: (
        Annotated[str, msgspec.Meta(description="the name of a header line")] | None
    ) = None
    cacert: _Path | None = None
    client_cert: _Path | None = None
    client_key: _Path | None = None
    proxy: Annotated[str, msgspec.Meta(description="http://HOST:PORT or env")] | None = None
    proxy_auth_env: _Variable | None = None
    proxy_auth_file: _Path | None = None
    insecure: Annotated[bool, msgspec.Meta(description="true or false")] = False


def keys_of(access: TargetAccess) -> AccessKeys:
    """The keys that lead to ``access``, which a run recorded."""
    plain = [line for line in access.secret_headers if not line.basic]
    basic = next((line for line in access.secret_headers if line.basic), None)
    login = access.proxy_login
    return AccessKeys(
        transport=access.transport.value,
        headers=dict(access.headers),
        header_env={line.name: line.variable for line in plain if line.variable},
        header_file={line.name: line.file for line in plain if line.file},
        api_key_header=access.api_key_header,
        basic_auth_env=(basic and basic.variable) or None,
        basic_auth_file=(basic and basic.file) or None,
        basic_auth_header=basic.name if basic else None,
        cacert=access.cacert or None,
        client_cert=access.client_cert or None,
        client_key=access.client_key or None,
        proxy=access.proxy or None,
        proxy_auth_env=(login and login.variable) or None,
        proxy_auth_file=(login and login.file) or None,
        insecure=access.insecure,
    )
