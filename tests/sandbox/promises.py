"""Plays random lives of sessions with scarce codes, and checks what was promised about effects.

It is written from the contract alone, so that it judges dialects and mixtures before any oracle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from cartfuzz.contract import Environment

from .steps import Answer, Client, Step, item, put, put_body, reopen, return_items, return_line

_SESSIONS = 5
"""How many sessions live at once."""
_COUPONS = ("SALE-7", "SALE-8", "TEA-7", "WELCOME", "nobody")
_LIMITS = {"sale-7": 2, "sale-8": 2, "tea-7": 3, "welcome": 10**9, "friend-7": 1}
_CART = [item("a", 2, 20.15), item("b", 1, 99.99)]
_TOTAL = Fraction("140.29")
_EXACT = {
    "sale-7": [Fraction(5)],
    "sale-8": [Fraction(5)],
    "welcome": [_TOTAL / 10],
    "tea-7": [Fraction("20.15") / 4] * 2 + [Fraction("99.99") / 4],
}
"""The discounts of each coupon where items are flattened."""


@dataclass
class _Life:
    """What is known of one session."""

    state: str = ""
    accepted: tuple[str, ...] = ()
    """The codes that its close accepted."""
    standing: Counter[tuple[str, float]] = field(default_factory=Counter)
    """The discounts that stand, by name and value."""
    points: Fraction = Fraction(0)
    holders: tuple[str, ...] = ()
    """The profile and the identifier of its close."""
    has_returns: bool = False


def named(effects: Iterable[dict[str, Any]], *kinds: str) -> list[str]:
    """The codes that effects of these kinds name, without case and blanks."""
    return [one["props"]["value"].strip().lower() for one in effects if one["effectType"] in kinds]


def _values(effects: Iterable[dict[str, Any]], *kinds: str) -> Counter[tuple[str, float]]:
    found = [one["props"] for one in effects if one["effectType"] in kinds]
    return Counter((props["name"], float(props["value"])) for props in found)


def _points(effects: Iterable[dict[str, Any]], kind: str) -> Fraction:
    found = (one["props"]["value"] for one in effects if one["effectType"] == kind)
    return sum((Fraction(str(value)) for value in found), Fraction(0))


class Play:
    """One random sequence of requests, and the promises that their answers broke."""

    def __init__(self, environment: Environment, dialects: Sequence[str], seed: int) -> None:
        self._client = Client(environment, dialects=dialects)
        self._environment = environment
        self._random = Random(seed)
        self._created = _SESSIONS
        self._lives = {f"s{number}": _Life() for number in range(1, _SESSIONS + 1)}
        self._moves = (
            self._open,
            *(self._close,) * 3,
            self._dry,
            self._cancel,
            self._return,
            self._reopen,
            self._count,
        )
        self.broken: list[str] = []

    def run(self, requests: int) -> list[str]:
        """What was broken within so many requests."""
        for _ in range(requests):
            self._random.choice(self._moves)(self._random.choice(list(self._lives)))
            self._replace_cancelled()
        return self.broken

    def _replace_cancelled(self) -> None:
        """Some sessions that are cancelled make room for new ones: most can do nothing any more."""
        for name, life in list(self._lives.items()):
            if life.state == "cancelled" and self._random.random() < 0.3:
                del self._lives[name]
                self._created += 1
                self._lives[f"s{self._created}"] = _Life()

    def _expect(self, holds: bool, promise: str, *found: object) -> None:
        if not holds:
            self.broken.append(f"{promise}: {found}")

    def _redemptions(self, code: str) -> tuple[int, int]:
        """The fewest and the most sessions that may hold the code at present."""
        holders = [one for one in self._lives.values() if code in one.accepted]
        return sum(not one.has_returns for one in holders), len(holders)

    def _fields(self) -> dict[str, Any]:
        coupons = self._random.sample(_COUPONS, self._random.randint(0, 3))
        return {
            "profileId": self._random.choice(("p", "q")),
            "identifiers": [self._random.choice(("i", "j"))],
            "cartItems": _CART,
            "couponCodes": coupons,
            "referralCode": self._random.choice(("", "FRIEND-7")),
        }

    def _send(self, step: Step) -> Answer | None:
        """The answer, None where the request was refused."""
        answer = self._client(step)
        self._expect(answer.status < 500, "no server error", answer.status)
        return answer if answer.status == 200 else None

    def _open(self, name: str) -> None:
        answer = self._send(put(name, **self._fields()))
        if answer is not None:
            self._lives[name].state = self._lives[name].state or "open"
            self._check_answer(answer)

    def _dry(self, name: str) -> None:
        self._send(put(name, dry=True, state="closed", **self._fields()))

    def _close(self, name: str) -> None:
        life, fields = self._lives[name], self._fields()
        allowed = {code: self._redemptions(code) for code in _LIMITS}
        answer = self._send(put(name, state="closed", **fields))
        if answer is None or life.state not in ("", "open"):
            return
        effects = answer.json["effects"]
        self._check_answer(answer)
        accepted = named(effects, "acceptCoupon", "acceptReferral")
        self._expect(len(accepted) == len(set(accepted)), "each is accepted once", accepted)
        for code in accepted:
            self._expect(code in _LIMITS, "accepted codes exist", code)
            self._expect(allowed[code][0] < _LIMITS[code], "limits are kept", code, allowed[code])
            self._check_discount(code, effects)
        for code in map(str.lower, (*fields["couponCodes"], fields["referralCode"])):
            if code in ("sale-7", "sale-8", "welcome", "friend-7") and code not in accepted:
                is_free = allowed[code][1] < _LIMITS[code]
                self._expect(not is_free, "a code below its limit is accepted", code)
        life.state, life.accepted, life.has_returns = "closed", tuple(accepted), False
        self._check_holders(life, (fields["profileId"], *fields["identifiers"]))
        life.standing = _values(effects, "setDiscount", "setDiscountPerItem")
        life.points = _points(effects, "addLoyaltyPoints")
        self._expect(abs(life.points - _TOTAL * 2) < Fraction("0.02"), "points", life.points)

    def _check_holders(self, life: _Life, holders: tuple[str, ...]) -> None:
        """A profile redeems the coupon of one for each once, an identifier twice."""
        life.holders = holders
        for holder, most in zip(holders, (1, 2), strict=True):
            theirs = [
                one
                for one in self._lives.values()
                if "tea-7" in one.accepted and holder in one.holders and not one.has_returns
            ]
            self._expect(len(theirs) <= most, "limits of holders", holder, len(theirs))

    def _check_answer(self, answer: Answer) -> None:
        by_kind: dict[str, set[tuple[int, str]]] = {"accept": set(), "reject": set()}
        for one in answer.json["effects"]:
            kind = one["effectType"]
            self._expect(not kind.startswith("rollback"), "no update rolls back", kind)
            if kind[:6] in by_kind:
                by_kind[kind[:6]].add((one["campaignId"], one["props"]["value"]))
        both = by_kind["accept"] & by_kind["reject"]
        self._expect(not both, "one campaign accepts or rejects", both)

    def _check_discount(self, code: str, effects: Sequence[dict[str, Any]]) -> None:
        own = [
            one["campaignId"]
            for one in effects
            if one["effectType"] == "acceptCoupon" and named([one], "acceptCoupon") == [code]
        ]
        given = [
            Fraction(str(one["props"]["value"]))
            for one in effects
            if one["campaignId"] in own and one["effectType"].startswith("setDiscount")
        ]
        wanted = _EXACT.get(code, [])
        if code == "tea-7" and not self._environment.flattens:
            wanted = wanted[1:]
        for amount in wanted:
            near = any(abs(one - amount) <= Fraction("0.005") for one in given)
            self._expect(near, "the declared discount is given", code, given)

    def _cancel(self, name: str) -> None:
        life = self._lives[name]
        answer = self._send(put(name, state="cancelled"))
        if answer is not None:
            self._check_rollback(life, answer)
            life.state = "cancelled"
            self._check_read(name)

    def _reopen(self, name: str) -> None:
        answer = self._send(reopen(name))
        if answer is not None:
            self._check_rollback(self._lives[name], answer)
            self._lives[name].state = "open"
            self._check_read(name)

    def _check_rollback(self, life: _Life, answer: Answer) -> None:
        effects = answer.json["effects"]
        codes = named(effects, "rollbackCoupon", "rollbackReferral")
        is_returned = life.has_returns and set(codes) <= set(life.accepted)
        right = sorted(codes) == sorted(life.accepted) or (
            is_returned and len(codes) == len(set(codes))
        )
        self._expect(right, "each code comes back once", codes, life.accepted)
        discounts = _values(effects, "rollbackDiscount")
        self._expect(discounts == life.standing, "what stood comes back", discounts, life.standing)
        points = _points(effects, "rollbackAddedLoyaltyPoints")
        self._expect(
            abs(points - life.points) < Fraction("0.000001"), "points come back", points, life
        )
        life.accepted, life.standing, life.points = (), Counter(), Fraction(0)

    def _check_read(self, name: str) -> None:
        answer = self._client(Step(method="GET", path=put(name).path, headers=put().headers))
        for one in answer.json.get("effects") or ():
            kind = one["effectType"]
            gone = kind.startswith(("rollback", "accept", "setDiscount", "addLoyalty"))
            self._expect(not gone, "a read shows nothing that was rolled back", kind)

    def _return(self, name: str) -> None:
        life = self._lives[name]
        answer = self._send(return_items(return_line(self._random.randint(0, 1), 1), session=name))
        if answer is None:
            return
        effects = answer.json["effects"]
        back = _values(effects, "rollbackDiscount")
        self._expect(back <= life.standing, "a return takes back what stands", back, life.standing)
        life.standing -= back
        life.points -= _points(effects, "rollbackAddedLoyaltyPoints")
        life.has_returns, life.state = True, answer.session["state"]
        if life.state == "cancelled":
            codes = named(effects, "rollbackCoupon", "rollbackReferral")
            self._expect(sorted(codes) == sorted(life.accepted), "codes come back", codes, life)
            self._expect(not life.standing, "discounts come back", life)
            life.accepted, life.points = (), Fraction(0)

    def _count(self, name: str) -> None:
        code = self._random.choice(("SALE-7", "SALE-8", "TEA-7"))
        fields = {"couponCodes": [code]}
        body = {"customerSession": fields, "responseContent": ["coupons"]}
        answer = self._send(put_body(body, f"counting-{name}"))
        if answer is not None:
            (shown,) = answer.json["coupons"]
            fewest, most = self._redemptions(code.lower())
            counter = shown["usageCounter"]
            self._expect(fewest <= counter <= most, "usage", code, counter, (fewest, most))
