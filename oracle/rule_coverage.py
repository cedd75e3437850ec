"""Rule coverage: which rules a response put to the test, by acceptance, refusal or content."""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import Addition, ContractVersion, Credentials, Raw, Ruling, Scenario, Step, Update
from .attribution.blame import Cause, blame
from .checks import tested_effect_rules
from .judged_response import JudgedResponse
from .model import DATA_FIELDS, Verdict, is_empty, requests_session, sent_session
from .model.knowledge import UNKNOWN
from .model.remarks.items import quantity_sum

ITEM_BOUNDARIES = frozenset((0, 1, 999, 1000, 1001))
SUM_BOUNDARIES = frozenset((9_999, 10_000, 10_001))

_FIELD_RULES = {
    "couponCodes": "IDENT-07",
    "loyaltyCards": "IDENT-07",
    "identifiers": "IDENT-07",
    "attributes": "ATTR-01",
    "additionalCosts": "COST-01",
    "cartItems": "CART-11",
}


def coverage_of(response: JudgedResponse) -> Iterator[str]:
    """The keys of `cartfuzz.record.ScenarioRun.reached` for one response.

    Yields:
        ``"RULE accept"``, ``"RULE refuse"`` or ``"RULE show"``, and ``"endpoint OPERATION"`` for an
        accepted real request.
    """
    expectation = response.expectation
    if expectation.verdict is not Verdict.UNSPECIFIED:
        side = Ruling.ACCEPT if expectation.verdict is Verdict.MUST_ACCEPT else Ruling.REFUSE
        for rule in expectation.rules:
            yield f"{rule} {side.value}"
        if response.dry and isinstance(response.step, Update):
            yield "DRY-02 show"
    if response.status == 200 and not response.dry and not isinstance(response.step, Raw):
        yield f"endpoint {response.step.operation.value}"
    if response.accepted:
        yield "RESP-01 show"
        if requests_session(response.step.body):
            yield "RESP-02 show"
    elif response.refused:
        yield "ERR-01 show"
        yield "ERR-03 show"
    if response.shown is not None:
        yield from _shown(response)
    for rule in tested_effect_rules(response):
        yield f"{rule} show"


def _shown(response: JudgedResponse) -> Iterator[str]:
    """The rules that a response with a session in it could have broken."""
    yield "IDENT-02 show"
    if response.dry:
        return
    yield from ("RESP-03 show", "RESP-07 show")
    if response.after.update_count is not None:
        yield "RESP-08 show"
    if response.after.fields.get("cartItems"):
        yield from ("RESP-04 show", "RESP-06 show", "CART-10 show")
    if response.after.fields.get("additionalCosts"):
        yield "RESP-05 show"
        if response.environment.has(Addition.ITEM_COST_TOTAL):
            yield "RESP-09 show"
    if response.after.fields.get("profileId") == "":
        yield "IDENT-08 show"
    if response.after.returned:
        yield "RET-02 show"
    yield from _left_alone(response)


def _left_alone(response: JudgedResponse) -> Iterator[str]:
    """The rules on what the steps before must have kept, changed or left alone."""
    cause = blame(response)
    if cause.must_change_nothing:
        yield f"{cause.side_effect_rule} show"
        if cause.side_effect_rule not in ("ERR-06", "DRY-01", "DRY-03", "IDEM-01"):
            yield "ERR-06 show"
    if cause.frozen:
        yield "STATE-13 show"
    if cause.kind is Cause.OTHER:
        yield "IDENT-01 show"
    if cause.kind is Cause.UPDATED and cause.past is not None and not cause.frozen:
        yield from _merged(response, cause.past.step)
        if _leaves_out_attributes(response):
            yield "CART-12 show"


def _merged(response: JudgedResponse, step: Step) -> Iterator[str]:
    """What an accepted update of an open session kept, replaced and cleared."""
    if not isinstance(step, Update):
        return
    if response.repeats_update:
        yield "MERGE-04 show"
    sent = sent_session(step)
    for field in DATA_FIELDS:
        was_set = not is_empty(response.before.fields.get(field))
        if field not in sent:
            if was_set:
                yield "MERGE-01 show"
        elif not is_empty(sent[field]):
            if field in _FIELD_RULES:
                yield f"{_FIELD_RULES[field]} show"
            if was_set and isinstance(sent[field], list):
                yield "MERGE-03 show"
        elif was_set:
            yield "MERGE-02 show" if field in ("couponCodes", "referralCode") else "MERGE-03 show"


def _leaves_out_attributes(response: JudgedResponse) -> bool:
    """Whether, in `current`, an item that was sent lacks an attribute that the former one had."""
    items = response.after.items
    if items is UNKNOWN or response.environment.contract is ContractVersion.V2_5_1:
        return False
    return any(
        (before.get("attributes") or {}).keys() - (item.get("attributes") or {}).keys()
        for before, item in zip(response.after.items_before, items, strict=False)
    )


def boundaries(scenario: Scenario) -> Iterator[str]:
    """The keys of `ScenarioRun.boundaries`: boundary values that the updates of a scenario send."""
    for step in scenario.steps:
        if not isinstance(step, Update) or step.credentials is not Credentials.VALID:
            continue
        items = sent_session(step).get("cartItems")
        if not isinstance(items, list):
            continue
        if len(items) in ITEM_BOUNDARIES:
            yield f"cart items {len(items)}"
        total = quantity_sum(items)
        if total in SUM_BOUNDARIES:
            yield f"quantity sum {total}"
