"""Loyalty points of closed sessions, and their way back (LOY-01)."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples, return_body, update_body
from ..values.scarce_codes import own_session


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Points for each closed session with a profile; none where nothing is declared."""
    if not samples.environment.loyalty:
        return
    builder = ScenarioBuilder("loyalty points", *(f"points{index}-{MARK}" for index in range(3)))
    builder.update(own_session(0), "LOY-01").update(CLOSED, "LOY-01")
    builder.update(CANCELLED, "LOY-01")
    builder.update(own_session(1, state="closed", profileId=""), "IDENT-08", session_index=1)
    builder.update(own_session(2, state="closed"), "LOY-01", session_index=2)
    line = return_body({"position": 0, "quantity": 1})
    builder.return_with_body(line, "RET-01", session_index=2)
    builder.update(CANCELLED, "LOY-01", "STATE-08", session_index=2)
    yield builder.build()
    if samples.current:
        builder = ScenarioBuilder("loyalty points of a session that is reopened")
        builder.update(own_session(0, state="closed"), "LOY-01").reopen("LOY-01", "STATE-15")
        cart = [{"sku": "pot", "name": "Teapot", "quantity": 1, "price": 33.33}]
        builder.update_with_body(update_body({"cartItems": cart}), "LOY-01")
        yield builder.update(CLOSED, "LOY-01").update(CANCELLED, "LOY-01").build()
