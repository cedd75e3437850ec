"""Whatever a target answers, the harness says something of it and never fails itself."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Entity, Environment
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.oracle.checks.schema import first_schema_error
from cartfuzz.record import decode_line, encode_line
from cartfuzz.strategies import (
    draw_scenarios,
    edge_scenarios,
    lost_answers,
    malformed_scenarios,
    races,
    scenarios,
)
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.marks import mark_of

from ...oracle.histories import DATA, ok, view


def nested(levels: int) -> Any:
    """An object in an object in an object."""
    value: Any = {}
    for _ in range(levels):
        value = {"a": value}
    return value


ODD: tuple[Any, ...] = (
    nested(150),
    nested(260),
    nested(700),
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    "",
    "x",
    "\ud800",
    "\x00",
    "9999-99-99T99:99:99Z",
    "2026-01-01T00:00:00",
    [],
    [None],
    [[]],
    {},
    {"price": None},
    {"a": {"b": {}}},
    [{"returnedQuantity": "x", "quantity": None}],
)
RICH = {
    **DATA,
    "cartItems": [
        {**item, "attributes": {}, "additionalCosts": {}, "returnedQuantity": 0}
        for item in DATA["cartItems"] * 2
    ],
}
TEXTS = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b"<html>",
    b"[" * 100_000,
    b"9" * 10_000,
    b'{"customerSession":[]}',
    b'{"message":5,"errors":"x"}',
    b'{"message":' + b"[" * 260 + b"]" * 260 + b"}",
    b'{"message":' + b"[" * 900 + b"]" * 900 + b"}",
    b"[" * 2_000 + b"]" * 2_000,
)


def _items(shown: dict[str, Any]) -> list[dict[str, Any]]:
    items = shown["cartItems"]
    return [i for i in items if isinstance(i, dict) and i] if isinstance(items, list) else []


def _own(value: Any) -> Any:
    """``value``, whose members may be changed without a change of `ODD`."""
    if not isinstance(value, list):
        return value
    return [dict(member) if isinstance(member, dict) else member for member in value]


class Hostile:
    """A target that answers whatever comes to its mind, mostly almost right."""

    def __init__(self, seed: int) -> None:
        self._choice = random.Random(seed)

    def send(self, _request: Request) -> Response | NoResponse:
        kind = self._choice.randrange(12)
        if kind == 0:
            fate = self._choice.choice(list(Delivery))
            return NoResponse(fate=fate, reason="mood")
        status = self._choice.choice((200, 200, 200, 200, 201, 204, 301, 400, 404, 409, 500, 599))
        if kind == 1:
            body = self._choice.choice(TEXTS)
        else:
            content: dict[str, Any] = {"customerSession": view(RICH), "effects": []}
            shown = content["customerSession"]
            for _ in range(self._choice.randrange(3)):
                place = self._choice.choice((shown, shown, *_items(shown)))
                place[self._choice.choice(list(place))] = _own(self._choice.choice(ODD))
            if kind == 2:
                content[self._choice.choice(["effects", "return", "customerSession"])] = (
                    self._choice.choice(ODD)
                )
            body = json.dumps(content).encode()
        return Response(status=status, body=body, elapsed_sec=0.0)

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(request) for request in requests]

    def cut(self, _request: Request, cut: Cut) -> NoResponse:
        return NoResponse(
            fate=Delivery.UNKNOWN if cut.whole else Delivery.NOT_SENT, reason=cut.value
        )

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_breaks_the_harness(seed: int) -> None:
    """Every scenario comes to its end, and what is told of it can be written and read back."""
    environment = EXAMPLE_ENVIRONMENT
    target = Hostile(seed)
    engine = Engine(target, environment=environment, levels={}, rate_limiter=RateLimiter(None))
    numbers = count()
    for scenario in (
        *edge_scenarios(environment),
        *malformed_scenarios(environment),
        *draw_scenarios(scenarios(environment), seed=seed, count=40),
        *draw_scenarios(races(environment), seed=seed, count=60),
        *draw_scenarios(lost_answers(environment), seed=seed, count=60),
    ):
        number = next(numbers)
        run = engine.execute(
            scenario,
            phase="edges",
            scenario_id=f"edges/0/{number}",
            mark=mark_of("hostiles", number),
        )
        assert run.requests >= len(scenario.steps)
        assert decode_line(encode_line(run)) == run


def test_a_mark_is_never_taken_for_an_answer() -> None:
    """The placeholder itself in an answer is data like any other."""
    target = Hostile(0)
    engine = Engine(
        target, environment=EXAMPLE_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None)
    )
    [scenario, *_] = edge_scenarios(EXAMPLE_ENVIRONMENT)
    assert engine.execute(scenario, phase="edges", scenario_id="edges/0/0", mark=MARK).requests


@pytest.mark.parametrize("levels", [100, 260, 700])
def test_deep_values_where_any_are_allowed_fit_the_schema(levels: int) -> None:
    """How deep the validator goes is no rule of the contract; above that it still sees all."""
    shown = {**view(DATA), "attributes": {"deep": nested(levels), "text": "\ud800"}}
    content = {**json.loads(ok(DATA).body), "customerSession": shown}
    version = EXAMPLE_ENVIRONMENT.contract
    assert (
        first_schema_error(Environment(contract=version), Entity.INTEGRATION_STATE, content) == ""
    )
    shown["profileId"] = 5
    error = first_schema_error(Environment(contract=version), Entity.INTEGRATION_STATE, content)
    assert error == "/customerSession/profileId fails: type"


def test_keys_that_the_target_chose_make_no_new_signature() -> None:
    """One bug is one entry, whatever the cost is called."""
    errors = set()
    for name in ("a", "b" * 1_000_000, "<img src=x>"):
        shown = {**view(DATA), "additionalCosts": {name: {"price": "x"}}}
        content = {**json.loads(ok(DATA).body), "customerSession": shown}
        version = EXAMPLE_ENVIRONMENT.contract
        errors.add(
            first_schema_error(Environment(contract=version), Entity.INTEGRATION_STATE, content)
        )
    assert errors == {"/customerSession/additionalCosts/*/price fails: type"}
