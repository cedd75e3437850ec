"""Strategies for customer sessions, updates and returns that are valid within the limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...contract import MARK, ContractVersion, Environment, ReturnItems, SessionState, Update
from .attributes import attributes
from .carts import CartItem, carts
from .costs import additional_costs
from .identifiers import identifiers
from .samples import Samples, return_body, update_body

Json = dict[str, Any]

_MAX_IDENTIFIERS = 5


def _unique(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts that are unique to the execution: each begins with the mark."""
    return texts.map(lambda text: MARK + text)


def _codes(samples: Samples, *, max_size: int) -> st.SearchStrategy[str]:
    """Coupon codes that the target accepts."""
    known = st.sampled_from(samples.known_coupons) if samples.known_coupons else st.nothing()
    free = _unique(identifiers(max_size=max_size - len(MARK)))
    return known | free if samples.unknown_codes_accepted else known


def _fields(
    samples: Samples, states: Sequence[SessionState], *, dry: bool
) -> dict[str, st.SearchStrategy[Any]]:
    environment, limits = samples.environment, samples.environment.limits
    max_identifiers = min(limits.identifiers or _MAX_IDENTIFIERS, _MAX_IDENTIFIERS)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "state": st.sampled_from([state.value for state in states]),
        "profileId": st.one_of(st.just(""), _unique(identifiers(max_size=200))),
        "cartItems": carts(environment),
        "identifiers": st.lists(
            _unique(identifiers(max_size=60)), max_size=max_identifiers, unique=True
        ),
        "attributes": attributes(environment.session_attributes),
        "additionalCosts": additional_costs(environment.session_costs),
        "referralCode": st.just(""),
        "loyaltyCards": st.just([]),
        "couponCodes": st.just([]),
    }
    codes = _codes(samples, max_size=limits.coupon_code or 100)
    if not codes.is_empty:
        fields["couponCodes"] = st.lists(codes, max_size=4, unique=True)
    if samples.unknown_codes_accepted:
        fields["referralCode"] |= _unique(identifiers(max_size=limits.referral_code - len(MARK)))
        fields["loyaltyCards"] = st.lists(
            _unique(identifiers(max_size=60)), max_size=limits.loyalty_cards or 3, unique=True
        )
    if environment.contract is ContractVersion.CURRENT and dry:
        fields["evaluableCampaignIds"] = st.lists(st.integers(1, 1_000), max_size=3)
    return fields


def sessions(
    environment: Environment,
    *,
    states: Sequence[SessionState] = (SessionState.OPEN, SessionState.CLOSED),
    stores: Sequence[str] = (),
    dry: bool = False,
) -> st.SearchStrategy[Json]:
    """Valid NewCustomerSessionV2 objects with any of the fields; the simplest is empty.

    Args:
        environment: declares what exists; its contract version sets the limits. Coupon codes,
            referral codes and cards are drawn only if it says that the target accepts them.
        states: the values of ``state``, where it is sent; the default are those that a session may
            be created in (STATE-01, STATE-02).
        stores: integration IDs of existing stores for ``storeIntegrationId`` (current only).
        dry: whether the session is for a dry update, which may name ``evaluableCampaignIds``.

    Raises:
        InvalidArgument: no states are given, or stores to a version that has none.
    """
    if not states:
        raise InvalidArgument(f"Expected at least one state, got states={states!r}")
    fields = _fields(Samples(environment), states, dry=dry)
    if stores:
        if environment.limits.store_integration_id is None:
            raise InvalidArgument(
                f"Expected no stores, as contract {environment.contract.value} has none, "
                f"got stores={stores!r}"
            )
        fields["storeIntegrationId"] = st.sampled_from(tuple(stores))
    return st.fixed_dictionaries({}, optional=fields)


def updates(
    environment: Environment,
    *,
    states: Sequence[SessionState] = (SessionState.OPEN, SessionState.CLOSED),
) -> st.SearchStrategy[Update]:
    """Valid updates of session 0, half of them dry.

    Args:
        environment: as in `sessions`.
        states: as in `sessions`.

    Raises:
        InvalidArgument: no states are given.
    """

    def kind(dry: bool) -> st.SearchStrategy[Update]:
        return st.builds(
            lambda session, show: Update(body=update_body(session, show=show), dry=dry),
            sessions(environment, states=states, dry=dry),
            st.booleans(),
        )

    return st.one_of(kind(False), kind(True))


@st.composite
def returns(
    draw: st.DrawFn, environment: Environment, cart: Sequence[CartItem], *, max_items: int = 5
) -> ReturnItems:
    """Valid returns from session 0, which was closed with ``cart`` and had no return yet.

    Args:
        environment: without flattening all units of an item are returned together (RET-05).
        cart: the session's items, with their quantities.
        max_items: greatest number of positions in one return, at least 1; the least number is 1.

    Raises:
        InvalidArgument: on drawing, if ``cart`` is empty: a return of nothing is refused (RET-03).
    """
    if not cart:
        raise InvalidArgument(f"Expected a cart with at least one item, got cart={cart!r}")
    positions = draw(
        st.lists(
            st.integers(0, len(cart) - 1),
            min_size=1,
            max_size=min(max_items, len(cart)),
            unique=True,
        )
    )
    items = []
    for position in positions:
        quantity = cart[position]["quantity"]
        units = draw(st.integers(1, quantity)) if environment.flattens else quantity
        items.append({"position": position, "quantity": units})
    return ReturnItems(body=return_body(*items), dry=draw(st.booleans()))
