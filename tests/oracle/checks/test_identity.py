"""What names a session: identifiers, times, counts, and the claims about them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, ContractVersion, Fetch, Step
from cartfuzz.record import Discrepancy, Holds, Unchanged
from cartfuzz.wire import Response

from ..histories import DATA, ENVIRONMENT, answer, judge, ok, read, rules, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
ANONYMOUS = {"profileId": ""}
CREATED = (update(DATA), ok(DATA, updateCount=1))


def after(**changes: Any) -> list[Discrepancy]:
    """What is found in a read that shows the session with ``changes``."""
    changes = {"updateCount": 1, **changes}
    history: list[tuple[Step, Response]] = [CREATED, (Fetch(), read(DATA, **changes))]
    return list(judge(history, environment=CURRENT)[1].discrepancies)


@pytest.mark.parametrize(
    ("first", "expected"), [(True, []), (False, ["IDENT-08"]), (None, ["RESP-01"])]
)
def test_anonymous_sessions_are_first_sessions(first: Any, expected: list[str]) -> None:
    """Anything but true or false is a matter of the shape."""
    judgement = judge([(update(ANONYMOUS), ok(ANONYMOUS, firstSession=first))])[0]
    assert [one.rule for one in judgement.discrepancies] == expected
    if expected == ["IDENT-08"]:
        claim = Holds(pointer="/customerSession/firstSession", value=True)
        assert judgement.discrepancies[0].claim == claim
    named = judge([(update(DATA), ok(DATA, firstSession=False))])
    assert rules(named) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"id": 8}, "RESP-07"),
        ({"applicationId": 2}, "RESP-07"),
        ({"created": "2026-01-01T00:00:02Z"}, "RESP-07"),
        ({"created": "2026-01-01T01:00:00+01:00"}, None),
        ({"updated": "2025-12-31T23:59:59Z"}, "RESP-07"),
        ({"integrationId": "other"}, "IDENT-02"),
        ({"updateCount": 2}, "RESP-08"),
        ({"updateCount": 0}, "RESP-08"),
    ],
    ids=str,
)
def test_what_must_stay(changes: dict[str, Any], rule: str | None) -> None:
    """Of a session that nobody wrote to."""
    found = after(**changes)
    assert [one.rule for one in found] == ([] if rule is None else [rule])


def test_claims_about_what_must_stay() -> None:
    """A field is unchanged; a time may grow."""
    assert after(id=8)[0].claim == Unchanged(pointer="/customerSession/id")
    assert after(updated="2025-12-31T23:59:59Z")[0].claim == Unchanged(
        pointer="/customerSession/updated", may_grow=True
    )
    assert after(integrationId="other")[0].claim == Holds(
        pointer="/customerSession/integrationId", value=MARK
    )
    assert after(updateCount=2)[0].claim == Holds(pointer="/customerSession/updateCount", value=1)


@pytest.mark.parametrize(
    ("pointers", "quoted"),
    [
        (("/customerSession/identifiers/1", "/customerSession/profileId"), "identifiers/1"),
        (("customerSession.identifiers[1]",), "identifiers/1"),
        (("/customerSession/identifiers/2",), ""),
        (("/customerSession/other", "/customerSession/profileId"), ""),
        (("/customerSession/cartItems/0/sku",), "cartItems/0/sku"),
        ((1,), ""),
        ((), ""),
    ],
    ids=str,
)
def test_what_the_first_error_points_at(pointers: tuple[Any, ...], quoted: str) -> None:
    """Is quoted where it was sent."""
    errors = [{"title": "no", "source": {"pointer": pointer}} for pointer in pointers]
    body = {"message": "refused", "errors": errors}
    found = judge([(update(DATA), answer(400, body))], environment=CURRENT)[0].discrepancies
    (one,) = [discrepancy for discrepancy in found if discrepancy.rule != "ERR-01"]
    start = f"400 at /customerSession/{quoted}: {{" if quoted else "400 {"
    assert one.found.startswith(start)
