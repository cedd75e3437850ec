"""Defines the environment: what one application of the promotion engine has configured.

The contract does not say which attributes, costs or codes exist, since each application configures
its own. An `Environment` holds these facts; strategies draw from them and the oracle judges by
them. What it does not declare does not exist (attributes, costs) or is unknown (codes, about which
the contract is silent).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

import msgspec

from .about import About
from .attribute_types import DECLARATION, declared_schemas
from .campaigns import Budget, BudgetScope, Coupon, Loyalty, Redeemable, Referral
from .codes_by_text import CodesByText
from .errors import ConfigurationError
from .limits import Limits, limits_of
from .releases import ADDED, NEWEST_RELEASE, Addition, Release, read_release
from .versions import ContractVersion


class CostScope(StrEnum):
    """Which objects may carry an additional cost."""

    SESSION = "session"
    ITEM = "item"
    BOTH = "both"


class UnknownCodes(StrEnum):
    """How the target treats coupon codes, referral codes and cards that no campaign knows.

    The contract is silent about it (IDENT-U4); the owner of an application may know.
    """

    UNSPECIFIED = "unspecified"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class CodeCase(StrEnum):
    """How the application treats the case of coupon and referral codes (an application setting).

    Whether a session shows a code as it was sent or as it is kept is open in any case.
    """

    UNSPECIFIED = "unspecified"
    SENSITIVE = "sensitive"
    UPPER = "upper"
    """Case does not matter; codes are kept in upper case."""
    LOWER = "lower"
    """Case does not matter; codes are kept in lower case."""


JsonSchema = Annotated[Any, msgspec.Meta(description=DECLARATION)]
"""What an attribute's values must be: a JSON Schema, a mapping; or, where an `Environment` is made,
an attribute type, which becomes one at once."""
Redemptions = Annotated[
    int, msgspec.Meta(ge=1, le=2**63 - 1, description="a whole number from 1 to 2^63 - 1")
]
"""How often a coupon may be redeemed over all sessions."""


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """The configured facts about a target application. The fields are the TOML keys."""

    contract: Annotated[
        ContractVersion,
        About("The version of the contract that the target speaks."),
    ] = ContractVersion.V2_5_1
    since: Annotated[
        str,
        About(
            'With `contract = "current"`: the release of the deployment, `"26.01"` to `"26.17"`. '
            "What later releases added is not demanded.",
            default='`"26.17"`',
            example='"26.03"',
        ),
    ] = ""
    """Empty: the newest that is known. Only `current` has releases."""
    flattening: Annotated[
        bool, About("Whether cart item flattening is on. In `current` it always is.")
    ] = False
    unknown_codes: Annotated[
        UnknownCodes,
        About(
            "What the target does with coupon codes, referral codes and loyalty cards that no "
            "campaign knows. `accepted`: they are drawn, and a refusal is a discrepancy. "
            "`refused`: none is drawn. `unspecified`: the contract is silent.",
        ),
    ] = UnknownCodes.UNSPECIFIED
    code_case: Annotated[
        CodeCase,
        About(
            "The case of coupon and referral codes. `sensitive`: it matters. `upper`, `lower`: it "
            "does not, and codes are kept so. `unspecified`: open.",
        ),
    ] = CodeCase.UNSPECIFIED
    session_attributes: Annotated[
        Mapping[str, JsonSchema],
        About(
            "The attributes of sessions, by name: an attribute type such as `time`, or a JSON "
            "Schema. What is not declared is not tested.",
            default="none",
            example='{ channel = { type = "string", enum = ["web", "app"] }, PickupTime = "time" }',
        ),
    ] = msgspec.field(default_factory=dict)
    """Name to JSON Schema of its values, or to an attribute type such as ``"time"``."""
    item_attributes: Annotated[
        Mapping[str, JsonSchema],
        About(
            "The attributes of cart items, as `session_attributes`.",
            default="none",
            example='{ color = "string" }',
        ),
    ] = msgspec.field(default_factory=dict)
    additional_costs: Annotated[
        Mapping[str, CostScope],
        About(
            "The additional costs, by name, and where each may be set.",
            default="none",
            example='{ shipping = "session" }',
        ),
    ] = msgspec.field(default_factory=dict)
    coupon_limits: Annotated[
        Mapping[str, Redemptions],
        About(
            "Coupon codes that exist, each with how often it may be redeemed over all sessions: "
            "short for `coupons`.",
            default="none",
            example="{ WELCOME = 100 }",
        ),
    ] = msgspec.field(default_factory=dict)
    """Short for ``coupons`` of which no more is declared."""
    coupons: Annotated[
        Annotated[tuple[Coupon, ...], msgspec.Meta(description="a list of tables")],
        About("The coupons, one table `[[environment.coupons]]` each.", default="none"),
    ] = ()
    referrals: Annotated[
        Annotated[tuple[Referral, ...], msgspec.Meta(description="a list of tables")],
        About("The referrals, one table `[[environment.referrals]]` each.", default="none"),
    ] = ()
    budgets: Annotated[
        Annotated[tuple[Budget, ...], msgspec.Meta(description="a list of tables")],
        About("The budgets, one table `[[environment.budgets]]` each.", default="none"),
    ] = ()
    loyalty: Annotated[
        Annotated[tuple[Loyalty, ...], msgspec.Meta(description="a list of tables")],
        About("The loyalty points, one table `[[environment.loyalty]]` each.", default="none"),
    ] = ()
    sole_user: Annotated[
        bool, About("Whether nobody but the run redeems the declared codes meanwhile.")
    ] = True

    def __post_init__(self) -> None:
        """Makes schemas of attribute types.

        Raises:
            ConfigurationError: an attribute is declared by neither, ``since`` names no known
                release of the contract, a code is declared twice, or a budget names a campaign
                that no code has.
        """
        coupons = {f"coupons[{index}].code": one for index, one in enumerate(self.coupons)}
        limited = {f"coupon_limits.{one.code}": one for one in _limited(self.coupon_limits)}
        referrals = {f"referrals[{index}].code": one for index, one in enumerate(self.referrals)}
        _check_codes({**coupons, **limited}, folds=self._folds)
        _check_codes(referrals, folds=self._folds)
        self._check_budgets()
        if self.since:
            read_release("since", self.since)
            if self.contract is not ContractVersion.CURRENT:
                raise ConfigurationError(
                    "since",
                    expected='no such key with contract = "2.5.1": only "current" has releases',
                    found=f'"{self.since}"',
                )
        for name in ("session_attributes", "item_attributes"):
            declared = getattr(self, name)
            schemas = declared_schemas(name, declared)
            if schemas is not declared:
                msgspec.structs.force_setattr(self, name, schemas)

    @property
    def limits(self) -> Limits:
        """The documented limits of the contract version."""
        return limits_of(self.contract)

    @property
    def release(self) -> Release:
        """The release that the deployment has; of 2.5.1, which has none, the newest one."""
        return read_release("since", self.since) if self.since else NEWEST_RELEASE

    def has(self, addition: Addition) -> bool:
        """Whether the deployment's version and release know ``addition``."""
        return addition in self._additions

    @cached_property
    def _additions(self) -> frozenset[Addition]:
        if self.contract is not ContractVersion.CURRENT:
            return frozenset()
        release = self.release
        return frozenset(addition for addition, since in ADDED.items() if since <= release)

    @property
    def flattens(self) -> bool:
        """Whether cart items are flattened, so that single units can be returned."""
        return self.flattening or self.limits.quantity_sum_always_counts

    @property
    def quantity_sum_limit(self) -> int | None:
        """Greatest number of units in a cart; None: the sum does not count (CART-05)."""
        return self.limits.quantity_sum if self.flattens else None

    @property
    def session_costs(self) -> tuple[str, ...]:
        """Names of the additional costs that a session may carry."""
        return self._costs(CostScope.SESSION)

    @property
    def item_costs(self) -> tuple[str, ...]:
        """Names of the additional costs that a cart item may carry."""
        return self._costs(CostScope.ITEM)

    @property
    def declared_coupons(self) -> tuple[Coupon, ...]:
        """All coupons: ``coupons``, and those of ``coupon_limits``."""
        if not self.coupon_limits:
            return self.coupons
        return (*self.coupons, *_limited(self.coupon_limits))

    def coupon(self, code: str) -> Coupon | None:
        """The declared coupon that ``code`` names under ``code_case``; None: none does."""
        return self._coupons_by_text.find(code)

    def referral(self, code: str) -> Referral | None:
        """The declared referral that ``code`` names under ``code_case``; None: none does."""
        return self._referrals_by_text.find(code)

    @cached_property
    def _coupons_by_text(self) -> CodesByText[Coupon]:
        return CodesByText(self.declared_coupons, folds=self._folds)

    @cached_property
    def _referrals_by_text(self) -> CodesByText[Referral]:
        return CodesByText(self.referrals, folds=self._folds)

    @property
    def _folds(self) -> bool:
        return self.code_case in (CodeCase.UPPER, CodeCase.LOWER)

    def _check_budgets(self) -> None:
        campaigns = {one.campaign for one in (*self.coupons, *self.referrals) if one.campaign}
        for index, budget in enumerate(self.budgets):
            if budget.campaign not in campaigns:
                raise ConfigurationError(
                    f"budgets[{index}].campaign",
                    expected="the campaign of a declared coupon or referral, one of: "
                    + (", ".join(sorted(campaigns)) or "none is declared"),
                    found=f'"{budget.campaign}"',
                )

    def _costs(self, scope: CostScope) -> tuple[str, ...]:
        return tuple(
            name
            for name, declared in self.additional_costs.items()
            if declared in (scope, CostScope.BOTH)
        )


