"""Drawn sessions are valid, and use everything that the environment offers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis.errors import InvalidArgument
from jsonschema_rs import validator_for

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Entity,
    Environment,
    SessionState,
    schema,
)
from cartfuzz.strategies import Samples, draw_examples, returns, sessions, updates
from cartfuzz.strategies.values.carts import expand

from ..conftest import ENVIRONMENTS


def check_declared(session: dict[str, Any], environment: Environment) -> None:
    """Attributes and costs exist and are valid; codes are ones the environment vouches for."""
    for name, value in session.get("attributes", {}).items():
        assert validator_for(dict(environment.session_attributes[name])).is_valid(value)
    assert session.get("additionalCosts", {}).keys() <= set(environment.session_costs)
    for item in session.get("cartItems", ()):
        assert item.get("additionalCosts", {}).keys() <= set(environment.item_costs)
        assert item.get("attributes", {}).keys() <= environment.item_attributes.keys()
    samples = Samples(environment)
    if not samples.unknown_codes_accepted:
        assert set(session.get("couponCodes", ())) <= set(samples.known_coupons)
        assert session.get("referralCode", "") == ""
        assert session.get("loyaltyCards", []) == []


def test_sessions_are_valid(environment: Environment) -> None:
    """Every drawn session conforms to its schema and to what is declared."""
    validator = validator_for(schema(environment.contract, Entity.NEW_CUSTOMER_SESSION))
    used: set[str] = set()
    limit = environment.quantity_sum_limit
    for session in draw_examples(sessions(environment), seed=1, count=120):
        assert validator.is_valid(session), session
        check_declared(session, environment)
        units = sum(item["quantity"] for item in session.get("cartItems", ()))
        assert limit is None or units <= limit
        assert session.get("state") in (None, "open", "closed")
        used |= session.keys()
    assert used == {
        *("profileId", "couponCodes", "referralCode", "loyaltyCards", "state", "cartItems"),
        *("additionalCosts", "identifiers", "attributes"),
    }


def test_updates_are_valid(environment: Environment) -> None:
    """Dry updates may name campaigns in current; real ones never do."""
    validator = validator_for(schema(environment.contract, Entity.INTEGRATION_REQUEST))
    drawn = draw_examples(updates(environment), seed=1, count=100)
    assert {update.dry for update in drawn} == {True, False}
    for update in drawn:
        assert validator.is_valid(update.body)
        assert update.dry or "evaluableCampaignIds" not in update.body["customerSession"]
    with_campaigns = any("evaluableCampaignIds" in u.body["customerSession"] for u in drawn)
    assert with_campaigns == (environment.contract is ContractVersion.CURRENT)


def test_returns_are_valid(environment: Environment) -> None:
    """No return asks for more than there is; without flattening, items go back whole."""
    cart = expand([Samples(environment).item()], [1, 5, 2])
    validator = validator_for(schema(environment.contract, Entity.RETURN_REQUEST))
    parts = False
    for step in draw_examples(returns(environment, cart), seed=1, count=60):
        assert validator.is_valid(step.body)
        items = step.body["return"]["returnedCartItems"]
        assert items
        assert len({item["position"] for item in items}) == len(items)
        for item in items:
            whole = cart[item["position"]]["quantity"]
            assert 1 <= item["quantity"] <= whole
            parts |= item["quantity"] < whole
    assert parts == environment.flattens


def test_stores_are_drawn_where_they_exist() -> None:
    """In current a session may name one of the given stores."""
    strategy = sessions(ENVIRONMENTS["current"], stores=("berlin",))
    drawn = draw_examples(strategy, seed=1, count=30)
    assert {session.get("storeIntegrationId") for session in drawn} == {None, "berlin"}


def test_impossible_wishes_are_refused() -> None:
    """Stores in 2.5.1, no states at all, and a return of nothing are errors."""
    with pytest.raises(InvalidArgument, match="no stores"):
        sessions(EXAMPLE_ENVIRONMENT, stores=("berlin",))
    with pytest.raises(InvalidArgument, match="at least one state"):
        sessions(EXAMPLE_ENVIRONMENT, states=())
    with pytest.raises(InvalidArgument, match="at least one item"):
        draw_examples(returns(EXAMPLE_ENVIRONMENT, []), seed=1, count=1)


def test_the_states_that_are_asked_for_are_drawn() -> None:
    """Callers decide which states an update may ask for."""
    strategy = sessions(EXAMPLE_ENVIRONMENT, states=(SessionState.CANCELLED,))
    drawn = draw_examples(strategy, seed=1, count=20)
    assert {session.get("state") for session in drawn} == {None, "cancelled"}


def test_samples_fill_every_field(environment: Environment) -> None:
    """The sweep's sessions are valid and as full as the environment can vouch for."""
    samples = Samples(environment)
    validator = validator_for(schema(environment.contract, Entity.NEW_CUSTOMER_SESSION))
    for number in range(12):
        session = samples.session(number)
        assert validator.is_valid(session)
        check_declared(session, environment)
        assert {"profileId", "cartItems", "identifiers"} <= session.keys()
    assert MARK in samples.profile()
