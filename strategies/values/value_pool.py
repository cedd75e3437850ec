"""Pools of values: drawn once for a scenario, then picked by decisions, so that steps are cheap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...contract import MARK, Environment, Redeemable
from .carts import expand
from .confusable_ids import CONFUSABLE_IDS
from .decisions import Decisions
from .identifiers import marked, session_id_of_length
from .invalid_requests import WRONG_BODIES, InvalidRequest, invalid_requests
from .odd_identifiers import ODD_IDENTIFIERS
from .samples import Samples
from .scarce_codes import fresh_patterns

Json = dict[str, Any]

_PRICES = (1, 10, 0.1, 0.2, 19.99, 0.005, 33.333333, 2.675, 1_234.5, 99_999.99, 1e-7, 0.07)
_LENGTHS = (64, 65, 128, 255, 256, 257, 512, 999, 1_000)
_BIG_CARTS = (1_000, 200, 255, 256, 257, 500, 501, 999)


@dataclass(frozen=True, slots=True)
class ValuePool:
    """The values that all scenarios of one environment share."""

    samples: Samples
    items: tuple[Json, ...]
    texts: tuple[str, ...]
    """Odd texts that may stand in any text field."""
    session_ids: tuple[str, ...]
    """Long and odd session IDs, each with the mark once."""
    confusable_pairs: tuple[tuple[str, str], ...]
    """Pairs of session IDs that look alike."""
    invalid_requests: tuple[tuple[InvalidRequest, ...], ...]
    """Grouped by the rule that is broken."""
    wrong_bodies: tuple[Any, ...]
    """Whole bodies that break ERR-04."""
    fresh_coupons: tuple[str, ...]
    """Coupons that are new in each execution, most of them scarce."""
    fresh_referrals: tuple[str, ...]
    """Referral codes of that kind."""


def value_pool(environment: Environment) -> ValuePool:
    """The values of ``environment``, always the same.

    Args:
        environment: declares what exists; its contract version decides what is valid.
    """
    samples = Samples(environment)
    coupons = fresh_patterns(environment, environment.declared_coupons)
    referrals = fresh_patterns(environment, environment.referrals)
    plain = [samples.item(variant, price=price) for variant, price in enumerate(_PRICES)]
    rich = [
        samples.rich_item(variant, price=price, quantity=1 + variant * 5 % 8)
        for variant, price in enumerate(_PRICES)
    ]
    texts = tuple(odd.text for odd in ODD_IDENTIFIERS if not odd.silent and 0 < len(odd.text) <= 64)
    return ValuePool(
        samples=samples,
        items=(*(item for pair in zip(plain, rich, strict=True) for item in pair),),
        texts=texts,
        session_ids=(*map(session_id_of_length, _LENGTHS), *map(marked, texts)),
        confusable_pairs=tuple(
            (pair.first, pair.second) for pair in CONFUSABLE_IDS if not pair.silent
        ),
        invalid_requests=_by_rule(invalid_requests(samples)),
        wrong_bodies=tuple(body for _, body in WRONG_BODIES),
        fresh_coupons=_written(coupons),
        fresh_referrals=_written(referrals),
    )


def _written(patterns: Sequence[Redeemable]) -> tuple[str, ...]:
    # The first codes of all patterns come first: sessions should meet at one code.
    return tuple(one.written(index) for index in range(2) for one in patterns)


def _by_rule(requests: tuple[InvalidRequest, ...]) -> tuple[tuple[InvalidRequest, ...], ...]:
    groups: dict[str, list[InvalidRequest]] = {}
    for invalid in requests:
        groups.setdefault(invalid.aims[0], []).append(invalid)
    return tuple(map(tuple, groups.values()))


class ScenarioValues:
    """The values of one scenario: its selection from the pool, and values drawn for it alone.

    The methods pick by ``decisions``, the decisions of one step.

    Args:
        pool: what the environment offers.
        decisions: decide on the selection.
        items: drawn cart items, which are added to those of the pool; may be empty.
        attributes: drawn session attributes; None: those of the pool only.
        text: a drawn text for profile IDs and the like.
    """

    def __init__(
        self,
        pool: ValuePool,
        decisions: Decisions,
        *,
        items: list[Json],
        attributes: Json | None,
        text: str,
    ) -> None:
        self.pool = pool
        self.samples = pool.samples
        first = decisions.take(len(pool.items))
        self.items = (*(pool.items[first - offset] for offset in range(6)), *items)
        odd = decisions.take(len(pool.texts))
        self._texts = ("", pool.texts[odd - 1], pool.texts[odd - 7], text)
        self._attributes = attributes
        self.allows_big_carts = decisions.one_in(20)
        """Whether carts of hundreds of items, and carts with the most units, may appear."""
        fresh = bool(pool.fresh_coupons or pool.fresh_referrals)
        self.has_scarce_codes = fresh and decisions.one_in(3)
        """Whether sessions get coupons and referral codes that are new in each execution."""
        self._coupon = decisions.take(max(1, len(pool.fresh_coupons)))

    def item(self, decisions: Decisions) -> Json:
        """A cart item, with its own quantity or 1, 2 or 7 units."""
        item = decisions.pick(self.items)
        quantity = (None, 1, 2, 7)[decisions.take(4)]
        return item if quantity is None else {**item, "quantity": quantity}

    def big_cart(self, decisions: Decisions) -> list[Json]:
        """A cart of 200 to 1,000 items, each of 1 to 5 units."""
        size = decisions.pick(_BIG_CARTS)
        return expand(self.items[:3], [1 + index % 5 for index in range(size)])

    def heavy_cart(self, decisions: Decisions) -> list[Json]:
        """A cart of two items with the most units that the contract allows, or one less."""
        limit = self.samples.environment.limits.quantity_sum
        total = limit - decisions.take(2)
        return [{**self.items[0], "quantity": total - 1}, {**self.items[1], "quantity": 1}]

    def _marked(self, name: str, decisions: Decisions, *, max_length: int = 100) -> str:
        text = f"{name}{decisions.take(3)}-{MARK}{decisions.pick(self._texts)}"
        return text[:max_length]

    def profile(self, decisions: Decisions) -> str:
        """One of a few profile IDs; one in eight is empty, for an anonymous session."""
        if decisions.one_in(8):
            return ""
        return self._marked("profile", decisions)

    def _list(
        self, make: Callable[[int], str], decisions: Decisions, *, max_size: int, counts: int = 5
    ) -> list[str]:
        """1 to ``counts`` distinct texts, at most ``max_size``, in ascending or reverse order."""
        count = min(max_size, 1 + decisions.take(counts))
        texts = list(dict.fromkeys(make(index) for index in range(count)))
        return texts[::-1] if decisions.take(2) else texts

    def coupons(self, decisions: Decisions) -> list[str]:
        """Coupon codes that the target accepts; possibly none."""
        fresh = self.pool.fresh_coupons
        if self.has_scarce_codes and fresh and decisions.take(4):
            other = (self._coupon + 1) % len(fresh) if decisions.one_in(4) else self._coupon
            return [*dict.fromkeys((fresh[self._coupon], fresh[other]))]
        known = list(self.samples.known_coupons[:3])
        if not self.samples.unknown_codes_accepted:
            return known[: 1 + decisions.take(3)]
        start = decisions.take(4)
        codes = self._list(lambda n: f"CODE{start + n}-{MARK}", decisions, max_size=3)
        return codes + known[:1] if decisions.take(2) else codes

    def identifiers(self, decisions: Decisions) -> list[str]:
        """1 to 5 distinct identifiers within the limits."""
        max_size = self.samples.environment.limits.identifiers or 7
        start, tail = decisions.take(4), decisions.pick(self._texts)
        return self._list(
            lambda n: f"id{start + n}-{MARK}{tail}", decisions, max_size=min(max_size, 5)
        )

    def cards(self, decisions: Decisions) -> list[str]:
        """Loyalty cards that the target accepts; possibly none."""
        if not self.samples.unknown_codes_accepted:
            return []
        max_size = self.samples.environment.limits.loyalty_cards or 3
        start = decisions.take(4)
        return self._list(
            lambda n: f"CARD{start + n}-{MARK}", decisions, max_size=max_size, counts=2
        )

    def referral(self, decisions: Decisions) -> str:
        """A referral code that the target accepts; empty if no such code is known."""
        if self.has_scarce_codes and self.pool.fresh_referrals and decisions.take(4):
            return self.pool.fresh_referrals[0]
        if not self.samples.unknown_codes_accepted:
            return ""
        return self._marked(
            "REF", decisions, max_length=self.samples.environment.limits.referral_code
        )

    def attributes(self, decisions: Decisions) -> Json:
        """A value for every declared session attribute, or the attributes that were drawn."""
        if self._attributes is not None and decisions.take(3) == 1:
            return self._attributes
        return self.samples.session_attributes(decisions.take(8))

    def costs(self, decisions: Decisions) -> Json:
        """Every additional cost that a session may carry."""
        return self.samples.session_costs(decisions.take(8))
