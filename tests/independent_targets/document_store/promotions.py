"""Coupons, referrals, budgets and points: what a basket earns, and what was redeemed.

Where the contract is silent, this target chooses:

- an open session's evaluation looks at the limits, and lists the points that a close would add;
- blanks around a code do not matter; an effect names a known code without them, an unknown one as
  it was sent; the session shows what was sent;
- a session counts for each of its identifiers; a session without the profile or identifier that is
  counted is not counted (BUDG-U1, BUDG-U2);
- a discount is not rounded; where the total or price is 0 or less there is none, and none is
  greater than the total; where a budget of discounts has less left, the rest of it is given;
- without flattening the discount of an item is one effect a line, the amount that of one unit;
- a return gives discounts back, the first units first, but neither codes nor budgets (COUP-U1);
- a rollback names codes, then discounts, then points; rejections still stand after it;
- a campaign of the house rejects what another one accepts, and greets every session.
"""

from __future__ import annotations

import math
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .application import Application, Budget, Code
from .payload import Json

Tally = tuple[str, ...]
_DISCOUNTS = ("setDiscount", "setDiscountPerItem")


@dataclass(frozen=True)
class Basket:
    """What the campaigns look at."""

    session: str
    coupons: list[str]
    referral: str
    profile: str
    identifiers: list[str]
    lines: list[tuple[float, int]]
    totals: dict[str, float]


@dataclass(frozen=True)
class Redemption:
    """A code that a close redeems; ``text`` is the code as effects name it."""

    code: Code
    key: str
    text: str
    counted: tuple[Tally, ...]
    spent: tuple[tuple[Tally, Fraction], ...]


def effect(campaign: int, kind: str, **props: object) -> Json:
    """One effect; what no campaign knows has -1 throughout."""
    return {
        "campaignId": campaign,
        "rulesetId": campaign,
        "ruleIndex": min(0, campaign),
        "ruleName": "" if campaign < 0 else "Codes",
        "effectType": kind,
        "props": props,
    }


