"""How scripts reach a target: as the run did, whatever surrounds the one who executes them.

A script holds names and places of secrets, and placeholders where their values go.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypedDict
from urllib.parse import urlsplit

from ...record.target_access import AUTHORIZATION, SecretLine, TargetAccess
from .artefact_request import ArtefactRequest

_PLACEHOLDER = re.compile(r"\{secret_([0-9]{1,3})\}", re.ASCII)
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ScriptAccess(TypedDict):
    """What `raw_sockets` needs to know of an access; empty: not there."""

    cacert: str
    client_cert: str
    client_key: str
    proxy: str
    insecure: bool
    proxy_authorization: str
    """With the placeholder of its value; only where the proxy opens a tunnel."""


def secrets_of(access: TargetAccess) -> tuple[SecretLine, ...]:
    """The secret header lines in the order of their numbers, that for the proxy last."""
    login = access.proxy_login
    return (*access.secret_headers, *(() if login is None else (login,)))


def secret_placeholder(number: int) -> str:
    """What stands for the value of a secret header line; the first one is number 1."""
    return f"{{secret_{number}}}"


def with_own_lines(
    requests: Iterable[ArtefactRequest], access: TargetAccess, target: str
) -> tuple[ArtefactRequest, ...]:
    """``requests`` with the header lines that the run added to each of its own."""
    lines = [*access.headers]
    for number, line in enumerate(secrets_of(access), start=1):
        if line is not access.proxy_login or not _is_tunnelled(access, target):
            lines.append((line.name, secret_placeholder(number)))
    return tuple(_with_lines(request, access.api_key_header, lines) for request in requests)


def script_access(access: TargetAccess, target: str) -> ScriptAccess:
    """The access for `raw_sockets` and for the client of a test."""
    has_login = access.proxy_login is not None and _is_tunnelled(access, target)
    return {
        "cacert": access.cacert,
        "client_cert": access.client_cert,
        "client_key": access.client_key,
        "proxy": access.proxy,
        "insecure": access.insecure,
        "proxy_authorization": secret_placeholder(len(secrets_of(access))) if has_login else "",
    }


def curl_arguments(access: TargetAccess) -> list[str]:
    """The arguments that make curl go the way of the run and no other.

    The first one, ``-q``, must come first: curl then reads no configuration of its user.
    """
    words = ["-q"]
    words += ["--noproxy", "", "--proxy", access.proxy] if access.proxy else ["--noproxy", "*"]
    words += ["--cacert", access.cacert] if access.cacert else []
    words += ["--cert", access.client_cert] if access.client_cert else []
    words += ["--key", access.client_key] if access.client_key else []
    words += ["--insecure"] if access.insecure else []
    return words


def shell_secrets(access: TargetAccess, *, failure: str) -> Iterator[str]:
    """Shell lines that read each secret header line into a variable of its own, ``SECRET_1`` first.

    Args:
        access: names the places of the secrets.
        failure: a shell command that is called with a reason where a place holds nothing.
    """
    for number, line in enumerate(secrets_of(access), start=1):
        name = f"SECRET_{number}"
        form = "USER:PASSWORD" if line.basic else f"the value of the header line {line.name}"
        if line.file:
            path = shlex.quote(line.file)
            reason = f"expected {form} in {line.file}, found no readable file"
            yield f"{name}=$(cat {path}) || {failure} {shlex.quote(reason)}"
        else:
            variable = line.variable if _SHELL_NAME.fullmatch(line.variable) else f"CARTFUZZ_{name}"
            yield f'{name}="${{{variable}:-}}"'
            reason = f"expected {form} in the variable {variable}, found none"
            yield f'[ -n "${name}" ] || {failure} {shlex.quote(reason)}'
        if line.basic:
            yield f"case ${name} in *://*@*) {name}=${{{name}#*://}}; {name}=${{{name}%@*}} ;; esac"
            yield f'{name}="Basic $(printf %s "${name}" | base64 | tr -d \'\\n\')"'
        yield f"export {name}"


def secret_in(value: str) -> str | None:
    """The shell variable of `shell_secrets` that ``value`` stands for; None: it is no placeholder.

    Args:
        value: of a header line in an artefact.
    """
    found = _PLACEHOLDER.fullmatch(value)
    return f"SECRET_{found[1]}" if found else None


def python_secrets(access: TargetAccess) -> list[tuple[str, str, str, bool]]:
    """Placeholder, variable, file, and whether it is a login, of each secret header line."""
    return [
        (secret_placeholder(number), line.variable, line.file, line.basic)
        for number, line in enumerate(secrets_of(access), start=1)
    ]


def _is_tunnelled(access: TargetAccess, target: str) -> bool:
    return bool(access.proxy) and urlsplit(target).scheme == "https"


def _with_lines(
    request: ArtefactRequest, key_header: str, lines: Iterable[tuple[str, str]]
) -> ArtefactRequest:
    usual = AUTHORIZATION.lower()
    headers = tuple(
        (key_header if name.lower() == usual and key_header.lower() != usual else name, value)
        for name, value in request.headers
    )
    named = {name.lower() for name, _ in headers}
    added = tuple(line for line in lines if line[0].lower() not in named)
    return replace(request, headers=(*headers, *added))
