"""The independent targets, set up as an environment says. The targets know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal

from cartfuzz.contract import CodeCase, ContractVersion, Environment
from cartfuzz.contract.campaigns import NUMBER, Coupon, Redeemable, Referral

from .document_store import application as documents
from .document_store import server as document_store
from .document_store.application import Application
from .relational import configuration as tables
from .relational import server as relational
from .relational.configuration import Bug, Configuration

API_KEY = "key-of-the-independent-targets"


def _type_of(schema: Mapping[str, object]) -> str:
    """The attribute type that a schema of the tests comes to."""
    if schema["type"] == "array":
        items = schema["items"]
        assert isinstance(items, dict)
        return f"(list {_type_of(items)})"
    return "time" if schema.get("format") == "date-time" else str(schema["type"])


def _types_of(declared: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    return {name: _type_of(schema) for name, schema in declared.items()}


def _codes_of(
    environment: Environment, numbered: Callable[[int], int]
) -> Iterator[tuple[Redeemable, str, int]]:
    """All codes, each with its campaign's name and number.

    Those of one campaign have one number: the declared one, else ``numbered`` of its index.
    """
    declared = (*environment.declared_coupons, *environment.referrals)
    names = [one.campaign or f"alone {at}" for at, one in enumerate(declared)]
    numbers = {name: numbered(names.index(name)) for name in names}
    for name, one in zip(names, declared, strict=True):
        if isinstance(one, Coupon) and one.campaign_id is not None:
            numbers[name] = one.campaign_id
    for name, one in zip(names, declared, strict=True):
        yield one, name, numbers[name]


def _document(one: Redeemable, campaign: str, number: int) -> documents.Code:
    code = documents.Code(
        kind="referral",
        text=one.code,
        number=number,
        campaign=campaign,
        first=one.first or 0,
        last=one.last or 0,
        limit=one.limit,
    )
    if not isinstance(one, Coupon):
        return code
    return replace(
        code,
        kind="coupon",
        per_profile=one.per_profile,
        rate=one.discount or 0,
        base=one.base.value,
        amount=one.amount or 0,
        item_rate=one.item_discount or 0,
    )


def _exact(number: float | None) -> Decimal:
    return Decimal(str(number or 0))


def _offer(one: Redeemable, campaign: str, number: int) -> tables.Offer:
    offer = tables.Offer(
        kind="referral",
        text=one.code.replace(NUMBER, "#") if one.is_pattern else one.code,
        campaign=campaign,
        campaign_number=number,
        lowest=one.first,
        highest=one.last or 0,
        limit=one.limit,
        owner=one.advocate if isinstance(one, Referral) else "",
    )
    if not isinstance(one, Coupon):
        return offer
    return replace(
        offer,
        kind="coupon",
        each_profile=one.per_profile,
        off_session=_exact(one.discount),
        of=one.base.value,
        off_amount=_exact(one.amount),
        off_item=_exact(one.item_discount),
    )


def serve_document_store(environment: Environment) -> AbstractContextManager[str]:
    """The target in memory; the URL that it is served on."""
    return document_store.serving(
        Application(
            api_key=API_KEY,
            contract=environment.contract.value,
            flattening=environment.flattening,
            session_attributes={**_types_of(environment.session_attributes)},
            item_attributes={**_types_of(environment.item_attributes)},
            costs={name: scope.value for name, scope in environment.additional_costs.items()},
            codes=tuple(_document(*one) for one in _codes_of(environment, lambda at: 100 + at)),
            folds=environment.code_case in (CodeCase.UPPER, CodeCase.LOWER),
            budgets=tuple(
                documents.Budget(one.campaign, one.per.value, one.counts.value, one.limit)
                for one in environment.budgets
            ),
            points=tuple(documents.Points(one.points, one.name) for one in environment.loyalty),
        )
    )


def serve_relational(
    environment: Environment, bug: Bug | None = None
) -> AbstractContextManager[str]:
    """The target on SQLite; the URL that it is served on."""
    case = environment.code_case
    return relational.serving(
        Configuration(
            secret=API_KEY,
            newest=environment.contract is ContractVersion.CURRENT,
            flattening=environment.flattening,
            session_attributes=_types_of(environment.session_attributes),
            item_attributes=_types_of(environment.item_attributes),
            costs=frozenset(environment.additional_costs),
            offers=tuple(_offer(*one) for one in _codes_of(environment, lambda at: 7000 + 13 * at)),
            caps=tuple(
                tables.Cap(one.campaign, one.per.value, one.counts.value, _exact(one.limit))
                for one in environment.budgets
            ),
            ledgers=tuple(
                tables.Ledger(_exact(one.points), one.name) for one in environment.loyalty
            ),
            folds=case is not CodeCase.SENSITIVE,
            kept_case=case.value if case in (CodeCase.UPPER, CodeCase.LOWER) else "",
            bug=bug,
        )
    )


INDEPENDENT: Mapping[str, Callable[[Environment], AbstractContextManager[str]]] = {
    "document store": serve_document_store,
    "relational": serve_relational,
}
"""By name, the targets that break no rule."""
