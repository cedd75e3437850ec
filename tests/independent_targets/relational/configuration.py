"""The configuration of the application, and the bugs that can be switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Configuration:
    """What was set up: declared attributes map a name to its type, costs are names."""

    secret: str
    newest: bool
    flattening: bool = False
    session_attributes: Mapping[str, str] = field(default_factory=dict)
    item_attributes: Mapping[str, str] = field(default_factory=dict)
    costs: frozenset[str] = frozenset()
    coupon_limits: Mapping[str, int] = field(default_factory=dict)
    stores: frozenset[str] = frozenset()
    bug: Bug | None = None
