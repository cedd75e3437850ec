"""The table ``[target]`` of a configuration file: where a target is, and how it is treated."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec

from ..contract import ConfigurationError, Traffic
from ..contract.about import About
from .access.access_keys import AccessKeys, FilePath, VariableName
from .access.target_guard import POLITE_RPS
from .durations import DURATION, DURATION_PATTERN, seconds_of
from .plan import (
    DEFAULT_GIVE_UP_SEC,
    DEFAULT_IN_FLIGHT,
    DEFAULT_TIMEOUT_SEC,
    DEFAULT_WORKERS,
)
from .settings import API_KEY_VARIABLE, MAX_IN_FLIGHT, MAX_TIMEOUT_SEC, MAX_WORKERS

Rate = Annotated[float, msgspec.Meta(gt=0, le=sys.float_info.max, description="a number above 0")]
Timeout = Annotated[
    float,
    msgspec.Meta(
        gt=0, le=MAX_TIMEOUT_SEC, description=f"a number above 0, at most {MAX_TIMEOUT_SEC:.0f}"
    ),
]
Workers = Annotated[
    int,
    msgspec.Meta(ge=1, le=MAX_WORKERS, description=f"a whole number from 1 to {MAX_WORKERS}"),
]
InFlight = Annotated[
    int,
    msgspec.Meta(ge=1, le=MAX_IN_FLIGHT, description=f"a whole number from 1 to {MAX_IN_FLIGHT}"),
]


_Url = Annotated[str, msgspec.Meta(description="a URL")]
_Hosts = Annotated[tuple[str, ...], msgspec.Meta(description="a list of host names")]
_Duration = Annotated[
    str, msgspec.Meta(pattern=DURATION_PATTERN, max_length=100, description=DURATION)
]
_Requests = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1, description="a whole number from 1")]


class TargetSettings(AccessKeys, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[target]`` table; None where it names nothing. Bounds are those of the options."""

    url: Annotated[
        _Url | None,
        About(
            "The base URL of the target.",
            default="the argument of the command",
            example='"https://staging.example.com"',
        ),
    ] = None
    allow_hosts: Annotated[
        _Hosts,
        About(
            "Hosts besides loopback that may get load: `HOST` with all its ports, `HOST:PORT` with "
            "that one; IPv6 with a port in brackets.",
            default="none",
            example='["staging.example.com"]',
        ),
    ] = ()
    rps: Annotated[
        Rate | None,
        About(
            "The most requests a second, over all workers.",
            default=f"{POLITE_RPS:g}; on loopback no limit",
            example="10",
        ),
    ] = None
    timeout_sec: Annotated[
        Timeout | None,
        About("The longest time for one request, in seconds.", default=f"{DEFAULT_TIMEOUT_SEC:g}"),
    ] = None
    workers: Annotated[
        Workers | None,
        About("Worker processes. Pytest has those of pytest-xdist.", default=f"{DEFAULT_WORKERS}"),
    ] = None
    in_flight: Annotated[
        InFlight | None,
        About("Scenarios at once in each worker.", default=f"{DEFAULT_IN_FLIGHT}"),
    ] = None
    traffic: Annotated[
        Traffic | None,
        About(
            "What may be sent. `dry`: reads, and updates and returns with `dry=true`. `reads`: "
            "reads alone.",
            default='`"all"`',
        ),
    ] = None
    slow_down: Annotated[
        bool,
        About(
            "Whether the rate is halved while answers take far longer than before, or half of them "
            "fail."
        ),
    ] = True
    give_up_after: Annotated[
        _Duration | None,
        About(
            "How long a target may give no usable response before it is lost, such as `90s` or "
            "`1h30m`.",
            default=f'`"{DEFAULT_GIVE_UP_SEC:g}s"`',
        ),
    ] = None
    max_requests: Annotated[
        _Requests | None,
        About(
            "The most requests of one run: the check before it, reads and minimising included.",
            default="no bound",
            example="100000",
        ),
    ] = None
    api_key_env: Annotated[
        VariableName | None,
        About(
            "The environment variable that holds the API key. The key itself is never in this "
            "file.",
            default=f'`"{API_KEY_VARIABLE}"`',
        ),
    ] = None
    api_key_file: Annotated[
        FilePath | None,
        About("A file with the API key, one line.", default="the key is in the variable"),
    ] = None
    api_key_keyring: Annotated[
        Annotated[str, msgspec.Meta(description="SERVICE or SERVICE/USER")] | None,
        About(
            "The entry of the system's keyring with the API key, `SERVICE` or `SERVICE/USER`; "
            "needs `cartfuzz[keyring]`.",
            default="the key is in the variable",
            example='"cartfuzz/staging"',
        ),
    ] = None
    trace_header: Annotated[
        bool,
        About("Whether each request carries `X-Cartfuzz`, which names run, scenario and request."),
    ] = True
    traceparent: Annotated[
        bool, About("Whether each request carries `traceparent` of W3C Trace Context.")
    ] = False

    def __post_init__(self) -> None:
        """Checks what types cannot say.

        Raises:
            ConfigurationError: ``give_up_after`` is no time above zero.
        """
        if self.give_up_after is not None and seconds_of(self.give_up_after) is None:
            raise ConfigurationError(
                "give_up_after", expected=DURATION, found=f'"{self.give_up_after}"'
            )

    @property
    def give_up_sec(self) -> float | None:
        """``give_up_after`` in seconds."""
        return None if self.give_up_after is None else seconds_of(self.give_up_after)
