"""A run touches only what it made: all that its requests name carries its mark, or is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, Raw, Step
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.shards import NumberedScenario, Shards
from cartfuzz.record import Phase
from cartfuzz.wire import NOT_JSON, OwnCodes, Request
from cartfuzz.wire.codes import own_codes
from cartfuzz.wire.encoding import body_with_placeholders, decode_json, request_of
from cartfuzz.wire.marks import mark_of

RUN = "abcdefgh"
FIELDS = ("profileId", "couponCodes", "referralCode", "loyaltyCards", "identifiers")
SAMPLE = {"URNGV8294NV", "XMAS-20-2021", "NT2K54D9", "loyalty-card-1", "91.11.156.141"}
"""The values of the documented sample, which is sent as it is documented."""
WRONG_TYPES = {"", "x", "7"}
"""Values that the phase wire puts in the place of values of another type."""
SHARDS = 100
_NAMES = "|".join(FIELDS).encode()
IN_A_BODY = re.compile(rb'"(?:%s)"\s*:\s*("(?:[^"\\]|\\.)*"|\[[^\]]*\])' % _NAMES)


def scenarios(environment: Environment, seed: int) -> Iterator[NumberedScenario]:
    """Those of the first shards: all sweeps, and some of each phase that draws."""
    shards = Shards(Plan(url="http://127.0.0.1", environment=environment, seed=seed))
    for shard in range(SHARDS):
        yield from shards.scenarios_of(shard) or ()


def texts(value: Any) -> Iterator[str]:
    """All texts in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts(member)


def named_in(body: bytes) -> Iterator[str]:
    """What a body names: profile, codes, cards and identifiers; in any text that holds them."""
    decoded = decode_json(body)
    if decoded is NOT_JSON:
        for found in IN_A_BODY.finditer(body):
            yield found[1].decode("utf-8", "replace")
    elif isinstance(decoded, dict):
        session = decoded.get("customerSession")
        for holder in (decoded, session if isinstance(session, dict) else {}):
            for field in FIELDS:
                yield from texts(holder.get(field))


def foreign(request: Request, step: Step, mark: str, declared: set[str]) -> Iterator[str]:
    """What ``request`` names that is neither the run's, nor declared, nor documented."""
    path = urlsplit(request.target).path
    if mark not in path and not (isinstance(step, Raw) and step.path == path):
        yield path
    elif mark not in path and path.rstrip("/") != "/v2/customer_sessions":
        yield path  # a path without any session ID is the only one without a mark
    known = declared | SAMPLE | WRONG_TYPES
    for text in named_in(request.body or b""):
        if mark not in text.lower() and text not in known:
            yield text


@pytest.mark.parametrize("version", [*ContractVersion])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_requests_name_is_the_runs_own(version: ContractVersion, seed: int) -> None:
    """Sessions, profiles, codes, cards and identifiers, in scenarios of all phases.

    Not looked at are numbers and objects in the place of texts, which name nothing.
    """
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
    declared = (*environment.declared_coupons, *environment.referrals)
    patterns = tuple(one for one in declared if one.is_pattern)
    found: set[tuple[str, str]] = set()
    phases = set()
    for numbered in scenarios(environment, seed):
        phases.add(numbered.phase)
        mark = mark_of(RUN, numbered.execution_index)
        bodies = map(body_with_placeholders, numbered.scenario.steps)
        codes: OwnCodes = own_codes(patterns, bodies, mark)
        own = {one.code for one in declared if not one.is_pattern} | {one.code for one in codes}
        for step in numbered.scenario.steps:
            session_id = numbered.scenario.sessions[step.session]
            request = request_of(step, session_id, mark, codes)
            found |= {(numbered.id, text) for text in foreign(request, step, mark, own)}
    assert not found
    assert phases == set(Phase) - {Phase.CORPUS}
