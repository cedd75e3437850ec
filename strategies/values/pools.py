"""The values that one scenario uses again and again: drawn once, then picked by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...contract import MARK, Environment
from .carts import expand
from .confusable_ids import CONFUSABLE_IDS
from .decisions import Decisions
from .identifiers import marked, session_id_of_length
from .invalid_requests import WRONG_BODIES, InvalidRequest, invalid_requests
from .odd_identifiers import ODD_IDENTIFIERS
from .samples import Samples

Json = dict[str, Any]

_PRICES = (1, 10, 0.1, 0.2, 19.99, 0.005, 33.333333, 2.675, 1_234.5, 99_999.99, 1e-7, 0.07)
_LENGTHS = (64, 65, 128, 255, 256, 257, 512, 999, 1_000)
_BIG_CARTS = (1_000, 200, 255, 256, 257, 500, 501, 999)


@dataclass(frozen=True, slots=True)
class Bank:
    """What never changes for one environment; made once."""

    samples: Samples
    items: tuple[Json, ...]
    texts: tuple[str, ...]
    """Odd texts that may stand in any text field."""
    session_ids: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    invalid_requests: tuple[tuple[InvalidRequest, ...], ...]
    """Grouped by the rule that is broken."""
    wrong_bodies: tuple[Any, ...]


def bank_of(environment: Environment) -> Bank:
    """The bank of ``environment``."""
    samples = Samples(environment)
    plain = [samples.item(number, price=price) for number, price in enumerate(_PRICES)]
    rich = [
        samples.rich_item(number, price=price, quantity=1 + number * 5 % 8)
        for number, price in enumerate(_PRICES)
    ]
    texts = tuple(odd.text for odd in ODD_IDENTIFIERS if not odd.silent and 0 < len(odd.text) <= 64)
    return Bank(
        samples=samples,
        items=(*(item for pair in zip(plain, rich, strict=True) for item in pair),),
        texts=texts,
        session_ids=(*map(session_id_of_length, _LENGTHS), *map(marked, texts)),
        twins=tuple((twins.first, twins.second) for twins in CONFUSABLE_IDS if not twins.silent),
        invalid_requests=_by_rule(invalid_requests(samples)),
        wrong_bodies=tuple(body for _, body in WRONG_BODIES),
    )


def _by_rule(all_breaks: tuple[InvalidRequest, ...]) -> tuple[tuple[InvalidRequest, ...], ...]:
    groups: dict[str, list[InvalidRequest]] = {}
    for broken in all_breaks:
        groups.setdefault(broken.aims[0], []).append(broken)
    return tuple(map(tuple, groups.values()))


class Pools:
    """The values of one scenario."""

    def __init__(
        self,
        bank: Bank,
        digits: Decisions,
        *,
        items: list[Json],
        attributes: Json | None,
        text: str,
    ) -> None:
        """
        Args:
            bank: what the environment offers.
            digits: decides on this scenario's selection.
            items: drawn cart items, to be used beside those of the bank; may be empty.
            attributes: drawn session attributes; None: the bank's only.
            text: a drawn text for profile IDs and the like.
        """
        self.bank = bank
        self.samples = bank.samples
        first = digits.take(len(bank.items))
        self.items = (*(bank.items[first - place] for place in range(6)), *items)
        odd = digits.take(len(bank.texts))
        self._texts = ("", bank.texts[odd - 1], bank.texts[odd - 7], text)
        self._attributes = attributes
        self.big = digits.once_in(20)
        """Whether carts of hundreds of items may appear."""

    def item(self, digits: Decisions) -> Json:
        """An item, with one or more units of it."""
        item = digits.pick(self.items)
        quantity = (None, 1, 2, 7)[digits.take(4)]
        return item if quantity is None else {**item, "quantity": quantity}

    def big_cart(self, digits: Decisions) -> list[Json]:
        """A cart of hundreds of items within the limits, its quantities all small."""
        size = digits.pick(_BIG_CARTS)
        return expand(self.items[:3], [1 + place % 5 for place in range(size)])

    def heavy_cart(self, digits: Decisions) -> list[Json]:
        """A cart of few items and as many units as the contract allows."""
        limit = self.samples.environment.limits.quantity_sum
        total = limit - digits.take(2)
        return [{**self.items[0], "quantity": total - 1}, {**self.items[1], "quantity": 1}]

    def _marked(self, name: str, digits: Decisions, *, most: int = 100) -> str:
        text = f"{name}{digits.take(3)}-{MARK}{digits.pick(self._texts)}"
        return text[:most]

    def profile(self, digits: Decisions) -> str:
        """A profile ID; the same few come back."""
        if digits.once_in(8):
            return ""
        return self._marked("profile", digits)

    def _list(
        self, make: Callable[[int], str], digits: Decisions, *, most: int, short: bool = False
    ) -> list[str]:
        """Distinct texts in an order that is not always the same."""
        count = min(most, 1 + digits.take(2 if short else 5))
        texts = list(dict.fromkeys(make(number) for number in range(count)))
        return texts[::-1] if digits.take(2) else texts

    def coupons(self, digits: Decisions) -> list[str]:
        """Coupon codes that are accepted; possibly none."""
        known = list(self.samples.known_coupons[:3])
        if not self.samples.codes_are_free:
            return known[: 1 + digits.take(3)]
        start = digits.take(4)
        codes = self._list(lambda n: f"CODE{start + n}-{MARK}", digits, most=3)
        return codes + known[:1] if digits.take(2) else codes

    def identifiers(self, digits: Decisions) -> list[str]:
        most = self.samples.environment.limits.identifiers or 7
        start, tail = digits.take(4), digits.pick(self._texts)
        return self._list(lambda n: f"id{start + n}-{MARK}{tail}", digits, most=min(most, 5))

    def cards(self, digits: Decisions) -> list[str]:
        """Loyalty cards that are accepted; possibly none."""
        if not self.samples.codes_are_free:
            return []
        most = self.samples.environment.limits.loyalty_cards or 3
        start = digits.take(4)
        return self._list(lambda n: f"CARD{start + n}-{MARK}", digits, most=most, short=True)

    def referral(self, digits: Decisions) -> str:
        """A referral code that is accepted, or the empty one that discards."""
        if not self.samples.codes_are_free:
            return ""
        return self._marked("REF", digits, most=self.samples.environment.limits.referral_code)

    def attributes(self, digits: Decisions) -> Json:
        """Every declared session attribute, or those that were drawn."""
        if self._attributes is not None and digits.take(3) == 1:
            return self._attributes
        return self.samples.session_attributes(digits.take(8))

    def costs(self, digits: Decisions) -> Json:
        return self.samples.session_costs(digits.take(8))
