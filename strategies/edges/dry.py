"""Dry requests: the target must respond as to real ones and store nothing (DRY-01 to DRY-04)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples, update_body

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Dry creations, updates, changes of state and returns, most followed by the real request."""
    yield from _creations(samples)
    yield _fields(samples)
    yield _changes_of_state(samples)
    yield _dry_return(samples)
    yield _codes(samples)
    if samples.current:
        yield from _now(samples)
        yield _campaigns(samples)


def _creations(samples: Samples) -> Iterator[Scenario]:
    for state in (None, SessionState.OPEN, SessionState.CLOSED):
        session = samples.session()
        if state is not None:
            session["state"] = state.value
        builder = ScenarioBuilder(f"created dry, {state.value if state else 'without a state'}")
        builder.get("ERR-05").update(session, "DRY-01", "DRY-02", dry=True).get("DRY-01", "ERR-05")
        builder.update(session, "DRY-02", dry=True).update(session, "STATE-01").get("RESP-03")
        yield builder.build()


def _fields(samples: Samples) -> Scenario:
    """Each field is changed dry, then all fields in one dry request and in a real one."""
    builder = ScenarioBuilder("fields changed dry")
    builder.update(samples.session(), "STATE-01").get()
    changed = samples.session(4)
    for field, value in changed.items():
        builder.update({field: value}, "DRY-01", "DRY-U1", dry=True).get("DRY-01")
    builder.update(changed, "DRY-01", "DRY-02", dry=True).get("DRY-01")
    for field in ("couponCodes", "identifiers", "cartItems"):
        builder.update({field: []}, "DRY-01", dry=True).get("DRY-01")
    return builder.update(changed, "DRY-02", "MERGE-03").get("MERGE-03").build()


def _changes_of_state(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("closed and cancelled dry, then for real")
    builder.update(samples.session(), "STATE-01").get()
    for state, rule in (("closed", "STATE-04"), ("cancelled", "STATE-05")):
        builder.update({"state": state}, "DRY-01", rule, dry=True).get("DRY-01")
    builder.update(samples.session(2, state="closed"), "DRY-01", dry=True).get("DRY-01")
    builder.update({"identifiers": samples.identifiers(8)}, "STATE-12").get("MERGE-01")
    builder.update({"state": "closed"}, "STATE-04").get("STATE-04")
    stored = ("DRY-U2",) if samples.current else ()
    builder.update({"state": "cancelled"}, "DRY-01", "STATE-06", *stored, dry=True).get("DRY-01")
    builder.update({"state": "cancelled"}, "STATE-06").get("STATE-06")
    return builder.build()


def _dry_return(samples: Samples) -> Scenario:
    builder = ScenarioBuilder("returned dry, then for real")
    lead_to(builder, SessionState.CLOSED, samples)
    cart = samples.session()["cartItems"]
    items = [
        {"position": position, "quantity": item["quantity"]} for position, item in enumerate(cart)
    ]
    builder.get()
    for _ in range(2):
        builder.return_items(items[:1], "DRY-03", "RET-01", dry=True).get("DRY-03", "RET-02")
    builder.return_items(items[:1], "RET-01").get("RET-02")
    builder.return_items(items[1:], "DRY-03", dry=True).get("DRY-03")
    return builder.return_items(items[1:], "RET-01", "RET-U1").get("RET-02").build()


def _codes(samples: Samples) -> Scenario:
    """Dry updates with codes on one session, then a real one with the same codes on another."""
    builder = ScenarioBuilder("codes used dry", f"dry-{MARK}", f"real-{MARK}")
    closed = samples.session(state="closed")
    builder.update(closed, "DRY-01", dry=True).update(closed, "DRY-01", dry=True)
    builder.update(closed, "STATE-02", session_index=1).get(session_index=1).get("ERR-05")
    return builder.build()


_FUTURE = "2099-01-31T10:00:00Z"
_BAD_TIMES = (
    "2001-01-31T10:00:00Z",
    "tomorrow",
    "",
    "2099-13-31T10:00:00Z",
    "2099-01-31",
    "4073545200",
)


def _now(samples: Samples) -> Iterator[Scenario]:
    body = update_body(samples.session())
    builder = ScenarioBuilder("now in the future")
    builder.update_with_body(body, "STATE-01")
    for text in (_FUTURE, "2099-01-31T10:00:00+02:00", "2099-01-31T10:00:00.123456Z"):
        builder.update_with_body(body, "DRY-04", dry=True, now=text)
    yield builder.get("DRY-01").build()
    builder = ScenarioBuilder("now that is none, or past, or without dry")
    builder.update_with_body(body, "STATE-01")
    for text in _BAD_TIMES:
        builder.update_with_body(body, "DRY-04", dry=True, now=text)
    changed = update_body(samples.session(5))
    builder.update_with_body(changed, "DRY-04", "ERR-06", now=_FUTURE)
    yield builder.get("ERR-06", "DRY-01").build()


def _campaigns(samples: Samples) -> Scenario:
    """Dry requests may name the campaigns to evaluate (current only)."""
    builder = ScenarioBuilder("campaigns for a dry request")
    for campaigns in ([], [1], [3, 1, 2]):
        session = samples.session(evaluableCampaignIds=campaigns)
        builder.update(session, "DRY-01", "DRY-02", "DRY-U3", dry=True)
    return builder.get("DRY-01", "ERR-05").build()
