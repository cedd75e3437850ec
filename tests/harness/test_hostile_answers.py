"""Whatever a target answers, the harness says something of it and never fails itself."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.marks import mark_of
from cartfuzz.harness.pace import Pace
from cartfuzz.harness.transport import Answer, Fate, NoAnswer, Request
from cartfuzz.record import decode_line, encode_line
from cartfuzz.strategies import (
    draw_scenarios,
    edge_scenarios,
    losses,
    races,
    scenarios,
    wire_scenarios,
)

from .histories import DATA, view

ODD: tuple[Any, ...] = (
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
)


def _items(shown: dict[str, Any]) -> list[dict[str, Any]]:
    items = shown["cartItems"]
    return [i for i in items if isinstance(i, dict) and i] if isinstance(items, list) else []


class Hostile:
    """A target that answers whatever comes to its mind, mostly almost right."""

    def __init__(self, seed: int) -> None:
        self._choice = random.Random(seed)

    def send(self, _request: Request) -> Answer | NoAnswer:
        kind = self._choice.randrange(12)
        if kind == 0:
            fate = self._choice.choice(list(Fate))
            return NoAnswer(fate=fate, reason="mood")
        status = self._choice.choice((200, 200, 200, 200, 201, 204, 301, 400, 404, 409, 500, 599))
        if kind == 1:
            body = self._choice.choice(TEXTS)
        else:
            content: dict[str, Any] = {"customerSession": view(RICH), "effects": []}
            shown = content["customerSession"]
            for _ in range(self._choice.randrange(3)):
                place = self._choice.choice((shown, shown, *_items(shown)))
                place[self._choice.choice(list(place))] = self._choice.choice(ODD)
            if kind == 2:
                content[self._choice.choice(["effects", "return", "customerSession"])] = (
                    self._choice.choice(ODD)
                )
            body = json.dumps(content).encode()
        return Answer(status=status, body=body, elapsed_sec=0.0)

    def burst(self, requests: Sequence[Request]) -> list[Answer | NoAnswer]:
        return [self.send(request) for request in requests]

    def sequence(self, requests: Sequence[Request]) -> list[Answer | NoAnswer]:
        return [self.send(request) for request in requests]

    def cut(self, _request: Request, cut: Cut) -> NoAnswer:
        return NoAnswer(fate=Fate.UNKNOWN if cut.whole else Fate.NOT_SENT, reason=cut.value)

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("seed", range(6))
def test_no_answer_breaks_the_harness(seed: int) -> None:
    """Every scenario comes to its end, and what is told of it can be written and read back."""
    environment = EXAMPLE_ENVIRONMENT
    target = Hostile(seed)
    engine = Engine(target, target, environment=environment, levels={}, pace=Pace(None))
    numbers = count()
    for scenario in (
        *edge_scenarios(environment),
        *wire_scenarios(environment),
        *draw_scenarios(scenarios(environment), seed=seed, count=40),
        *draw_scenarios(races(environment), seed=seed, count=60),
        *draw_scenarios(losses(environment), seed=seed, count=60),
    ):
        number = next(numbers)
        run = engine.execute(
            scenario, phase="edges", number=f"edges/0/{number}", mark=mark_of("hostiles", number)
        )
        assert run.requests >= len(scenario.steps)
        assert decode_line(encode_line(run)) == run


def test_a_mark_is_never_taken_for_an_answer() -> None:
    """The placeholder itself in an answer is data like any other."""
    target = Hostile(0)
    engine = Engine(target, target, environment=EXAMPLE_ENVIRONMENT, levels={}, pace=Pace(None))
    [scenario, *_] = edge_scenarios(EXAMPLE_ENVIRONMENT)
    assert engine.execute(scenario, phase="edges", number="edges/0/0", mark=MARK).requests