class Promotions:
    """The campaigns of one application."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._counts: Counter[Tally] = Counter()
        self._spent: dict[Tally, Fraction] = {}
        self._house = max((code.number for code in application.codes), default=1) + 1

    def evaluate(self, basket: Basket) -> tuple[list[Json], list[Redemption]]:
        """The effects of a basket, and what they redeem where the session is closed."""
        effects = [
            effect(self._house, "showNotification", title="Hi", body="", notificationType="Info")
        ]
        taken: list[Redemption] = []
        for text in basket.coupons:
            effects += self._coupon(text, basket, taken)
        if basket.referral:
            effects += self._referral(basket, taken)
        first = next((one.text for one in taken if one.code.kind == "coupon"), None)
        if first is not None:
            reason = "CouponRejectedByCondition"
            effects.append(effect(self._house, "rejectCoupon", value=first, rejectionReason=reason))
        return [*effects, *self._points(basket)], taken

    def book(self, redemptions: Iterable[Redemption]) -> None:
        """Count them."""
        self._change(redemptions, 1)

    def give_back(self, redemptions: Iterable[Redemption]) -> None:
        """Count them no longer."""
        self._change(redemptions, -1)

    def entities(self, texts: list[str]) -> list[Json]:
        """The known ones among the coupons, with their counters at this moment."""
        found = {key: code for code, key in map(self._coupon_of, texts) if code}
        return [
            {
                "id": 1 + zlib.crc32(key.encode()),
                "created": "2026-01-01T00:00:00Z",
                "campaignId": code.number,
                "value": key,
                "usageLimit": code.limit,
                "usageCounter": self._counts[("code", key)],
            }
            for key, code in found.items()
        ]

    def _change(self, redemptions: Iterable[Redemption], sign: int) -> None:
        for one in redemptions:
            for tally in one.counted:
                self._counts[tally] += sign
            for tally, value in one.spent:
                self._spent[tally] = self._spent.get(tally, Fraction(0)) + sign * value

    def _coupon_of(self, text: str) -> tuple[Code | None, str]:
        return self._find("coupon", text)

    def _find(self, kind: str, text: str) -> tuple[Code | None, str]:
        """The code that a text names, and the text that the code is kept as."""
        for code in self._application.codes:
            key = code.key(text.strip(), self._application.folds) if code.kind == kind else None
            if key is not None:
                return code, key
        return None, text

    def _coupon(self, text: str, basket: Basket, taken: list[Redemption]) -> list[Json]:
        code, key = self._find("coupon", text)
        if code is None:
            return [effect(-1, "rejectCoupon", value=text, rejectionReason="CouponNotFound")]
        if any(one.key == key for one in taken):
            return []
        shown, reason = text.strip(), self._objection(code, key, basket, taken)
        discounts: list[Json] = []
        if not reason:
            discounts = self._discounts(code, basket, taken)
            asked = self._is_discounted(code, basket)
            reason = "EffectCouldNotBeApplied" if asked and not discounts else ""
        if reason:
            return [effect(code.number, "rejectCoupon", value=shown, rejectionReason=reason)]
        taken.append(self._redemption(code, key, shown, basket, discounts))
        return [effect(code.number, "acceptCoupon", value=shown), *discounts]

    def _referral(self, basket: Basket, taken: list[Redemption]) -> list[Json]:
        text = basket.referral
        code, key = self._find("referral", text)
        if code is None:
            return [effect(-1, "rejectReferral", value=text, rejectionReason="ReferralNotFound")]
        reason = self._objection(code, key, basket, taken).replace("Coupon", "Referral")
        if reason:
            return [
                effect(code.number, "rejectReferral", value=text.strip(), rejectionReason=reason)
            ]
        taken.append(self._redemption(code, key, text.strip(), basket, []))
        return [effect(code.number, "acceptReferral", value=text.strip())]

    def _redemption(
        self, code: Code, key: str, shown: str, basket: Basket, discounts: list[Json]
    ) -> Redemption:
        given = sum((_written(_value_of(one)) for one in discounts), Fraction(0))
        counted = tuple(tally for tally, _, _ in self._limits(code, key, basket))
        spent = tuple((tally, given) for tally, _ in self._funds(code, basket))
        return Redemption(code, key, shown, counted, spent)

    def _budgets(self, code: Code, counts: str) -> Iterator[tuple[str, Budget]]:
        for at, budget in enumerate(self._application.budgets):
            if code.campaign == budget.campaign and budget.counts == counts:
                yield f"budget {at}", budget

    def _limits(self, code: Code, key: str, basket: Basket) -> Iterator[tuple[Tally, float, str]]:
        """What a redemption is counted by, the limit of it (0: none), and the reason beyond it."""
        kept = f"{code.kind} {key}" if code.kind == "referral" else key
        yield ("code", kept), code.limit, "CouponLimitReached"
        if basket.profile:
            tally = ("profile", kept, basket.profile)
            yield tally, code.per_profile, "ProfileLimitReached"
        for name, budget in self._budgets(code, "redemptions"):
            reason = "ProfileLimitReached" if budget.per == "profile" else "CampaignLimitReached"
            for who in _counted_by(budget, basket):
                yield (name, who), budget.limit, reason

    def _objection(self, code: Code, key: str, basket: Basket, taken: list[Redemption]) -> str:
        mine = Counter(tally for one in taken for tally in one.counted)
        for tally, limit, reason in self._limits(code, key, basket):
            if 0 < limit <= self._counts[tally] + mine[tally]:
                return reason
        return ""

    def _funds(self, code: Code, basket: Basket) -> Iterator[tuple[Tally, float]]:
        for name, budget in self._budgets(code, "discount"):
            for who in _counted_by(budget, basket):
                yield (name, who), budget.limit

    def _room(self, code: Code, basket: Basket, taken: list[Redemption]) -> Fraction | None:
        """What the budgets have left for discounts, in whole cents; None: there is no budget."""
        mine = [pair for one in taken for pair in one.spent]
        left = [
            _written(limit)
            - self._spent.get(tally, Fraction(0))
            - sum((value for owner, value in mine if owner == tally), Fraction(0))
            for tally, limit in self._funds(code, basket)
        ]
        return Fraction(max(0, math.floor(min(left) * 100)), 100) if left else None

    def _is_discounted(self, code: Code, basket: Basket) -> bool:
        return any(_wanted(code, basket, self._application.flattens))

    def _discounts(self, code: Code, basket: Basket, taken: list[Redemption]) -> list[Json]:
        room = self._room(code, basket, taken)
        effects: list[Json] = []
        for kind, wanted, props in _wanted(code, basket, self._application.flattens):
            value = wanted
            if room is not None:
                value = min(value, _below(room))
                room -= _written(value)
                props["desiredValue"] = wanted
            if value > 0:
                name = f"{code.campaign or 'Coupon'} off{props.pop('suffix', '')}"
                effects.append(effect(code.number, kind, name=name, value=value, **props))
        return effects

    def _points(self, basket: Basket) -> Iterator[Json]:
        total = basket.totals["total"]
        for at, points in enumerate(self._application.points):
            value = points.each * total
            if basket.profile and total > 0 and math.isfinite(value):
                yield effect(
                    self._house + 1 + at,
                    "addLoyaltyPoints",
                    name=points.name or "points",
                    programId=1 + at,
                    subLedgerId="",
                    value=value,
                    recipientIntegrationId=basket.profile,
                    transactionUUID=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{basket.session} {at}")),
                )


def _counted_by(budget: Budget, basket: Basket) -> list[str]:
    if budget.per == "campaign":
        return [""]
    if budget.per == "profile":
        return [basket.profile] if basket.profile else []
    return list(dict.fromkeys(basket.identifiers))


def _below(room: Fraction) -> float:
    """The greatest float that is not above, as it is written."""
    value = float(room)
    return value if _written(value) <= room else math.nextafter(value, 0)


def _written(value: float) -> Fraction:
    """The decimal number that a float is written as; its binary value may be above or below."""
    return Fraction(str(value))


def _wanted(code: Code, basket: Basket, flattens: bool) -> Iterator[tuple[str, float, Json]]:
    """The discounts that a code brings by itself: their kinds, values and further properties."""
    total = basket.totals["total"]
    if code.rate or code.amount:
        base = basket.totals[code.base] if code.rate else total
        value = base * code.rate if code.rate else min(code.amount, total)
        if total > 0 and 0 < value <= total:
            yield "setDiscount", value, {}
    if code.item_rate:
        for position, (price, quantity) in enumerate(basket.lines):
            for unit in range(quantity if flattens else 1) if price * code.item_rate > 0 else ():
                props: Json = {"position": position, "suffix": f"#{unit}"}
                if flattens:
                    props["subPosition"] = unit
                yield "setDiscountPerItem", price * code.item_rate, props


def _props_of(one: Json) -> Json:
    props = one["props"]
    assert isinstance(props, dict)
    return props


def _value_of(one: Json) -> float:
    value = _props_of(one)["value"]
    assert isinstance(value, int | float)
    return value


def rejections(effects: list[Json], codes: Iterable[str]) -> list[Json]:
    """Those of the effects that nothing rolls back, of codes that the session still has."""
    held = {code for text in codes for code in (text, text.strip())}
    return [
        one
        for one in effects
        if str(one["effectType"]).startswith("reject") and _props_of(one)["value"] in held
    ]


def rolled_back(effects: list[Json], redeemed: list[Redemption]) -> list[Json]:
    """The rollback of what a closed session has: codes, then discounts, then points."""
    codes = [
        effect(one.code.number, f"rollback{one.code.kind.capitalize()}", value=one.text)
        for one in redeemed
    ]
    discounts = [_without(one) for one in effects if one["effectType"] in _DISCOUNTS]
    points = []
    for one in effects:
        if one["effectType"] == "addLoyaltyPoints":
            props = {name: value for name, value in _props_of(one).items() if name != "name"}
            props["transactionUUID"] = str(uuid.uuid4())
            points.append({**one, "effectType": "rollbackAddedLoyaltyPoints", "props": props})
    return [*codes, *discounts, *points]


def _without(discount: Json) -> Json:
    """The rollback of a discount."""
    props = _props_of(discount)
    back: Json = {"name": props["name"], "value": props["value"]}
    if "position" in props:
        back["cartItemPosition"] = props["position"]
    if "subPosition" in props:
        back["cartItemSubPosition"] = props["subPosition"]
    return {**discount, "effectType": "rollbackDiscount", "props": back}


def returned(effects: list[Json], units: dict[int, range]) -> tuple[list[Json], list[Json]]:
    """What a return of these units rolls back, and what stands of the effects."""
    back, standing = [], []
    for one in effects:
        props = _props_of(one)
        gone = one["effectType"] == "setDiscountPerItem" and int(
            str(props.get("subPosition", -1))
        ) in (-1, *units.get(int(str(props["position"])), ()))
        if gone and int(str(props["position"])) in units:
            back.append(_without(one))
        else:
            standing.append(one)
    return back, standing
