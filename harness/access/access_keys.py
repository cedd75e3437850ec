"""The keys of the table ``[target]`` that say how the target is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from ...contract.about import About
from ...record.target_access import TargetAccess, TransportKind

_Text = Annotated[str, msgspec.Meta(description="a text")]
NOT_BLANK = r"\S"
"""An empty path would be the folder of the file."""
FilePath = Annotated[
    str,
    msgspec.Meta(min_length=1, pattern=NOT_BLANK, description="a path", extra={"path": True}),
]
"""In a file, relative to its folder; in a variable or an option, to the current one."""
VariableName = Annotated[str, msgspec.Meta(description="the name of an environment variable")]
_HeaderName = Annotated[str, msgspec.Meta(description="the name of a header line")]
_ProxyUrl = Annotated[str, msgspec.Meta(description="http://HOST:PORT or env")]


class AccessKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the options of the same names mean. Paths are relative to the file's folder."""

    transport: Annotated[
        TransportKind | None, About("What sends ordinary requests.", default='`"sockets"`')
    ] = None
    headers: Annotated[
        Mapping[str, _Text],
        About(
            "Header lines for each request, by name; no secrets.",
            default="none",
            example='{ X-Tenant = "blue" }',
        ),
    ] = {}
    header_env: Annotated[
        Mapping[str, VariableName],
        About(
            "Header lines, by name, whose values are in environment variables.",
            default="none",
            example='{ X-Gate = "GATE_TOKEN" }',
        ),
    ] = {}
    header_file: Annotated[
        Mapping[str, FilePath],
        About(
            "Header lines, by name, whose values are in files of one line.",
            default="none",
            example='{ X-Gate = "gate.token" }',
        ),
    ] = {}
    api_key_header: Annotated[
        _HeaderName | None,
        About("The header line that holds the API key.", default="`Authorization`"),
    ] = None
    basic_auth_env: Annotated[
        VariableName | None,
        About("The variable with `USER:PASSWORD` for a gate before the target."),
    ] = None
    basic_auth_file: Annotated[
        FilePath | None, About("The file with `USER:PASSWORD` for a gate before the target.")
    ] = None
    basic_auth_header: Annotated[
        _HeaderName | None,
        About(
            "The header line for that login; not the one of the API key.",
            default="`Authorization`",
        ),
    ] = None
    cacert: Annotated[
        FilePath | None,
        About(
            "A file of certificate authorities; no other is trusted then.",
            default="those of the machine",
        ),
    ] = None
    client_cert: Annotated[
        FilePath | None, About("A file with the certificate to show to the target.")
    ] = None
    client_key: Annotated[
        FilePath | None,
        About("The private key of that certificate.", default="in the same file"),
    ] = None
    proxy: Annotated[
        _ProxyUrl | None,
        About(
            "`http://HOST:PORT`, or `env`: the one that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` "
            "name.",
            default="none, whatever these say",
            example='"http://proxy.example.com:3128"',
        ),
    ] = None
    proxy_auth_env: Annotated[
        VariableName | None, About("The variable with `USER:PASSWORD` for the proxy.")
    ] = None
    proxy_auth_file: Annotated[
        FilePath | None, About("The file with `USER:PASSWORD` for the proxy.")
    ] = None
    insecure: Annotated[bool, About("`true` accepts any TLS certificate of the target.")] = False


def keys_of(access: TargetAccess) -> AccessKeys:
    """The keys that lead to ``access``, which a run recorded."""
    plain = [line for line in access.secret_headers if not line.basic]
    basic = next((line for line in access.secret_headers if line.basic), None)
    login = access.proxy_login
    return AccessKeys(
        transport=access.transport,
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
