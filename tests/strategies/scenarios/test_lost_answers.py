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
from cartfuzz.strategies import lost_answer_scenarios

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
