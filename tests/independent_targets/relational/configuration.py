"""The configuration of the application, and the bugs that can be switched on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum


class Bug(Enum):
    """A mistake that a target on a database makes in earnest."""

    #: An update reads in one statement and writes in later ones, each a transaction of its own.
    NO_TRANSACTION = "updates run without a transaction"
    #: The key of a return is written by a transaction that is rolled back.
    RETURN_KEY_LOST = "a return that is sent again with its key is committed twice"
    #: The cart is deleted, committed, and then inserted row by row.
    CART_TORN = "a cart is replaced by DELETE and INSERT without a transaction"
    #: Whether the session exists is looked up before the transaction that inserts it.
    INSERT_RACE = "two creations at once meet the unique index"


@dataclass(frozen=True)
class Offer:
    """A ``coupon`` or ``referral``; ``#`` in its text is a number from ``lowest`` to ``highest``.

    Limits of 0 are none. At most one of the discounts is there: a share of the total ``of``, an
    amount, or a share of the price of each item.
    """

    kind: str
    text: str
    campaign: str
    campaign_number: int
    lowest: int | None = None
    highest: int = 0
    limit: int = 0
    each_profile: int = 0
    owner: str = ""
    off_session: Decimal = Decimal(0)
    of: str = "total"
    off_amount: Decimal = Decimal(0)
    off_item: Decimal = Decimal(0)

    def number_of(self, text: str, folds: bool) -> int | None:
        """The number in a code of this offer, 0 where it has none; None: it is another code."""
        pattern, code = (self.text.upper(), text.upper()) if folds else (self.text, text)
        if self.lowest is None:
            return 0 if pattern == code else None
        found = re.fullmatch(re.escape(pattern).replace(r"\#", "(0|[1-9][0-9]{0,12})"), code)
        if found is None or not self.lowest <= int(found[1]) <= self.highest:
            return None
        return int(found[1])


@dataclass(frozen=True)
class Cap:
    """A budget: per ``campaign``, ``profile`` or ``identifier``, of what it ``counts``.

    It counts ``redemptions`` or ``discount``.
    """

    campaign: str
    per: str
    counts: str
    limit: Decimal


@dataclass(frozen=True)
class Ledger:
    """Points for each unit of a total."""

    each: Decimal
    name: str


@dataclass(frozen=True)
class Configuration:
    """What was set up: declared attributes map a name to its type, costs are names.

    Codes are kept in the case ``upper`` or ``lower``, or as they were sent.
    """

    secret: str
    newest: bool
    flattening: bool = False
    session_attributes: Mapping[str, str] = field(default_factory=dict)
    item_attributes: Mapping[str, str] = field(default_factory=dict)
    costs: frozenset[str] = frozenset()
    offers: tuple[Offer, ...] = ()
    caps: tuple[Cap, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    folds: bool = True
    kept_case: str = ""
    stores: frozenset[str] = frozenset()
    bug: Bug | None = None
