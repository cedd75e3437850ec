"""Every row of the state table: each operation in each state, with each requested state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import Operation, Ruling, Scenario, SessionState, Transition, transitions
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """One scenario for each row: reach the state, read, dry request, read, real request, read."""
    for row in transitions(samples.environment.contract):
        yield _cell(samples, row)
    yield from _frozen_data(samples)


def _name(state: SessionState | None) -> str:
    return "no session" if state is None else state.value


def cell_title(row: Transition) -> str:
    """The title of the scenario for a row of the table: ``"closed: update to open"``."""
    title = f"{_name(row.source)}: {row.operation.value}"
    if row.operation is Operation.UPDATE:
        title += f" to {row.requested.value}" if row.requested else " without a state"
    return title


def _cell(samples: Samples, row: Transition) -> Scenario:
    builder = ScenarioBuilder(cell_title(row))
    lead_to(builder, row.source, samples)
    read = (row.rule, "RESP-03") if row.source else ("ERR-05",)
    builder.get(*read)
    if row.operation is Operation.UPDATE:
        _updates(builder, row, samples)
    elif row.operation is Operation.RETURN:
        _returns(builder, row, samples)
    elif row.operation is Operation.REOPEN:
        builder.reopen(row.rule).get(row.rule)
    else:
        builder.get(*read)
    return builder.build()


def _updates(builder: ScenarioBuilder, row: Transition, samples: Samples) -> None:
    target: Json = {"state": row.requested.value} if row.requested else {}
    free = row.source in (None, SessionState.OPEN)
    changed = {**samples.session(3), **target}
    dry = changed if free else target
    builder.update(dry, row.rule, "DRY-01", "DRY-02", dry=True).get("DRY-01")
    if row.ruling is Ruling.ACCEPT:
        builder.update(changed if free else target, row.rule).get(row.rule, "RESP-03")
        return
    aims = (row.rule, "STATE-13", "STATE-17") if row.source else (row.rule, "ERR-06")
    builder.update(target, *aims).get(*aims)
    builder.update(changed, *aims).get(*aims)


def _returns(builder: ScenarioBuilder, row: Transition, samples: Samples) -> None:
    # The second item, since the first is already returned in a partially returned session; the
    # third one is left, as it is open what a return of everything does (RET-U1).
    units = samples.session()["cartItems"][1]["quantity"]
    part = samples.environment.flattens and units > 1
    item = {"position": 1, "quantity": 1 if part else units}
    builder.return_items([item], row.rule, "DRY-03", dry=True).get("DRY-03")
    builder.return_items([item], row.rule).get(row.rule)


def _frozen_data(samples: Samples) -> Iterator[Scenario]:
    """Data of a session that is no longer open must not change (STATE-13)."""
    for source in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED, SessionState.CANCELLED):
        builder = ScenarioBuilder(f"{source.value}: field by field")
        lead_to(builder, source, samples)
        builder.get()
        for field, value in samples.session(5).items():
            builder.update({field: value}, "STATE-13", "STATE-U1").get("STATE-13")
        yield builder.build()
    for source in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED):
        builder = ScenarioBuilder(f"{source.value}: cancelled with other data")
        lead_to(builder, source, samples)
        builder.update(samples.session(3, state="cancelled"), "STATE-13").get("STATE-13")
        yield builder.build()
