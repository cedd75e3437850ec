"""Offers, their redemptions in the database, and the effects of a session.

Choices where the contract is silent:

- an open session's evaluation looks at no limit, and lists no points: they come with the close;
- a close with a code that is used up is a 409 as a whole, and so is a dry one;
- a code of which a profile or an identifier is counted is rejected where the session has none, by
  the condition (BUDG-U1); of several identifiers the first one counts (BUDG-U2);
- a coupon is rejected where the budget of discounts has not enough left;
- nobody refers himself;
- case matters where it is declared so; blanks around a code always do;
- discounts and points are rounded to cents; they may be 0, and a discount negative or more than
  the total; points are not negative;
- without flattening the discount of an item is one effect a line, the amount that of one unit;
- a return gives discounts of items back, the last units first, and with them their share of a
  budget of discounts;
- a rollback names what stood in reverse order; after it a read has no effect until the next
  update;
- a campaign of its own takes half a unit of currency off each cart, without a code.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .configuration import Configuration, Offer
from .notation import parse, write
from .rows import RejectedError

Effect = dict[str, object]
_CENT = Decimal("0.01")
#: Digits of the widest amount, and more.
_DIGITS = 1000
#: Offers have numbers below the codes of their pattern, so that each code has an ID.
_SPAN = 10**14
_UNDONE = {
    "acceptCoupon": "rollbackCoupon",
    "acceptReferral": "rollbackReferral",
    "setDiscount": "rollbackDiscount",
    "setDiscountPerItem": "rollbackDiscount",
    "addLoyaltyPoints": "rollbackAddedLoyaltyPoints",
}


@dataclass(frozen=True)
class Checkout:
    """What the session is about when its effects are made. Lines are position, price, quantity."""

    session: int
    closes: bool
    profile: str
    coupons: list[str]
    referral: str
    identifiers: list[str]
    lines: list[tuple[int, Decimal, int]]
    totals: dict[str, Decimal]


@dataclass(frozen=True)
class Claim:
    """A code of a checkout, with the offer that it belongs to; ``code_id`` is its own."""

    offer: Offer
    code_id: int
    text: str


class _UsedUpError(Exception):
    """A limit is reached."""


def _cents(amount: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return amount.quantize(_CENT, ROUND_HALF_UP)


def effect(campaign: int, kind: str, coupon: int | None = None, **props: object) -> Effect:
    """One effect; what no campaign knows has campaign -1."""
    shown: Effect = {
        "campaignId": campaign,
        "rulesetId": max(0, campaign) * 10,
        "ruleIndex": 0,
        "ruleName": "" if campaign < 0 else "valid code",
        "effectType": kind,
        "props": props,
    }
    return shown if coupon is None else {**shown, "triggeredByCoupon": coupon}


class Promotions:
    """The campaigns of the application, within the transaction that is open."""

    def __init__(self, db: sqlite3.Connection, configuration: Configuration) -> None:
        self._db = db
        self._configuration = configuration
        numbers = [offer.campaign_number for offer in configuration.offers]
        self._house, self._points_campaign = (
            max(numbers, default=0) + 1,
            max(numbers, default=0) + 2,
        )

    def evaluate(self, checkout: Checkout) -> list[Effect]:
        """The effects of a checkout, which are kept; a close redeems.

        Raises: RejectedError, with 409, where a limit is reached.
        """
        effects: list[Effect] = []
        seen: set[int] = set()
        for text in checkout.coupons:
            claim = self.claim("coupon", text)
            if claim is None:
                effects.append(_refused("Coupon", -1, text, "CouponNotFound"))
            elif claim.code_id not in seen:
                seen.add(claim.code_id)
                effects += self._coupon(checkout, claim)
        if checkout.referral:
            effects.append(self._referral(checkout))
        if checkout.lines:
            effects.append(effect(self._house, "setDiscount", name="House", value=Decimal("0.50")))
        if checkout.closes and checkout.profile:
            effects += self._points(checkout)
        self.forget(checkout.session)
        self._db.executemany(
            "INSERT INTO effects VALUES (?, ?, ?)",
            [(checkout.session, at, write(one)) for at, one in enumerate(effects)],
        )
        return effects

    def standing(self, session: int) -> list[Effect]:
        """The effects that are kept of a session."""
        return [one for _, one in self._kept(session)]

    def forget(self, session: int) -> None:
        """Keep no effects of a session."""
        self._db.execute("DELETE FROM effects WHERE session_id = ?", (session,))

    def roll_back(self, session: int, closed: bool) -> list[Effect]:
        """Give everything back that a closed session has redeemed; the effects of that."""
        undone = [_undone(one) for one in reversed(self.standing(session))] if closed else []
        self.forget(session)
        self._db.execute(
            "DELETE FROM redeemed_identifiers WHERE redemption_id IN"
            " (SELECT redemption_id FROM redemptions WHERE session_id = ?)",
            (session,),
        )
        self._db.execute("DELETE FROM redemptions WHERE session_id = ?", (session,))
        return [one for one in undone if one is not None]

    def give_back(self, session: int, place: int, units: range) -> list[Effect]:
        """Roll the discounts of an item's units back."""
        undone = []
        for ordinal, one in self._kept(session):
            props = one["props"]
            assert isinstance(props, dict)
            if one["effectType"] != "setDiscountPerItem" or props["position"] != place:
                continue
            if not {props.get("subPosition", units[0])}.issubset(units):
                continue
            undone.append(_undone(one))
            self._db.execute(
                "DELETE FROM effects WHERE session_id = ? AND ordinal = ?", (session, ordinal)
            )
            self._reduce(session, one, Decimal(props["value"]))
        return [one for one in reversed(undone) if one is not None]

    def claim(self, kind: str, text: str) -> Claim | None:
        """What a code is, None if no campaign has it."""
        for at, offer in enumerate(self._configuration.offers):
            number = offer.number_of(text, self._configuration.folds)
            if offer.kind == kind and number is not None:
                return Claim(offer, at * _SPAN + number, text)
        return None

    def uses(self, claim: Claim) -> int:
        """How often the code is redeemed now."""
        return self._count("code_id = ?", claim.code_id)

    def _kept(self, session: int) -> list[tuple[int, Effect]]:
        query = "SELECT ordinal, effect FROM effects WHERE session_id = ? ORDER BY ordinal"
        found = []
        for row in self._db.execute(query, (session,)):
            one = parse(row["effect"].encode())
            assert isinstance(one, dict)
            found.append((row["ordinal"], one))
        return found

    def _count(self, condition: str, *values: object) -> int:
        query = f"SELECT count(*) FROM redemptions WHERE {condition}"  # noqa: S608
        return int(self._db.execute(query, values).fetchone()[0])

    def _coupon(self, checkout: Checkout, claim: Claim) -> list[Effect]:
        offer = claim.offer
        discounts = list(self._discounts(checkout, claim))
        given = sum((Decimal(str(value)) for _, value, _ in discounts), Decimal(0))
        reason = self._condition(checkout, offer) or self._short(checkout, offer, given)
        if reason:
            return [_refused("Coupon", offer.campaign_number, claim.text, reason, claim.code_id)]
        if checkout.closes:
            self._redeem(checkout, claim, given)
        effects = [
            effect(offer.campaign_number, kind, claim.code_id, name=name, value=value, **props)
            for (kind, value, props), name in (
                (one, f"{offer.campaign} {claim.text}") for one in discounts
            )
        ]
        accepted = effect(offer.campaign_number, "acceptCoupon", claim.code_id, value=claim.text)
        return [*effects, accepted]

    def _referral(self, checkout: Checkout) -> Effect:
        text = checkout.referral
        claim = self.claim("referral", text)
        if claim is None:
            return _refused("Referral", -1, text, "ReferralNotFound")
        offer = claim.offer
        reason = self._condition(checkout, offer)
        if offer.owner and offer.owner == checkout.profile:
            reason = "ReferralRecipientIdSameAsAdvocate"
        if reason:
            reason = reason.replace("Coupon", "Referral")
            return _refused("Referral", offer.campaign_number, text, reason)
        if checkout.closes:
            self._redeem(checkout, claim, Decimal(0))
        return effect(offer.campaign_number, "acceptReferral", value=text)

    def _condition(self, checkout: Checkout, offer: Offer) -> str:
        """The reason why the offer does not count for the session, or nothing."""
        needs = {
            budget.per for budget in self._configuration.caps if budget.campaign == offer.campaign
        }
        needs |= {"profile"} if offer.each_profile else set()
        if ("profile" in needs and not checkout.profile) or (
            "identifier" in needs and not checkout.identifiers
        ):
            return "CouponRejectedByCondition"
        return ""

    def _short(self, checkout: Checkout, offer: Offer, given: Decimal) -> str:
        """The reason where a close would spend more on discounts than there is, or nothing."""
        if not checkout.closes:
            return ""
        for budget in self._configuration.caps:
            if budget.campaign != offer.campaign or budget.counts != "discount":
                continue
            spent = sum(
                Decimal(row["discount"]) for row in self._counted(checkout, budget.per, offer)
            )
            if spent + given > budget.limit:
                return "EffectCouldNotBeApplied"
        return ""

    def _counted(self, checkout: Checkout, per: str, offer: Offer) -> list[sqlite3.Row]:
        """The redemptions of the offer's campaign that a budget counts for the session."""
        query = "SELECT * FROM redemptions WHERE campaign = ?"
        values: list[object] = [offer.campaign]
        if per == "profile":
            query += " AND profile_id = ?"
            values.append(checkout.profile)
        elif per == "identifier":
            query += (
                " AND redemption_id IN"
                " (SELECT redemption_id FROM redeemed_identifiers WHERE identifier = ?)"
            )
            values.append(checkout.identifiers[0])
        return self._db.execute(query, values).fetchall()

    def _redeem(self, checkout: Checkout, claim: Claim, given: Decimal) -> None:
        offer = claim.offer
        limits: list[tuple[Decimal, int]] = [
            (Decimal(offer.limit), self.uses(claim)),
            (
                Decimal(offer.each_profile),
                self._count("code_id = ? AND profile_id = ?", claim.code_id, checkout.profile),
            ),
            *(
                (budget.limit, len(self._counted(checkout, budget.per, offer)))
                for budget in self._configuration.caps
                if budget.campaign == offer.campaign and budget.counts == "redemptions"
            ),
        ]
        if any(0 < limit <= used for limit, used in limits):
            raise RejectedError(f"The limit of {claim.text} is reached", 409)
        cursor = self._db.execute(
            "INSERT OR REPLACE INTO redemptions"
            " (code_id, session_id, campaign, profile_id, discount) VALUES (?, ?, ?, ?, ?)",
            (claim.code_id, checkout.session, offer.campaign, checkout.profile, str(given)),
        )
        self._db.executemany(
            "INSERT INTO redeemed_identifiers VALUES (?, ?)",
            [(cursor.lastrowid, one) for one in checkout.identifiers[:1]],
        )

    def _reduce(self, session: int, discount: Effect, value: Decimal) -> None:
        query = "SELECT * FROM redemptions WHERE session_id = ? AND code_id = ?"
        key = (session, discount["triggeredByCoupon"])
        for row in self._db.execute(query, key).fetchall():
            self._db.execute(
                "UPDATE redemptions SET discount = ? WHERE redemption_id = ?",
                (str(Decimal(row["discount"]) - value), row["redemption_id"]),
            )

    def _discounts(
        self, checkout: Checkout, claim: Claim
    ) -> Iterator[tuple[str, Decimal, dict[str, object]]]:
        offer = claim.offer
        if offer.off_session:
            base = checkout.totals[offer.of]
            yield (
                "setDiscount",
                _cents(_product(base, offer.off_session)),
                {"scope": "sessionTotal"},
            )
        elif offer.off_amount:
            yield "setDiscount", _cents(offer.off_amount), {}
        elif offer.off_item:
            flattens = self._configuration.newest or self._configuration.flattening
            for place, price, quantity in checkout.lines:
                value = _cents(_product(price, offer.off_item))
                for unit in range(quantity if flattens else 1):
                    props: dict[str, object] = {"position": place, "scope": "price"}
                    yield (
                        "setDiscountPerItem",
                        value,
                        props | ({"subPosition": unit} if flattens else {}),
                    )

    def _points(self, checkout: Checkout) -> Iterator[Effect]:
        for at, ledger in enumerate(self._configuration.ledgers):
            value = _cents(_product(checkout.totals["total"], ledger.each))
            if value >= 0:
                yield effect(
                    self._points_campaign,
                    "addLoyaltyPoints",
                    name=ledger.name or "Points of the house",
                    programId=at,
                    subLedgerId="",
                    value=value,
                    recipientIntegrationId=checkout.profile,
                    transactionUUID=str(uuid.uuid4()),
                )


def _product(amount: Decimal, rate: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return amount * rate


def _refused(
    what: str, campaign: int, text: str, reason: str, code_id: int | None = None
) -> Effect:
    props = {"value": text, "rejectionReason": reason}
    return effect(campaign, f"reject{what}", code_id, **props)


def _undone(one: Effect) -> Effect | None:
    """The rollback of an effect; None: it has none."""
    kind = _UNDONE.get(str(one["effectType"]))
    props = one["props"]
    assert isinstance(props, dict)
    if kind is None:
        return None
    kept = dict(props)
    kept.pop("scope", None)
    for name, new in (("position", "cartItemPosition"), ("subPosition", "cartItemSubPosition")):
        if name in kept:
            kept[new] = kept.pop(name)
    if kind == "rollbackAddedLoyaltyPoints":
        del kept["name"]
    return {**one, "effectType": kind, "props": kept}
