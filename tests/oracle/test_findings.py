"""What a discrepancy says beside its rule: its family, its claim, its outcome."""

from __future__ import annotations

import re

import msgspec
import pytest

from cartfuzz.contract import ContractVersion, Fetch, ReturnItems, Step
from cartfuzz.record import AnyOf, Holds, StatusIn, Without
from cartfuzz.wire import Response

from .histories import DATA, ENVIRONMENT, ITEM, answer, judge, ok, refusal, update

CREATED = (update(DATA), ok(DATA))
CLOSED_DATA = {**DATA, "state": "closed"}
CLOSED = (update(CLOSED_DATA), ok(CLOSED_DATA))


def test_only_wrong_refusals_are_of_one_family() -> None:
    """Refusals with another status than they should have; not refusals that should not be."""
    wrong = judge([(update({"state": "partially_returned"}), refusal(422))])
    needless = judge([(update(DATA), refusal(422))])
    accepted = judge([(update({"state": "partially_returned"}), ok(DATA))])
    families = [one[0].discrepancies[0].family for one in (wrong, needless, accepted)]
    assert families == ["refusals are answered 422", "", ""]


def test_a_claim_about_what_is_open_allows_a_refusal() -> None:
    """A fixed target may refuse what this one accepted wrongly."""
    late = (update(), ok({**CLOSED_DATA, "state": "open"}))
    (found,) = [one for said in judge([CLOSED, late]) for one in said.discrepancies]
    assert found.rule == "STATE-07"
    assert isinstance(found.claim, AnyOf)
    assert any(isinstance(one, StatusIn) and 400 in one.statuses for one in found.claim.claims)


@pytest.mark.parametrize("text", ["Traceback (most recent call last)", "SELECT id\nFROM sessions"])
def test_a_leak_is_claimed_as_it_is_found(text: str) -> None:
    """The pattern of the claim finds what the check found, over lines where the check does."""
    told = answer(500, {"message": "failed", "errors": [{"title": text}]})
    raw = answer(500, raw=b'{"message": "' + text.encode() + b'"}')
    for given in (told, raw):
        found = [one for said in judge([(update(DATA), given)]) for one in said.discrepancies]
        leaks = [one.claim for one in found if one.rule == "ERR-03"]
        for claim in leaks:
            assert isinstance(claim, Without)
            assert re.search(claim.pattern, text) is not None
    assert leaks


@pytest.mark.parametrize("step", [Fetch(), update(DATA)])
def test_a_message_under_200_is_an_error_where_the_schema_has_no_room_for_it(step: Step) -> None:
    """IntegrationStateV2 requires effects; the answer to a read requires nothing."""
    said = judge([CREATED, (step, answer(200, {"message": "refused"}))])
    outcomes = [one.outcome for judgement in said for one in judgement.discrepancies]
    assert ("an error under the status 200" in outcomes) == (not isinstance(step, Fetch))
    assert outcomes


@pytest.mark.parametrize(
    ("contract", "units", "held"),
    [
        (ContractVersion.CURRENT, (4, 4), {"returnedQuantity": 3, "remainingQuantity": 6}),
        (ContractVersion.CURRENT, (4, 5), {"returnedQuantity": 3, "remainingQuantity": 6}),
        (ContractVersion.V2_5_1, (4, 4), {"remainingQuantity": 5}),
    ],
)
def test_the_claim_about_returned_units(
    contract: ContractVersion, units: tuple[int, int], held: dict[str, int]
) -> None:
    """Both numbers where it is known what a part of a line returns, else that they add up."""
    line = {**ITEM, "quantity": 9}
    item = {**line, "returnedQuantity": units[0], "remainingQuantity": units[1]}
    closed = {**CLOSED_DATA, "cartItems": [line]}
    after = {**closed, "state": "partially_returned", "cartItems": [item]}
    lines = {"returnedCartItems": [{"position": 0, "quantity": 3}]}
    back = ReturnItems(body={"return": lines, "responseContent": ["customerSession"]})
    history: list[tuple[Step, Response]] = [(update(closed), ok(closed)), (back, ok(after))]
    environment = msgspec.structs.replace(ENVIRONMENT, contract=contract)
    found = judge(history, environment=environment)[1].discrepancies
    (claim,) = [one.claim for one in found if one.rule == "RET-02"]
    assert isinstance(claim, AnyOf)
    item_holds = Holds(pointer="/customerSession/cartItems/0", value=held)
    wanted = AnyOf(claims=(item_holds, Holds(pointer="/customerSession", value=None)))
    assert wanted in (claim, claim.claims[0])  # where a refusal is right too, it is a part
