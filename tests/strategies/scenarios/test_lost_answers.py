"""Connections that are cut while a write is under way."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    ContractVersion,
    Cut,
    Fetch,
    Operation,
    Reopen,
    ReturnItems,
    Update,
)
from cartfuzz.strategies import draw_scenarios, lost_answer_scenarios, lost_answers

OPERATIONS = {
    ContractVersion.V2_5_1: {Operation.UPDATE, Operation.RETURN},
    ContractVersion.CURRENT: {Operation.UPDATE, Operation.RETURN, Operation.REOPEN},
}


@pytest.mark.parametrize("version", ContractVersion)
def test_each_kind_of_write_is_cut_at_each_place(version: ContractVersion) -> None:
    """And the very same write follows whole, with the same key where there are keys."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
    seen = set()
    keys = set()
    for scenario in lost_answer_scenarios(environment):
        if len(scenario.sessions) > 1:
            continue  # about a scarce code: see below
        (lost,) = (
            step
            for step in scenario.steps
            if isinstance(step, Update | ReturnItems | Reopen) and step.cut is not None
        )
        place = scenario.steps.index(lost)
        reads = scenario.steps[place + 1 : -2]
        assert len(reads) == (2 if lost.cut in (Cut.SENT, Cut.ANSWER) else 1)
        assert all(isinstance(read, Fetch) for read in reads)
        assert scenario.steps[-2] == msgspec.structs.replace(lost, cut=None)
        seen.add((lost.operation, lost.cut))
        if isinstance(lost, ReturnItems):
            keys.add((lost.cut, lost.idempotency_key is not None))
    cuts = (Cut.HEAD, Cut.BODY, Cut.SENT, Cut.ANSWER)
    assert seen == set(product(OPERATIONS[version], cuts))
    keyed = (False, True) if version is ContractVersion.CURRENT else (False,)
    assert keys == set(product(cuts, keyed))


@pytest.mark.parametrize("version", ContractVersion)
def test_the_last_redemption_is_lost_and_asked_for_again(version: ContractVersion) -> None:
    """In the sweep at each place, and by chance with each write that redeems or gives back."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
    swept = [one for one in lost_answer_scenarios(environment) if len(one.sessions) > 1]
    cuts = [step.cut for one in swept for step in one.steps if step.cut is not None]
    assert set(cuts) == {Cut.HEAD, Cut.BODY, Cut.SENT, Cut.ANSWER}
    drawn = draw_scenarios(lost_answers(environment), seed=1, count=200)
    scarce = [one for one in drawn if len(one.sessions) > 1]
    assert 20 < len(scarce) < 80
    lost = set()
    for scenario in (*swept, *scarce):
        (step,) = (step for step in scenario.steps if step.cut is not None)
        state = step.body["customerSession"]["state"] if isinstance(step, Update) else "open"
        lost.add(state)
        closings = [
            other
            for other in scenario.steps[scenario.steps.index(step) + 1 :]
            if isinstance(other, Update) and other.session != step.session
        ]
        assert len(closings) == 2
        codes = {str(one.body["customerSession"].get("couponCodes")) for one in closings}
        assert len(codes) == 1
    expected = {"closed", "cancelled"} | ({"open"} if version is ContractVersion.CURRENT else set())
    assert lost == expected
