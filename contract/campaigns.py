"""Defines the campaigns that an environment declares: coupons, referrals, budgets, loyalty points.

A tester declares what the application has configured, as small as the test needs it. What is not
declared is open. A code may be a pattern, such as ``SALE-{n}``: each execution of a scenario then
gets codes of its own, so that a run neither starves itself nor disturbs its own counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

import msgspec

from .about import About
from .errors import ConfigurationError

NUMBER = "{n}"
"""The part of a code pattern that stands for a number; in a scenario, for the first number that an
execution takes."""
PLACEHOLDERS = (NUMBER, "{n+1}")
"""What scenarios write for the numbers of a pattern, one after the other."""
NUMBERS_PER_EXECUTION = len(PLACEHOLDERS)
"""How many codes of one pattern a scenario may use."""
MAX_CODE_LENGTH = 100
_MAX_NUMBER = 10**12
_MOST_DIGITS = len(str(_MAX_NUMBER))

Code = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=MAX_CODE_LENGTH,
        description=f"a text of 1 to {MAX_CODE_LENGTH} characters",
    ),
]
_Number = Annotated[
    int, msgspec.Meta(ge=0, le=_MAX_NUMBER, description="a whole number from 0 to 10^12")
]
Limit = Annotated[
    int,
    msgspec.Meta(ge=0, le=2**63 - 1, description="a whole number from 0 to 2^63 - 1 (0: no limit)"),
]
"""How often something may be redeemed; 0: without limit."""
Rate = Annotated[
    float, msgspec.Meta(gt=0, le=1, description="a number above 0, at most 1 (0.1 is 10 %)")
]
_Amount = Annotated[float, msgspec.Meta(gt=0, le=1e15, description="a number above 0")]


def _given(numbers: tuple[int | None, int | None]) -> str:
    named = zip(("from", "to"), numbers, strict=True)
    return " and ".join(f"{key} = {number}" for key, number in named if number is not None) or (
        "neither"
    )


class DiscountBase(StrEnum):
    """The total of a session that a discount rate applies to."""

    TOTAL = "total"
    CART_ITEMS = "cartItemTotal"


class BudgetScope(StrEnum):
    """Whose redemptions a budget limits."""

    CAMPAIGN = "campaign"
    """All redemptions of the campaign together."""
    PROFILE = "profile"
    IDENTIFIER = "identifier"


class BudgetCount(StrEnum):
    """What uses a budget up."""

    REDEMPTIONS = "redemptions"
    DISCOUNT = "discount"
    """The discounts of closed sessions, in the currency of the application."""


class Redeemable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What coupons and referrals have in common."""

    code: Annotated[Code, About("The code, or a pattern with one `{n}`.", example='"SALE-{n}"')]
    first: Annotated[
        _Number | None, About("Of a pattern: the first number whose code exists.", example="1")
    ] = msgspec.field(default=None, name="from")
    last: Annotated[
        _Number | None, About("Of a pattern: the last number whose code exists.", example="5000")
    ] = msgspec.field(default=None, name="to")
    limit: Annotated[
        Limit, About("How often each code may be redeemed over all sessions; 0: without limit.")
    ] = 0
    campaign: Annotated[
        str, About("The name under which a budget names its campaign.", default="none")
    ] = ""

    def __post_init__(self) -> None:
        """Checks what types cannot say.

        Raises:
            ConfigurationError: a pattern without its numbers, or numbers without a pattern.
        """
        numbers = (self.first, self.last)
        if self.is_pattern and None in numbers:
            raise ConfigurationError(
                "from, to",
                expected="the first and the last number of the pattern, as in "
                '"from = 1, to = 5000"',
                found=f'"{self.code}" with {_given(numbers)}',
            )
        if not self.is_pattern and numbers != (None, None):
            raise ConfigurationError(
                "code",
                expected=f'a pattern with {NUMBER}, as in "SALE-{NUMBER}", because numbers are '
                "given",
                found=f'"{self.code}"',
            )
        if self.code.count(NUMBER) > 1:
            raise ConfigurationError(
                "code", expected=f"at most one {NUMBER}", found=f'"{self.code}"'
            )
        if self.is_pattern and self.size < NUMBERS_PER_EXECUTION:
            raise ConfigurationError(
                "to",
                expected=f"at least {NUMBERS_PER_EXECUTION} numbers from the first to the last",
                found=f"{self.first} to {self.last}",
            )

    @property
    def is_pattern(self) -> bool:
        """Whether the code stands for many codes."""
        return NUMBER in self.code

    @property
    def size(self) -> int:
        """The number of codes."""
        if self.first is None or self.last is None:
            return 1
        return self.last - self.first + 1

    def written(self, index: int = 0) -> str:
        """The code as a scenario writes it.

        Args:
            index: of a pattern: which of the execution's codes, from 0, below
                `NUMBERS_PER_EXECUTION`. Another code has one only.
        """
        return self.code.replace(NUMBER, PLACEHOLDERS[index])

    def numbered(self, number: int) -> str:
        """The code of a pattern with this number."""
        return self.code.replace(NUMBER, str(number))

    def spellings(self) -> Iterator[str]:
        """Every text by which scenarios write the code."""
        for index in range(NUMBERS_PER_EXECUTION if self.is_pattern else 1):
            yield self.written(index)

    def folded(self) -> Self:
        """The same in lower case, placeholders aside: where the case of codes does not matter."""
        before, number, after = self.code.partition(NUMBER)
        code = f"{before.lower()}{number}{after.lower()}"
        return self if code == self.code else msgspec.structs.replace(self, code=code)

    def matches(self, code: str) -> bool:
        """Whether ``code`` is the code, in a scenario or, of a pattern, as a target knows it."""
        return code in self.spellings() or self.has_numbered(code)

    def has_numbered(self, code: str) -> bool:
        """Whether ``code`` is one of a pattern's codes as a target knows it, with a number."""
        if self.first is None or self.last is None:
            return False
        before, _, after = self.code.partition(NUMBER)
        if not code.startswith(before) or not code.endswith(after):
            return False
        number = code[len(before) : len(code) - len(after)]
        return (
            number.isascii()
            and number.isdigit()
            and len(number) <= _MOST_DIGITS
            and str(int(number)) == number
            and self.first <= int(number) <= self.last
        )


