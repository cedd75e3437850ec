"""Events made by hand."""

from __future__ import annotations

from typing import Any

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Fetch,
    Operation,
    Scenario,
    Update,
)
from cartfuzz.record import Discrepancy, Exchange, Kind, RunStarted, ScenarioRun, signature_of

SCENARIO = Scenario(
    title="create and read",
    sessions=(MARK,),
    steps=(Update(body={"customerSession": {}}), Fetch()),
)


def started(**changes: Any) -> RunStarted:
    values: dict[str, Any] = {
        "cartfuzz": "0.1.0",
        "contract": ContractVersion.V2_5_1,
        "seed": 1,
        "run": "abcdefgh",
        "target": "http://127.0.0.1:1",
        "phases": ("edges", "explore"),
        "workers": 1,
        "started": "2026-01-01T00:00:00Z",
        "environment": EXAMPLE_ENVIRONMENT,
    }
    return RunStarted(**{**values, **changes})


def discrepancy(rule: str, *, step: int = 1, outcome: str = "accepted") -> Discrepancy:
    return Discrepancy(
        signature=signature_of(
            rule=rule, check="status", operation="update", situation="update", outcome=outcome
        ),
        kind=Kind.VIOLATION,
        rule=rule,
        check="status",
        operation=Operation.UPDATE,
        situation="update",
        outcome=outcome,
        title=f"update: {outcome}",
        expected="a refusal",
        found="200",
        step=step,
    )


def scenario_run(number: int, **changes: Any) -> ScenarioRun:
    values: dict[str, Any] = {
        "id": f"edges/0/{number}",
        "phase": "edges",
        "mark": "cf-abcdefgh-0000000000",
        "title": "create and read",
        "statuses": (200, 200),
        "elapsed_ms": 2.0,
        "reached": {"endpoint update": 1, "endpoint get": 1, "STATE-01 accept": 1},
        "scenario": SCENARIO,
        "exchanges": (
            Exchange(step=0, method="PUT", target="/x", status=200, answer="{}"),
            Exchange(step=1, method="GET", target="/x", status=200, answer="{}"),
        ),
    }
    return ScenarioRun(**{**values, **changes})
