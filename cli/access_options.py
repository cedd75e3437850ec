"""The options that say how a target is reached."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, MutableMapping
from typing import Any

import click

from ..harness.access.access_settings import AccessSettings
from ..record.target_access import TransportKind

Command = Callable[..., Any]

_OPTIONS = (
    click.option(
        "--header",
        "-H",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Header line for each request; no secret. May be repeated.",
    ),
    click.option(
        "--header-env",
        multiple=True,
        metavar="NAME=VARIABLE",
        help="Header line whose value is in an environment variable. May be repeated.",
    ),
    click.option(
        "--header-file",
        multiple=True,
        metavar="NAME=PATH",
        help="Header line whose value is in a file. May be repeated.",
    ),
    click.option(
        "--api-key-header",
        metavar="NAME",
        help="Header line that holds the API key.  [default: Authorization]",
    ),
    click.option(
        "--basic-auth-env",
        metavar="VARIABLE",
        help="Environment variable with USER:PASSWORD for a gate before the target. Either this or "
        "the API key needs a header line of its own.",
    ),
    click.option(
        "--basic-auth-header",
        metavar="NAME",
        help="Header line for --basic-auth-env.  [default: Authorization]",
    ),
    click.option(
        "--cacert",
        metavar="FILE",
        help="Certificate authorities that are trusted, and no other.",
    ),
    click.option("--client-cert", metavar="FILE", help="Certificate to show to the target."),
    click.option(
        "--client-key",
        metavar="FILE",
        help="Private key of --client-cert.  [default: in that file]",
    ),
    click.option(
        "--proxy",
        metavar="URL",
        help="Proxy, as http://HOST:PORT; env: the one that HTTP_PROXY, HTTPS_PROXY and NO_PROXY "
        "name.  [default: none, whatever these say]",
    ),
    click.option(
        "--proxy-auth-env",
        metavar="VARIABLE",
        help="Environment variable with USER:PASSWORD for the proxy.",
    ),
    click.option("--insecure", is_flag=True, help="Accept any TLS certificate of the target."),
    click.option(
        "--transport",
        type=click.Choice([kind.value for kind in TransportKind]),
        help="What sends ordinary requests.  [default: sockets]",
    ),
)
_NAMES = frozenset(field.name for field in dataclasses.fields(AccessSettings))


def access_options(command: Command) -> Command:
    """Adds the options of `AccessSettings`; `gather_access` makes one value of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def gather_access(options: MutableMapping[str, Any]) -> None:
    """Replaces those of ``options`` that say how a target is reached by one named ``access``."""
    given = {name: options.pop(name) for name in _NAMES & options.keys()}
    if given:
        options["access"] = AccessSettings(**given)
