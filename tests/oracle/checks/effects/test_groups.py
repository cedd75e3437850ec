"""Which checks of effects an answer needs: one that is left out would have found nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import CodeCase
from cartfuzz.oracle import sequential
from cartfuzz.oracle.checks.effects import groups
from cartfuzz.oracle.checks.effects.context import new_effects
from cartfuzz.oracle.effects import EffectKind, Effects
from cartfuzz.oracle.judged_response import JudgedResponse

from ...histories import effect
from .histories import (
    CART,
    SHOP,
    Told,
    accept,
    cancelled,
    discount,
    fetched,
    found,
    reject,
    reopened,
    returned,
    rollback,
    sent,
)

ENVIRONMENT = msgspec.structs.replace(SHOP, code_case=CodeCase.UPPER)
SESSION = {"cartItems": CART, "couponCodes": ["TENTH", "plain"], "referralCode": "FRIEND"}
OFF: dict[str, Any] = {"name": "off", "value": 0.01}
POINTS: dict[str, Any] = {"value": 1, "transactionUUID": "u"}
WRONG: Sequence[dict[str, Any]] = (
    accept("TENTH"),
    accept("STRANGE"),
    reject("TENTH", campaign=7),
    reject("plain"),
    rollback("TENTH"),
    effect("acceptReferral", value="FRIEND"),
    effect("rejectReferral", value="FRIEND", rejectionReason="ReferralExpired"),
    effect("rollbackReferral", value="FRIEND"),
    discount(0.01, campaign=8),
    effect("setDiscountPerItem", campaign=8, position=99, **OFF),
    effect("setDiscountPerAdditionalCost", campaign=8, **OFF),
    effect("rollbackDiscount", campaign=8, **OFF),
    effect("addLoyaltyPoints", name="leaves", **POINTS),
    effect("rollbackAddedLoyaltyPoints", **POINTS),
)
"""Effects of all kinds, with something wrong for each check."""
LEFT_OUT = [
    (look, frozenset(kinds))
    for look, sets in groups._NEEDED.items()
    for kinds in product(*map(sorted, sets))
]
"""Each function with kinds of effects without which it is left out: one of each set."""


def name(one: object) -> str:
    """A parameter in words that are the same in each process."""
    if isinstance(one, frozenset):
        return "+".join(sorted(one))
    return f"{getattr(one, '__module__', '')}.{getattr(one, '__name__', '')}".rpartition(
        "effects."
    )[2]


def history(without: frozenset[EffectKind]) -> list[Told]:
    """Answers of all sorts, which list the wrong effects but for those of some kinds."""
    wrong = [one for one in WRONG if one["effectType"] not in without]
    return [
        sent(SESSION, *wrong, dry=True),
        sent(SESSION, *wrong),
        fetched(SESSION, *wrong),
        sent({"state": "closed"}, *wrong),
        returned(0, 1, *wrong),
        reopened(*wrong),
        cancelled(*wrong),
    ]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[JudgedResponse]:
    """Takes in what the oracle judges."""
    taken: list[JudgedResponse] = []

    def take(**fields: Any) -> JudgedResponse:
        taken.append(JudgedResponse(**fields))
        return taken[-1]

    monkeypatch.setattr(sequential, "JudgedResponse", take)
    return taken


def yielded(look: object, judged: Iterable[JudgedResponse]) -> list[object]:
    """What a function finds in answers, or names as put to the test."""
    assert callable(look)
    work: Callable[[JudgedResponse, Effects], Iterable[object]] = look
    return [
        one
        for response in judged
        if (effects := new_effects(response)) is not None
        for one in work(response, effects)
    ]


@pytest.mark.parametrize("look", groups._NEEDED, ids=name)
def test_the_answers_have_something_for_each_check(
    look: object, judged: list[JudgedResponse]
) -> None:
    """Without that, the next test could not fail."""
    assert set(EffectKind) == {one["effectType"] for one in WRONG}
    found(history(frozenset()), ENVIRONMENT)
    assert yielded(look, judged)


@pytest.mark.parametrize(("look", "kinds"), LEFT_OUT, ids=name)
def test_what_is_left_out_finds_nothing(
    look: object, kinds: frozenset[EffectKind], judged: list[JudgedResponse]
) -> None:
    """Whatever other effects the answer lists: a check that looks at them must be in the table with
    them, or not at all."""
    found(history(kinds), ENVIRONMENT)
    assert len(judged) == len(history(kinds))
    assert yielded(look, judged) == []
