"""Artefacts for the tests of reproduction, with hostile texts wherever a target has a part."""

from __future__ import annotations

from typing import Any

import msgspec

from cartfuzz.contract import MARK, Fetch, Scenario
from cartfuzz.record import Claim, Discrepancy, Exchange
from cartfuzz.reports.reproduction import Artefact, ArtefactRequest

from ...record.events import discrepancy

HOSTILE = (
    "'''\"\"\"\\ $(touch pwned) `touch pwned` ``` ~~~ <b> \x1b[31m \u202e \ud800 {} %s @@{claim}"
    "\nCARTFUZZ_END"
)


def request(**changes: Any) -> ArtefactRequest:
    """A plain PUT without headers and body."""
    values: dict[str, Any] = {"session_index": 0, "method": "PUT", "target": "/", "headers": ()}
    return ArtefactRequest(**{**values, **changes})


def exchange(step: int = 0, status: int | None = 200, answer: str = "") -> Exchange:
    """The exchange of one step."""
    return Exchange(step=step, method="PUT", target="/", status=status, answer=answer)


def found(claim: Claim | None, *, step: int = 0, **changes: Any) -> Discrepancy:
    """A discrepancy of CART-02 with ``claim``."""
    return msgspec.structs.replace(discrepancy("CART-02", step=step), claim=claim, **changes)


def artefact(claim: Claim | None, **changes: Any) -> Artefact:
    """An artefact of one hostile request whose answer broke ``claim``."""
    hostile = request(
        target=f"/v2/customer_sessions/{MARK}?now='$(touch pwned)",
        headers=(("X-Odd", HOSTILE.replace("\n", " ").replace("\ud800", "")),),
        body=HOSTILE.encode("utf-8", "surrogatepass"),
    )
    values: dict[str, Any] = {
        "discrepancy": found(claim, title=HOSTILE, expected=HOSTILE, found=HOSTILE),
        "rule": None,
        "scenario": Scenario(title=HOSTILE, sessions=(MARK,), steps=(Fetch(),)),
        "requests": (hostile,),
        "exchanges": (exchange(answer=HOSTILE),),
        "confirmation": "",
        "target": "http://127.0.0.1:1/$(touch pwned)'}",
    }
    return Artefact(**{**values, **changes})