def _limited(limits: Mapping[str, int]) -> tuple[Coupon, ...]:
    return tuple(_of_limit(code, limit) for code, limit in limits.items())


def _of_limit(code: str, limit: int) -> Coupon:
    try:
        return Coupon(code=code, limit=limit)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"coupon_limits.{code}", expected="a code that is no pattern", found=error.found
        ) from None


def _check_codes(declared: Mapping[str, Redeemable], *, folds: bool) -> None:
    """Checks that no code is declared twice: alone, in another case, or as one of a pattern."""
    known: set[str] = set()
    patterns = [one.folded() if folds else one for one in declared.values() if one.is_pattern]
    for where, one in declared.items():
        code = one.code.lower() if folds else one.code
        if code in known or any(not one.is_pattern and many.matches(code) for many in patterns):
            raise ConfigurationError(
                where, expected="a code that is declared once", found=f'"{one.code}" again'
            )
        known.add(code)


EXAMPLE_ENVIRONMENT = Environment(
    unknown_codes=UnknownCodes.ACCEPTED,
    session_attributes={
        "channel": {"type": "string", "enum": ["web", "app", "shop"]},
        "loyaltyYears": {"type": "integer", "minimum": 0, "maximum": 100},
        "giftWrapped": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
    },
    item_attributes={
        "color": {"type": "string", "maxLength": 30},
        "rating": {"type": "number", "minimum": 0, "maximum": 5},
        "fragile": {"type": "boolean"},
    },
    additional_costs={
        "shipping": CostScope.SESSION,
        "handling": CostScope.BOTH,
        "engraving": CostScope.ITEM,
    },
    coupons=(
        Coupon(code="WELCOME", discount=0.1, campaign="welcome"),
        Coupon(code="SALE-{n}", first=1, last=99_999_999, limit=2, amount=5, campaign="sale"),
        Coupon(
            code="TEA-{n}",
            first=1,
            last=99_999_999,
            limit=3,
            per_profile=1,
            item_discount=0.25,
            campaign="tea",
        ),
    ),
    referrals=(Referral(code="FRIEND-{n}", first=1, last=99_999_999, limit=1, campaign="friends"),),
    budgets=(Budget(campaign="tea", per=BudgetScope.IDENTIFIER, limit=2),),
    loyalty=(Loyalty(points=2, name="leaves"),),
)
"""A shop that uses every kind of declaration. It is the default of the embedded sandbox."""
