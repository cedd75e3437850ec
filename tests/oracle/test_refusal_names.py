"""Under which rule and situation a refusal that should not be is reported."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ContractVersion
from cartfuzz.oracle.checks.error_pointers import in_words
from cartfuzz.record import Discrepancy
from cartfuzz.wire import Response

from .histories import DATA, ENVIRONMENT, ITEM, answer, judge, update

CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
ONE_CARD = {"loyaltyCards": ["card"]}
BOTH = {**ONE_CARD, "couponCodes": ["c" * 60]}
CARD = ("IDENT-04", "update: 1 loyalty card")
MANY = ("CART-01", "update: up to 1000 cart items")
CODES = ("IDENT-05", "update: coupon codes of up to 100")
PLAIN = ("STATE-01", "update of an unknown session without a state")


def refused_at(pointer: Any) -> Response:
    """A 400 whose error points somewhere."""
    return answer(
        400, {"message": "no", "errors": [{"title": "no", "source": {"pointer": pointer}}]}
    )


def found_in(session: dict[str, Any], refused: Response) -> Discrepancy:
    judgements = judge([(update(session), refused)], environment=CURRENT)
    discrepancies = [one for judgement in judgements for one in judgement.discrepancies]
    [found] = [one for one in discrepancies if one.check == "status"]
    return found


@pytest.mark.parametrize(
    ("session", "pointer", "named"),
    [
        (ONE_CARD, "", CARD),
        (ONE_CARD, "/customerSession", CARD),
        (ONE_CARD, "/customerSession/loyaltyCards", CARD),
        (ONE_CARD, "/customerSession/loyaltyCards/0", CARD),
        (ONE_CARD, "/customerSession/attributes/other", CARD),  # was not sent
        (ONE_CARD, 7, CARD),
        ({**ONE_CARD, "cartItems": [ITEM]}, "/customerSession/cartItems/0/price", PLAIN),
        ({**ONE_CARD, "cartItems": [ITEM]}, "customerSession.cartItems[0].price", PLAIN),
        ({**ONE_CARD, "attributes": {"channel": "web"}}, "/customerSession/attributes", PLAIN),
        (BOTH, "/customerSession/loyaltyCards", CARD),
        (BOTH, "/customerSession/couponCodes/0", CODES),
        (BOTH, "", PLAIN),
        (
            {"cartItems": [ITEM] * 300},
            "/customerSession/cartItems",
            MANY,
        ),
        ({"cartItems": [ITEM] * 300}, "/customerSession/cartItems/250/price", PLAIN),
        (DATA, "/customerSession/profileId", PLAIN),
    ],
)
def test_a_refusal_is_named_by_what_it_is_about(
    session: dict[str, Any], pointer: object, named: tuple[str, str]
) -> None:
    """By a promise where the error points at it, or where it is the only one; else by the move."""
    found = found_in(session, refused_at(pointer))
    assert (found.rule, found.situation) == named
    assert found.outcome == "answered 400"


def test_the_pointer_is_quoted_but_makes_no_signature() -> None:
    """It is shown where it points at what was sent."""
    session = {"attributes": {"channel": "web"}, "cartItems": [ITEM]}
    one = found_in(session, refused_at("/customerSession/attributes/channel"))
    other = found_in(session, refused_at("/customerSession/cartItems/0"))
    unsent = found_in(session, refused_at("/customerSession/profileId"))
    assert one.found.startswith("400 at /customerSession/attributes/channel: {")
    assert other.found.startswith("400 at /customerSession/cartItems/0: {")
    assert unsent.found.startswith("400 {")
    assert one.signature == other.signature == unsent.signature


def test_a_quoted_pointer_is_short_and_printable() -> None:
    """Whatever names were sent."""
    quoted = in_words(["customerSession", "attributes", "\x1b[31m" + "é" * 500])
    assert quoted.startswith("/customerSession/attributes/\\x1b[31m")
    assert quoted.isascii()
    assert quoted.isprintable()
    assert len(quoted) <= 120


def test_the_other_promises_are_other_readings() -> None:
    """So that a target that breaks just one of them has one entry."""
    alone = found_in(ONE_CARD, refused_at(""))
    assert alone.signature in found_in(BOTH, refused_at("")).alternatives
