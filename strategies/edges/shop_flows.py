"""Whole flows of shops: who signs in, resumes a cart, cancels an order, buys again, changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario
from ...contract.attribute_schemas import read_schema
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import CANCELLED, CLOSED, Samples

Json = dict[str, Any]


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """A guest signs in, a cart is resumed, two tabs, orders cancelled and redone, the sample."""
    for guest in ("", samples.profile(9)):
        yield _guest_signs_in(samples, guest)
    yield _abandoned_and_resumed(samples)
    yield _two_tabs(samples)
    for returned in (False, True):
        yield _cancelled_and_bought_again(samples, returned=returned)
    yield _used_in_a_second_session(samples)
    if samples.current:
        yield _reopened_and_changed(samples)
    yield _documented_sample(samples)


def _guest_signs_in(samples: Samples, guest: str) -> Scenario:
    """A guest with a cart gets a profile whose other cart is still open: both stay as they are."""
    kind = "with a guest ID" if guest else "without a profile"
    builder = ScenarioBuilder(
        f"a guest {kind} signs in, another cart is open", f"account-{MARK}", f"guest-{MARK}"
    )
    builder.update(samples.session(), "STATE-01", "IDENT-09").get()
    aim = "IDENT-09" if guest else "IDENT-08"
    builder.update(samples.session(3, profileId=guest), "STATE-01", aim, session_index=1)
    builder.update({"profileId": samples.profile()}, "IDENT-09", "MERGE-01", session_index=1)
    builder.get("MERGE-01", session_index=1).get("RESP-03", "IDENT-01")
    builder.update(CLOSED, "STATE-04", session_index=1).get("STATE-04", session_index=1)
    builder.get("RESP-03", "IDENT-01").update({"cartItems": samples.cart(1, start=6)}, "MERGE-03")
    return builder.get("MERGE-03").get("RESP-03", session_index=1).build()


def _abandoned_and_resumed(samples: Samples) -> Scenario:
    """A cart waits while its profile buys something else in another session."""
    builder = ScenarioBuilder(
        "an abandoned cart is resumed after an order", f"abandoned-{MARK}", f"order-{MARK}"
    )
    builder.update(samples.session(), "STATE-01").get()
    order = samples.session(2, profileId=samples.profile())
    builder.update(order, "STATE-01", session_index=1)
    builder.update(CLOSED, "STATE-04", session_index=1).get("RESP-03", "IDENT-01")
    builder.update({}, "STATE-12", "MERGE-01").get("MERGE-01")
    builder.update({"cartItems": samples.cart(2, start=4)}, "MERGE-03").get("MERGE-03")
    builder.update(CLOSED, "STATE-04").get("STATE-04")
    return builder.get("RESP-03", "IDENT-01", session_index=1).build()


def _two_tabs(samples: Samples) -> Scenario:
    """Two tabs show one session; each sends its own cart in turn, and reads."""
    builder = ScenarioBuilder("two tabs change one session in turn")
    first = samples.cart(2)
    second = [{**item, "quantity": item["quantity"] + 1} for item in first]
    builder.update(samples.session(cartItems=first), "STATE-01").get()
    for cart in (second, first, second):
        builder.update({"cartItems": cart}, "MERGE-03", "STATE-12").get("RESP-03", "CART-11")
    builder.update({"identifiers": samples.identifiers(5)}, "MERGE-01").get("MERGE-01")
    builder.update({"cartItems": first, **CLOSED}, "STATE-04", "MERGE-03").get("STATE-04")
    # The other tab does not know that the session is closed.
    return builder.update({"cartItems": second}, "STATE-13", "STATE-U1").get("STATE-13").build()


def _cancelled_and_bought_again(samples: Samples, *, returned: bool) -> Scenario:
    """The same items with the same profile and codes, in a new session."""
    after = "after a return" if returned else "after closing"
    builder = ScenarioBuilder(
        f"cancelled {after}, then bought again", f"order-{MARK}", f"again-{MARK}"
    )
    order = samples.session()
    builder.update(order, "STATE-01").update(CLOSED, "STATE-04")
    if returned:
        line = {"position": 1, "quantity": order["cartItems"][1]["quantity"]}
        builder.return_items([line], "RET-01", "RET-02")
    builder.update(CANCELLED, "STATE-10" if returned else "STATE-06")
    builder.get("STATE-13", *(("RET-02",) if returned else ()))
    builder.update(order, "STATE-01", "IDENT-07", session_index=1).get("IDENT-07", session_index=1)
    builder.update(CLOSED, "STATE-04", session_index=1).get("STATE-04", session_index=1)
    return builder.get("STATE-13").build()


def _used_in_a_second_session(samples: Samples) -> Scenario:
    """What one session used is new to the next: codes, positions; keys are open (RET-06)."""
    builder = ScenarioBuilder(
        "codes, positions and keys again in a second session", f"one-{MARK}", f"other-{MARK}"
    )
    order = samples.session(cartItems=samples.cart(4), **CLOSED)
    for index in (0, 1):
        builder.update(order, "STATE-02", "IDENT-07", session_index=index)
    for position in (1, 0):
        line = {"position": position, "quantity": order["cartItems"][position]["quantity"]}
        for index in (0, 1):
            builder.return_items([line], "RET-01", "RET-02", session_index=index)
    for index in (0, 1):
        builder.get("RET-02", session_index=index)
    if samples.current:
        line = {"position": 2, "quantity": order["cartItems"][2]["quantity"]}
        for index in (0, 1):
            builder.return_items(
                [line], "RET-01", "RET-06", session_index=index, idempotency_key=f"key-{MARK}"
            ).get("RET-02", session_index=index)
    return builder.build()


def _reopened_and_changed(samples: Samples) -> Scenario:
    """A closed order is changed after all, closed again, and partly returned (current)."""
    builder = ScenarioBuilder("reopened, changed, closed again, returned")
    changed = samples.cart(3, start=1)
    builder.update(samples.session(), "STATE-01").update(CLOSED, "STATE-04")
    builder.reopen("STATE-15").get("STATE-15")
    builder.update({"cartItems": changed, "couponCodes": []}, "STATE-15", "MERGE-02", "MERGE-03")
    builder.get("MERGE-03").update(CLOSED, "STATE-04", "MERGE-01").get("STATE-04", "MERGE-01")
    line = {"position": 0, "quantity": changed[0]["quantity"]}
    return builder.return_items([line], "RET-01", "RET-02").get("RET-02").build()


_SAMPLE_CODES: Json = {
    "couponCodes": ["XMAS-20-2021"],
    "referralCode": "NT2K54D9",
    "loyaltyCards": ["loyalty-card-1"],
}


def _documented_sample(samples: Samples) -> Scenario:
    """The sample of the SDKs' documentation with its very values, as far as they are declared.

    Its profile, identifier and codes have no mark: every execution sends the same ones.
    """
    environment = samples.environment
    session: Json = {
        "profileId": "URNGV8294NV",
        "identifiers": ["91.11.156.141"],
        "state": "open",
    }
    if samples.unknown_codes_accepted:
        session |= _SAMPLE_CODES
    if "shipping" in environment.session_costs:
        session["additionalCosts"] = {"shipping": {"price": 9}}
    city = environment.session_attributes.get("ShippingCity")
    if city is not None and read_schema("ShippingCity", city).accepts("Berlin"):
        session["attributes"] = {"ShippingCity": "Berlin"}
    builder = ScenarioBuilder("the documented sample")
    builder.update(session, "STATE-01", "IDENT-07", "IDENT-09").get("IDENT-07", "RESP-03")
    return builder.update({"cartItems": samples.cart(1)}, "MERGE-01").get("MERGE-01").build()
