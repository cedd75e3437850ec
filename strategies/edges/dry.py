"""Dry requests: answered like real ones, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario, SessionState
from ..scenarios.scenario_builder import ScenarioBuilder, lead_to
from ..values.samples import Samples, request

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Dry creations, updates, changes of state and returns; each then for real."""
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
        tale = ScenarioBuilder(f"created dry, {state.value if state else 'without a state'}")
        tale.get("ERR-05").put(session, "DRY-01", "DRY-02", dry=True).get("DRY-01", "ERR-05")
        tale.put(session, "DRY-02", dry=True).put(session, "STATE-01").get("RESP-03")
        yield tale.scenario()


def _fields(samples: Samples) -> Scenario:
    """Each field is changed dry, then all at once."""
    tale = ScenarioBuilder("fields changed dry")
    tale.put(samples.session(), "STATE-01").get()
    changed = samples.session(4)
    for field, value in changed.items():
        tale.put({field: value}, "DRY-01", "DRY-U1", dry=True).get("DRY-01")
    tale.put(changed, "DRY-01", "DRY-02", dry=True).get("DRY-01")
    for field in ("couponCodes", "identifiers", "cartItems"):
        tale.put({field: []}, "DRY-01", dry=True).get("DRY-01")
    return tale.put(changed, "DRY-02", "MERGE-03").get("MERGE-03").scenario()


def _changes_of_state(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("closed and cancelled dry, then for real")
    tale.put(samples.session(), "STATE-01").get()
    for state, rule in (("closed", "STATE-04"), ("cancelled", "STATE-05")):
        tale.put({"state": state}, "DRY-01", rule, dry=True).get("DRY-01")
    tale.put(samples.session(2, state="closed"), "DRY-01", dry=True).get("DRY-01")
    tale.put({"identifiers": samples.identifiers(8)}, "STATE-12").get("MERGE-01")
    tale.put({"state": "closed"}, "STATE-04").get("STATE-04")
    tale.put({"state": "cancelled"}, "DRY-01", "STATE-06", dry=True).get("DRY-01")
    tale.put({"state": "cancelled"}, "STATE-06").get("STATE-06")
    return tale.scenario()


def _dry_return(samples: Samples) -> Scenario:
    tale = ScenarioBuilder("returned dry, then for real")
    lead_to(tale, SessionState.CLOSED, samples)
    cart = samples.session()["cartItems"]
    items = [
        {"position": position, "quantity": item["quantity"]} for position, item in enumerate(cart)
    ]
    tale.get()
    for _ in range(2):
        tale.back(items[:1], "DRY-03", "RET-01", dry=True).get("DRY-03", "RET-02")
    tale.back(items[:1], "RET-01").get("RET-02")
    tale.back(items[1:], "DRY-03", dry=True).get("DRY-03")
    return tale.back(items[1:], "RET-01", "RET-U1").get("RET-02").scenario()


def _codes(samples: Samples) -> Scenario:
    """Dry updates with codes on one session leave another with the same codes alone."""
    tale = ScenarioBuilder("codes used dry", f"dry-{MARK}", f"real-{MARK}")
    closed = samples.session(state="closed")
    tale.put(closed, "DRY-01", dry=True).put(closed, "DRY-01", dry=True)
    tale.put(closed, "STATE-02", at=1).get(at=1).get("ERR-05")
    return tale.scenario()


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
    body = request(samples.session())
    tale = ScenarioBuilder("now in the future")
    tale.send(body, "STATE-01")
    for text in (_FUTURE, "2099-01-31T10:00:00+02:00", "2099-01-31T10:00:00.123456Z"):
        tale.send(body, "DRY-04", dry=True, now=text)
    yield tale.get("DRY-01").scenario()
    tale = ScenarioBuilder("now that is none, or past, or without dry")
    tale.send(body, "STATE-01")
    for text in _BAD_TIMES:
        tale.send(body, "DRY-04", dry=True, now=text)
    changed = request(samples.session(5))
    tale.send(changed, "DRY-04", "ERR-06", now=_FUTURE)
    yield tale.get("ERR-06", "DRY-01").scenario()


def _campaigns(samples: Samples) -> Scenario:
    """Which campaigns to look at may be said with dry requests."""
    tale = ScenarioBuilder("campaigns for a dry request")
    for campaigns in ([], [1], [3, 1, 2]):
        session = samples.session(evaluableCampaignIds=campaigns)
        tale.put(session, "DRY-01", "DRY-02", dry=True)
    return tale.get("DRY-01", "ERR-05").scenario()
