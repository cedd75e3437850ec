"""The smoke scenario: valid and invalid requests to every endpoint.

It comes first, since a run may be stopped early, and most serious faults show with requests that
hold many things. So it sends a session with every field empty, then with every field full and odd.
Minimisation finds the smallest request that shows the same fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Credentials, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import RESPONSE_CONTENT, Samples, return_body

Json = dict[str, Any]

_ODD_SUFFIX = "Aé 😀日 "
"""Upper and lower case, an accent, an emoji, another script, blanks inside and at the end."""
_UNREADABLE = (
    ("truncated JSON", b'{"customerSession": {"identifiers": ["%s"]}' % MARK.encode()),
    (
        "no UTF-8: invalid UTF-8",
        b'{"customerSession": {"identifiers": ["%s\xff\xfe"]}}' % MARK.encode(),
    ),
)


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """One scenario; in current it also reopens a session."""
    builder = ScenarioBuilder(
        "tour of every endpoint", f"tour-{MARK}", f"again-{MARK}", f"never-{MARK}"
    )
    builder.update_with_body(
        {"customerSession": _empty(samples), "responseContent": [*RESPONSE_CONTENT]},
        *("STATE-01", "MERGE-02", "IDENT-08", "RESP-01", "RESP-02"),
    )
    invalid = {"cartItems": [samples.item(), samples.item(1, quantity=0)]}
    builder.update(invalid, "CART-06", "ERR-01", "ERR-02")
    for oddity, body in _UNREADABLE:
        builder.raw(oddity, body, "ERR-04", "ERR-02", "ERR-03")
    builder.get("ERR-05", session_index=2)
    for credentials in (Credentials.MISSING, Credentials.WRONG, Credentials.SCHEME):
        builder.get("AUTH-01", credentials=credentials)
    session = _full(samples)
    units = "CART-03" if samples.environment.flattens else "CART-05"
    aims = ("STATE-12", units, "IDENT-07", "IDENT-09", "COST-01", "ATTR-01", "CART-11")
    builder.update(session, *aims).get("RESP-03", "IDENT-02", "ERR-06")
    builder.return_with_body([], "ERR-04", "ERR-02", "ERR-01")
    first = {"position": 0, "quantity": session["cartItems"][0]["quantity"]}
    builder.return_with_body(return_body(first), "AUTH-01", credentials=Credentials.MISSING)
    builder.update({"state": "closed"}, "STATE-04", "MERGE-01").get()
    builder.return_items([first], "RET-01", "RET-02").get("RET-02")
    if samples.current:
        builder.update(samples.session(1, state="closed"), "STATE-02", session_index=1).get(
            session_index=1
        )
        builder.reopen("STATE-15", session_index=1).get("STATE-15", session_index=1)
        builder.update({"cartItems": samples.cart(1)}, "STATE-12", session_index=1).get(
            session_index=1
        )
    yield builder.build()


def _empty(samples: Samples) -> Json:
    """An open session with the empty value of every field."""
    empty = {field: type(value)() for field, value in samples.session().items()}
    return {**empty, "state": "open"}


def _full(samples: Samples) -> Json:
    """A session with as much in each field as is surely valid."""
    limits = samples.environment.limits
    cart = [
        samples.rich_item(index, name=f"{index}{_ODD_SUFFIX}", sku=f"{index % 2}{_ODD_SUFFIX}")
        for index in range(3)
    ]
    units = limits.quantity_sum if samples.environment.flattens else 1_000_000
    cart[1]["quantity"] = units - cart[0]["quantity"] - cart[2]["quantity"]
    full: Json = {
        "profileId": f"{samples.profile()}{_ODD_SUFFIX}",
        "cartItems": cart,
        "identifiers": [
            f"{index}{MARK}{_ODD_SUFFIX}" for index in _unsorted(limits.identifiers or 5)
        ],
    }
    if samples.unknown_codes_accepted:
        full["couponCodes"] = [f"{index}{MARK}{_ODD_SUFFIX}" for index in _unsorted(3)]
        full["referralCode"] = f"{MARK}{_ODD_SUFFIX * limits.referral_code}"[: limits.referral_code]
    return samples.session(1, **full)


def _unsorted(count: int) -> list[int]:
    """The numbers below ``count``, in an order that no sorting produces."""
    return [*range(1, count, 2), *range(0, count, 2)]