class Coupon(Redeemable, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coupon, or many alike, of a campaign that has no other condition than the code.

    At most one of the three discounts is declared; none: what the coupon brings is open.
    """

    per_profile: Annotated[
        Limit, About("How often each profile may redeem each code; 0: without limit.")
    ] = 0
    discount: Annotated[
        Rate | None,
        About("The discount of the session as a rate of `base` (effect `setDiscount`)."),
    ] = None
    base: Annotated[DiscountBase, About("The total of a session that `discount` applies to.")] = (
        DiscountBase.TOTAL
    )
    amount: Annotated[
        _Amount | None, About("The discount of the session as an amount (effect `setDiscount`).")
    ] = None
    item_discount: Annotated[
        Rate | None,
        About(
            "The discount of each unit as a rate of its item's price (effect `setDiscountPerItem`)."
        ),
    ] = None
    campaign_id: Annotated[
        int | None, About("The `campaignId` of the campaign's effects.", default="not known")
    ] = None

    def __post_init__(self) -> None:
        """As for every code, and at most one kind of discount.

        Raises:
            ConfigurationError: several kinds of discount.
        """
        # `super()` has no arguments of its own in a struct class that msgspec rebuilds.
        Redeemable.__post_init__(self)
        declared = [name for name in ("discount", "amount", "item_discount") if getattr(self, name)]
        if len(declared) > 1:
            raise ConfigurationError(
                declared[1],
                expected="at most one of discount, amount and item_discount",
                found=" and ".join(declared),
            )


class Referral(Redeemable, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A referral code, or many alike, of a campaign that has no other condition than the code."""

    advocate: Annotated[str, About("The profile that owns the code.", default="not known")] = ""


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit of a campaign over all its codes."""

    campaign: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, description="the name of a campaign")],
        About("The campaign, as coupons and referrals name it.", example='"sale"'),
    ]
    per: Annotated[BudgetScope, About("Whose redemptions the budget limits.")] = (
        BudgetScope.CAMPAIGN
    )
    counts: Annotated[BudgetCount, About("What uses the budget up.")] = BudgetCount.REDEMPTIONS
    limit: Annotated[
        Annotated[
            float, msgspec.Meta(gt=0, le=1e15, description="a number above 0, at most 10^15")
        ],
        About(
            "The most redemptions, a whole number; or the greatest sum of discounts.", example="2"
        ),
    ]

    def __post_init__(self) -> None:
        """Checks the limit.

        Raises:
            ConfigurationError: a limit of redemptions is no whole number.
        """
        if self.counts is BudgetCount.REDEMPTIONS and not float(self.limit).is_integer():
            raise ConfigurationError(
                "limit", expected="a whole number of redemptions", found=str(self.limit)
            )


class Loyalty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Loyalty points of every closed session with a profile (effect ``addLoyaltyPoints``)."""

    points: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=1e9, description="a number above 0")],
        About("Points for each unit of currency of the session's `total`.", example="2"),
    ]
    name: Annotated[str, About("The `name` of the effect.", default="not known")] = ""


class Exclusive(msgspec.Struct, frozen=True, kw_only=True):
    """What one execution of a scenario has to itself: nobody else redeems it meanwhile."""

    codes: frozenset[str] = frozenset()
    """Codes of coupons and referrals as the scenario writes them (`Redeemable.written`)."""
    campaigns: frozenset[str] = frozenset()
    """Campaigns whose budgets over all sessions nobody else uses."""


NOTHING_EXCLUSIVE = Exclusive()
