"""Events of the follow-up, made by hand."""

from __future__ import annotations

from typing import Any

from cartfuzz.contract import MARK, Scenario, Update
from cartfuzz.record import Discrepancy, Exchange, Minimised

SMALL = Scenario(
    title="small", sessions=(f"s0-{MARK}",), steps=(Update(body={"customerSession": {}}),)
)


def minimised(found: Discrepancy, **changes: Any) -> Minimised:
    values: dict[str, Any] = {
        "signature": found.signature,
        "scenario": SMALL,
        "discrepancy": found,
        "operations_before": 2,
        "confirmed": 5,
        "confirmations": 5,
        "complete": True,
        "trials": 12,
        "requests": 20,
        "elapsed_ms": 3.5,
        "exchanges": (Exchange(step=0, method="PUT", target="/x", status=201, answer="{}"),),
    }
    return Minimised(**{**values, **changes})
