"""What no well-behaved client sends: a deterministic sweep of raw requests.

Each is odd in one way only, and a read follows each on the same connection: the target must serve
it, and it must find no trace of what was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ...contract import MARK, Environment, Fetch, Operation, Raw, Scenario, Step, Update
from ..prioritisation import prioritised
from ..values.samples import Samples, request
from . import bodies, credentials, encodings, headers, numbers, requests, types

_MOST_IN_A_SCENARIO = 8

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
    """The whole sweep for ``environment``, always the same.

    Each step names the rules that it aims at; what a raw request amounts to is the model's to say.
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
        for start in range(0, len(raws), _MOST_IN_A_SCENARIO):
            yield _scenario(name, endpoint, raws[start : start + _MOST_IN_A_SCENARIO], samples)


def _scenario(name: str, endpoint: Operation, raws: list[Raw], samples: Samples) -> Scenario:
    """A session in a state in which the endpoint takes requests, then the odd ones."""
    session = samples.session()
    if endpoint in (Operation.RETURN, Operation.REOPEN):
        session["state"] = "closed"
    steps: list[Step] = [Update(body=request(session), aims=("STATE-01",)), Fetch()]
    for raw in raws:
        steps += [raw, Fetch(aims=("ERR-06", "RESP-03"))]
    return Scenario(
        title=f"{name}: {endpoint.value}", sessions=(f"wire-{MARK}",), steps=tuple(steps)
    )
