"""The target of a command: a URL that the user names, or a sandbox that is started for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from ..contract import Environment
from ..harness.api_key import read_api_key
from ..harness.target_guard import POLITE_RPS, checked_url, is_loopback

KEY_VARIABLE = "CARTFUZZ_API_KEY"
FAULTS_NEED_THE_SANDBOX = (
    "both a target URL and --sandbox-fault are given: faults exist in the embedded sandbox only; "
    "leave one of them out"
)


class TargetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a target, and how gently."""

    api_key_env: str = KEY_VARIABLE
    sandbox_fault: tuple[str, ...] = ()
    allow_host: tuple[str, ...] = ()
    rps: float | None = None
    timeout: float | None = None


_OPTIONS = (
    click.option(
        "--api-key-env",
        default=KEY_VARIABLE,
        show_default=True,
        metavar="NAME",
        help="The environment variable that holds the target's API key.",
    ),
    click.option(
        "--sandbox-fault", multiple=True, metavar="NAME", help="Switch on a fault of the sandbox."
    ),
    click.option("--allow-host", multiple=True, metavar="HOST", help="A host that may get load."),
    click.option(
        "--rps",
        type=click.FloatRange(min=0, min_open=True),
        help=f"Most requests a second.  [default: {POLITE_RPS:g} unless loopback]",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds that a request may take in all.  [default: 30]",
    ),
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of `TargetOptions`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@contextmanager
def reached(
    url: str | None, environment: Environment, *, api_key_env: str, faults: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The URL and the key of the target at ``url``; None: of a sandbox, until the end.

    Raises:
        ConfigurationError: no key is set for ``url``.
        click.UsageError: a fault is asked of ``url``.
        click.ClickException: the sandbox does not start.
    """
    if url is not None:
        if faults:
            raise click.UsageError(FAULTS_NEED_THE_SANDBOX)
        yield url, read_api_key(api_key_env)
        return
    from ..sandbox import SandboxError, UnknownFaultError, start  # noqa: PLC0415 - not for targets

    try:
        sandbox = start(environment, faults=faults)
    except UnknownFaultError as error:
        raise click.UsageError(str(error)) from None
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    with sandbox:
        yield sandbox.url, sandbox.api_key


def allowed(url: str, options: TargetOptions) -> tuple[str, float | None]:
    """``url`` as a base URL, and the most requests a second that it may get.

    Raises:
        ConfigurationError: it is no URL of a host that may get load.
    """
    base = checked_url(url, allow_hosts=options.allow_host)
    if options.rps is None and not is_loopback(urlsplit(base).hostname or ""):
        return base, POLITE_RPS
    return base, options.rps
