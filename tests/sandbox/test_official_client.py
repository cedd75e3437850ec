"""Tests the sandbox with the official Python client, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import talon_one
from talon_one.exceptions import ApiException
from talon_one.models import (
    AdditionalCost,
    CartItem,
    IntegrationRequest,
    NewCustomerSessionV2,
    NewReturn,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.sandbox import start

ENVIRONMENT_CURRENT = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
RESPONSE_CONTENT = ["customerSession"]
ITEMS = [
    CartItem(name="Cap", sku="cap-1", quantity=3, price=9.95, attributes={"color": "red"}),
    CartItem(name="Mug", sku="mug-1", quantity=1, price=12),
]


@pytest.fixture(scope="module")
def api() -> Iterator[talon_one.IntegrationApi]:
    """The client of a sandbox of the current version."""
    with start(ENVIRONMENT_CURRENT) as sandbox:
        configuration = talon_one.Configuration(
            host=sandbox.url,
            api_key={"api_key_v1": sandbox.api_key},
            api_key_prefix={"api_key_v1": "ApiKey-v1"},
        )
        with talon_one.ApiClient(configuration) as client:
            yield talon_one.IntegrationApi(client)
            # The client itself never closes its connections.
            client.rest_client.pool_manager.clear()


def request(**session: object) -> IntegrationRequest:
    """An update with the fields ``session`` that asks for the session."""
    return IntegrationRequest(
        customer_session=NewCustomerSessionV2(**session), response_content=RESPONSE_CONTENT
    )


def test_a_life_with_the_official_client(api: talon_one.IntegrationApi) -> None:
    """The client parses the answer to each operation, and the answers show the right session."""
    session_id = "official client/€"
    created = api.update_customer_session_v2(
        session_id, request(profile_id="ann", cart_items=ITEMS)
    )
    assert created.customer_session.integration_id == session_id
    assert created.customer_session.update_count == 1
    assert created.customer_session.cart_item_total == 41.85

    costs = {"shipping": AdditionalCost(price=4.5)}
    updated = api.update_customer_session_v2(session_id, request(additional_costs=costs))
    assert updated.customer_session.total == 46.35
    assert [item.sku for item in updated.customer_session.cart_items] == ["cap-1", "mug-1"]
    assert updated.customer_session.cart_items[0].attributes == {"color": "red"}

    read = api.get_customer_session(session_id)
    assert read.customer_session == updated.customer_session

    closed = api.update_customer_session_v2(session_id, request(state="closed"))
    assert closed.customer_session.state == "closed"
    (rollback,) = api.reopen_customer_session(session_id).effects
    assert rollback.effect_type == "rollbackAddedLoyaltyPoints"
    assert api.get_customer_session(session_id).customer_session.state == "open"
    api.update_customer_session_v2(session_id, request(state="closed"))

    returned = api.return_cart_items(
        session_id,
        ReturnIntegrationRequest(
            var_return=NewReturn(returned_cart_items=[ReturnedCartItem(position=0, quantity=2)]),
            response_content=RESPONSE_CONTENT,
        ),
    )
    assert returned.customer_session.state == "partially_returned"
    assert returned.customer_session.cart_items[0].returned_quantity == 2
    assert returned.customer_session.cart_items[0].remaining_quantity == 1
    assert returned.var_return.returned_cart_items[0].quantity == 2


def test_a_refusal_with_the_official_client(api: talon_one.IntegrationApi) -> None:
    """An illegal state raises the client's ApiException with the message of the sandbox."""
    api.update_customer_session_v2("closed", request(state="closed"))
    with pytest.raises(ApiException) as caught:
        api.update_customer_session_v2("closed", request(state="open"))
    assert caught.value.status == 400
    assert "cannot become open" in str(caught.value.body)
