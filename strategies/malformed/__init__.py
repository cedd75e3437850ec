"""The deterministic sweep of malformed requests, which no well-behaved client sends.

Each is odd in one way only and is followed by a read on the same connection: the target must serve
the read, and it must show no change by a refused request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ...contract import MARK, Environment, Fetch, Operation, Raw, Scenario, Step, Update
from ..prioritisation import prioritised
from ..values.samples import Samples, update_body
from . import bodies, credentials, encodings, headers, numbers, requests, types

_MAX_REQUESTS = 8
"""Most raw requests in one scenario."""

_FAMILIES: tuple[tuple[str, Callable[[Samples], Iterator[Raw]]], ...] = (
    ("bodies that are no JSON", bodies.raws),
    ("credentials", credentials.raws),
    ("numbers", numbers.raws),
    ("encodings", encodings.raws),
    ("header lines", headers.raws),
    ("methods, paths and queries", requests.raws),
    ("nulls and wrong types", types.raws),
)


def malformed_scenarios(environment: Environment) -> tuple[Scenario, ...]:
    """The whole sweep of malformed requests, always the same.

    Each step names the rules that it puts to the test. The oracle decides whether the target must
    accept or refuse a raw request.

    Args:
        environment: declares what exists; `current` adds requests to the endpoint that reopens.
    """
    samples = Samples(environment)
    return prioritised(
        chain.from_iterable(_scenarios(name, family, samples) for name, family in _FAMILIES)
    )


def _scenarios(
    name: str, family: Callable[[Samples], Iterator[Raw]], samples: Samples
) -> Iterator[Scenario]:
    by_endpoint: dict[Operation, list[Raw]] = {}
    for raw in family(samples):
        if raw.endpoint is not Operation.REOPEN or samples.current:
            by_endpoint.setdefault(raw.endpoint, []).append(raw)
    for endpoint, raws in by_endpoint.items():
        for start in range(0, len(raws), _MAX_REQUESTS):
            yield _scenario(name, endpoint, raws[start : start + _MAX_REQUESTS], samples)


def _scenario(name: str, endpoint: Operation, raws: list[Raw], samples: Samples) -> Scenario:
    """Creates a session in a state in which the endpoint accepts requests, then sends ``raws``."""
    session = samples.session()
    if endpoint in (Operation.RETURN, Operation.REOPEN):
        session["state"] = "closed"
    steps: list[Step] = [Update(body=update_body(session), aims=("STATE-01",)), Fetch()]
    for raw in raws:
        steps += [raw, Fetch(aims=("ERR-06", "RESP-03"))]
    return Scenario(
        title=f"{name}: {endpoint.value}", sessions=(f"wire-{MARK}",), steps=tuple(steps)
    )
