"""Findings across scenarios for the tests of reproduction, and what their records show."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from cartfuzz.analysis import CrossScenarioFinding, Evidence
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Scenario, Step, Update
from cartfuzz.record import (
    Claim,
    Discrepancy,
    Exchange,
)
from cartfuzz.reports.reproduction import Artefact
from cartfuzz.reports.reproduction.cross_scenario_artefact import build_cross_scenario_artefact

from ...record.events import discrepancy

COUPON = "WELCOME"
LIMIT = 3
ENVIRONMENT = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT, coupons=(), budgets=(), coupon_limits={COUPON: LIMIT}
)
UPDATE = Update(body={"customerSession": {}})


def built(found: Discrepancy, *evidence: Evidence, sessions: int = 0) -> Artefact:
    """The artefact of a finding."""
    finding = CrossScenarioFinding(discrepancy=found, evidence=evidence, sessions=sessions)
    return build_cross_scenario_artefact(finding, None, "http://x", ENVIRONMENT)


def of(rule: str, claim: Claim | None = None, **changes: Any) -> Discrepancy:
    """A discrepancy of ``rule``."""
    return msgspec.structs.replace(discrepancy(rule), claim=claim, **changes)


def evidence(
    steps: tuple[Step, ...],
    answers: tuple[dict[str, Any] | None, ...],
    *,
    step: int,
    same_step: bool = False,
    **scenario: Any,
) -> Evidence:
    """A scenario of one session and the sessions that its answers show; None: no answer.

    Args:
        same_step: whether all of them answer ``step``, as late reads do.
    """
    return Evidence(
        scenario=Scenario(title="", sessions=(f"s-{MARK}",), steps=steps, **scenario),
        exchanges=tuple(
            shown(step if same_step else index, session) for index, session in enumerate(answers)
        ),
        step=step,
    )


def shown(step: int, session: dict[str, Any] | None) -> Exchange:
    """An exchange whose answer shows ``session``; None: no answer came."""
    return Exchange(
        step=step,
        method="GET",
        target=f"/s-{MARK}",
        status=None if session is None else 200,
        answer="" if session is None else json.dumps({"customerSession": session}),
    )
