"""Customer sessions and the bodies of requests, valid within the documented limits."""

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
from .samples import Samples, request, return_request

Json = dict[str, Any]

_UNLIMITED = 8
"""Most entries in a list that the contract version does not bound."""


def _own(texts: st.SearchStrategy[str], *, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Texts made unique to the execution: the mark stands before each."""
    unique = texts.map(lambda text: MARK + text)
    return unique if max_size is None else unique.filter(lambda text: len(text) <= max_size)


def _codes(samples: Samples, *, max_size: int) -> st.SearchStrategy[str]:
    """Coupon codes that are accepted."""
    known = st.sampled_from(samples.known_coupons) if samples.known_coupons else st.nothing()
    free = _own(identifiers(max_size=max_size - len(MARK)))
    return known | free if samples.codes_are_free else known


def _fields(
    samples: Samples, states: Sequence[SessionState], *, dry: bool
) -> dict[str, st.SearchStrategy[Any]]:
    environment, limits = samples.environment, samples.environment.limits
    most_ids = limits.identifiers or _UNLIMITED
    fields: dict[str, st.SearchStrategy[Any]] = {
        "state": st.sampled_from([state.value for state in states]),
        "profileId": st.one_of(st.just(""), _own(identifiers(max_size=200))),
        "cartItems": carts(environment),
        "identifiers": st.lists(
            _own(identifiers(max_size=60)), max_size=min(most_ids, 5), unique=True
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
    if samples.codes_are_free:
        fields["referralCode"] |= _own(identifiers(max_size=limits.referral_code - len(MARK)))
        fields["loyaltyCards"] = st.lists(
            _own(identifiers(max_size=60)), max_size=limits.loyalty_cards or 3, unique=True
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
            referral codes and cards that it does not vouch for are not drawn.
        states: the values of ``state``, where it is sent; the default are those that a session may
            be created in (STATE-01, STATE-02).
        stores: integration IDs of existing stores for ``storeIntegrationId`` (current only).
        dry: whether the session is for a dry update, which may name ``evaluableCampaignIds``.

    Raises:
        InvalidArgument: no states are given, or stores to a version that has none.
    """
    if not states:
        raise InvalidArgument("Expected at least one state, got states=()")
    fields = _fields(Samples(environment), states, dry=dry)
    if stores:
        if environment.limits.store_integration_id is None:
            raise InvalidArgument(f"Contract {environment.contract.value} has no stores")
        fields["storeIntegrationId"] = st.sampled_from(tuple(stores))
    return st.fixed_dictionaries({}, optional=fields)


def updates(
    environment: Environment,
    *,
    states: Sequence[SessionState] = (SessionState.OPEN, SessionState.CLOSED),
) -> st.SearchStrategy[Update]:
    """Valid updates of session 0, dry ones among them.

    Args:
        environment: see `sessions`.
        states: see `sessions`.
    """

    def kind(dry: bool) -> st.SearchStrategy[Update]:
        return st.builds(
            lambda session, show: Update(body=request(session, show=show), dry=dry),
            sessions(environment, states=states, dry=dry),
            st.booleans(),
        )

    return st.one_of(kind(False), kind(True))


@st.composite
def returns(
    draw: st.DrawFn, environment: Environment, cart: Sequence[CartItem], *, max_items: int = 5
) -> ReturnItems:
    """Valid returns from session 0, closed with ``cart``, from which nothing has gone back yet.

    Args:
        environment: without flattening every item goes back whole (RET-05).
        cart: the session's items.
        max_items: most positions in one return; at least one is returned.

    Raises:
        InvalidArgument: ``cart`` is empty: a return of nothing is refused (RET-03).
    """
    if not cart:
        raise InvalidArgument("Expected a cart with at least one item, got an empty one")
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
        whole = cart[position]["quantity"]
        units = draw(st.integers(1, whole)) if environment.flattens else whole
        items.append({"position": position, "quantity": units})
    return ReturnItems(body=return_request(*items), dry=draw(st.booleans()))
