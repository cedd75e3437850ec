"""Generation alone: beside `from_schema`, beside the floor, and big carts beside small ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count as numbers
from time import perf_counter
from typing import Any

from hypothesis_jsonschema import from_schema
from measures import Report, in_turns, ratio

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Entity, Fetch, Scenario, Update, schema
from cartfuzz.harness.transport import HttpTransport
from cartfuzz.sandbox import start
from cartfuzz.strategies import carts, draw_examples, draw_scenarios, scenarios
from cartfuzz.wire.encoding import request_of
from cartfuzz.wire.secrets import TargetSecrets

_SESSION = f"s0-{MARK}"


def drawing(report: Report, repeats: int) -> None:
    """Scenarios and sessions a second."""
    entity = schema(EXAMPLE_ENVIRONMENT.contract, Entity.NEW_CUSTOMER_SESSION)
    strategy, plain = scenarios(EXAMPLE_ENVIRONMENT), from_schema(entity)
    draw_examples(plain, seed=0, count=1)  # what is made once is no part of the work
    found = in_turns(
        report,
        {
            "scenarios drawn": _rate(
                lambda seed: len(draw_scenarios(strategy, seed=seed, count=60))
            ),
            "scenario steps drawn": _rate(
                lambda seed: sum(
                    len(one.steps) for one in draw_scenarios(strategy, seed=seed, count=60)
                )
            ),
            "scenarios by random.Random": _rate(lambda seed: len(_many_by_hand(seed, 300))),
            "scenario steps by random.Random": _rate(
                lambda seed: sum(len(one.steps) for one in _many_by_hand(seed, 300))
            ),
            "sessions drawn by from_schema": _rate(
                lambda seed: len(draw_examples(plain, seed=seed, count=30))
            ),
        },
        repeats,
        "/s",
    )
    whole, steps, floor_whole, floor, sessions = found.values()
    report.ratios["drawn_scenarios_vs_random"] = ratio(whole, floor_whole)
    report.ratios["drawn_steps_vs_random"] = ratio(steps, floor)
    report.ratios["drawn_steps_vs_from_schema_sessions"] = ratio(steps, sessions)


def big_carts(report: Report, repeats: int) -> None:
    """A cart of 1,000 items beside one of 10: drawn, and as a request sent and answered."""
    small = carts(EXAMPLE_ENVIRONMENT, min_size=10, max_size=10)
    big = carts(EXAMPLE_ENVIRONMENT, min_size=1_000, max_size=1_000)
    found = in_turns(
        report,
        {
            "carts of 10 items drawn": _rate(
                lambda seed: len(draw_examples(small, seed=seed, count=60))
            ),
            "carts of 1000 items drawn": _rate(
                lambda seed: len(draw_examples(big, seed=seed, count=60))
            ),
        },
        repeats,
        "carts/s",
    )
    ten, thousand = found.values()
    report.ratios["drawing_1000_items_vs_10"] = ratio(ten, thousand)
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        transport = HttpTransport(sandbox.url, secrets=TargetSecrets(sandbox.api_key))
        mark = numbers()

        def sent(items: int) -> float:
            """Seconds a byte of requests with so many items, encoded, sent and answered."""
            item = {"sku": "some-sku", "name": "a thing", "quantity": 1, "price": 9.5}
            body = {"customerSession": {"cartItems": [item] * items}}
            size, began = 0, perf_counter()
            for _ in range(20):
                filled = f"{next(mark):022}"
                request = request_of(Update(body=body), _SESSION, filled)
                transport.send(request)
                size += len(request.body or b"")
            return (perf_counter() - began) / size

        found = in_turns(
            report,
            {
                "carts of 10 items sent": lambda: sent(10),
                "carts of 1000 items sent": lambda: sent(1_000),
            },
            repeats,
            "s/byte",
        )
        transport.close()
    ten, thousand = found.values()
    report.ratios["sending_a_byte_1000_items_vs_10"] = ratio(thousand, ten)


def _rate(job: Callable[[int], int]) -> Callable[[], float]:
    """How many things a second ``job`` makes, with another seed each time."""
    seed = numbers()

    def measured() -> float:
        began = perf_counter()
        return job(next(seed)) / (perf_counter() - began)

    return measured


def _many_by_hand(seed: int, count: int) -> list[Scenario]:
    choice = random.Random(seed)
    return [_by_hand(choice) for _ in range(count)]


def _by_hand(choice: random.Random) -> Scenario:
    """The least that makes sessions at random: no shrinking, no limits, no state machine."""
    steps: list[Update | Fetch] = []
    for _ in range(choice.randint(1, 60)):
        if choice.random() < 0.2:
            steps.append(Fetch())
        else:
            steps.append(Update(body={"customerSession": _session(choice)}))
    return Scenario(title="by hand", sessions=(_SESSION,), steps=tuple(steps))


def _session(choice: random.Random) -> dict[str, Any]:
    session: dict[str, Any] = {"profileId": f"{choice.random()}"}
    if choice.random() < 0.5:
        session["cartItems"] = [
            {
                "sku": f"sku-{choice.randrange(100)}",
                "name": f"{choice.random()}",
                "quantity": choice.randint(1, 10),
                "price": choice.randint(0, 10_000) / 100,
            }
            for _ in range(choice.randint(0, 12))
        ]
    if choice.random() < 0.3:
        session["couponCodes"] = [f"code-{choice.randrange(50)}"]
    if choice.random() < 0.3:
        session["state"] = choice.choice(("open", "closed", "cancelled"))
    return session
