"""The settings of a run that say how its target was reached."""

from __future__ import annotations

from collections.abc import Iterator

from ...record.target_access import AUTHORIZATION, SecretLine, TargetAccess, TransportKind
from ..plain import plain
from .verdict import Fact


def access_facts(access: TargetAccess) -> Iterator[Fact]:
    """What differs from the usual way; no value of a header line, only names and places."""
    if access.insecure:
        yield Fact(label="INSECURE", value="the TLS certificate of the target was not checked")
    if access.transport is not TransportKind.SOCKETS:
        yield Fact(label="Transport", value=access.transport.value)
    if access.proxy:
        yield Fact(label="Proxy", value=plain(access.proxy))
    if access.api_key_header != AUTHORIZATION:
        yield Fact(label="Header line of the API key", value=plain(access.api_key_header))
    names = [name for name, _ in access.headers] + [_words(one) for one in access.secret_headers]
    if names:
        yield Fact(label="Own header lines", value=plain(", ".join(names)))
    if access.cacert:
        yield Fact(label="Trusted authorities", value=plain(access.cacert))
    if access.client_cert:
        yield Fact(label="Client certificate", value=plain(access.client_cert))


def _words(line: SecretLine) -> str:
    place = f"variable {line.variable}" if line.variable else f"file {line.file}"
    return f"{line.name} from the {place}"
