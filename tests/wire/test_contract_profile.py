"""Requests and responses in another engine's spelling, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import SESSION_IN_PATH, Operation
from cartfuzz.wire import Request, Response, decode_json, encode_json
from cartfuzz.wire.contract_profile import (
    ContractProfile,
    Endpoint,
    ProfileTranslation,
    UntranslatableError,
)

BASKET = f"/baskets/{SESSION_IN_PATH}"
PROFILE = ContractProfile(
    endpoints={
        Operation.UPDATE: Endpoint(method="POST", path=BASKET),
        Operation.GET: Endpoint(method="GET", path=BASKET),
        Operation.RETURN: Endpoint(method="POST", path=f"{BASKET}/refunds"),
    },
    members={"customerSession": "basket", "state": "status", "name": "label"},
    states={"open": "active", "closed": "paid"},
    statuses={"422": 400},
    parameters={"dry": "preview"},
)
TRANSLATION = ProfileTranslation(profile=PROFILE)
UPDATE = "/v2/customer_sessions/a%20b"

names = st.sampled_from(("name", "state", "total", "cartItems", "attributes", "additionalCosts"))
leaves = st.sampled_from(("open", "closed", "other", 1, None, True))
bodies = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=9
)


def test_paths_methods_parameters_and_names_are_those_of_the_engine() -> None:
    """The session ID stays as it is encoded; names within attributes are the shop's own."""
    body = {"customerSession": {"state": "closed", "attributes": {"name": 1, "state": "open"}}}
    request = Request(method="PUT", target=f"{UPDATE}?dry=true", body=encode_json(body))
    made = TRANSLATION.request(request)
    assert (made.method, made.target) == ("POST", "/baskets/a%20b?preview=true")
    expected = {"basket": {"status": "paid", "attributes": {"name": 1, "state": "open"}}}
    assert decode_json(made.body or b"") == expected


def test_names_of_costs_are_the_shop_s_own() -> None:
    """What is in a cost is not."""
    costs = {"additionalCosts": {"name": {"name": 1}}}
    made = TRANSLATION.request(Request(method="PUT", target=UPDATE, body=encode_json(costs)))
    assert decode_json(made.body or b"") == {"additionalCosts": {"name": {"label": 1}}}


def test_answers_come_back_as_the_contract_has_them() -> None:
    """Statuses as well."""
    request = Request(method="PUT", target=UPDATE)
    found = TRANSLATION.response(request, Response(status=422, body=b'{"status":"paid"}'))
    assert (found.status, found.body) == (400, b'{"state":"closed"}')


@given(bodies)
def test_what_goes_out_comes_back(body: object) -> None:
    """Translated there and back, a body is what it was."""
    request = Request(method="PUT", target=UPDATE, body=encode_json(body))
    made = TRANSLATION.request(request)
    answer = TRANSLATION.response(request, Response(status=200, body=made.body or b""))
    assert decode_json(answer.body) == body


@pytest.mark.parametrize("body", [b"{", b"\xff", b""])
def test_what_is_no_json_stays_as_it_is(body: bytes) -> None:
    """In both directions."""
    request = Request(method="PUT", target=UPDATE, body=body)
    assert TRANSLATION.request(request).body == body
    assert TRANSLATION.response(request, Response(status=200, body=body)).body == body


def test_what_is_no_path_of_the_contract_stays_as_it_is() -> None:
    """Such as one that a plugin describes."""
    for target in ("/acme/receipts/a", f"{UPDATE}/other"):
        request = Request(method="PUT", target=target, body=b"{}")
        assert TRANSLATION.request(request) == request


def test_an_operation_that_the_engine_lacks_is_not_sent() -> None:
    """In the contract's own words it would mean something else there, or nothing."""
    with pytest.raises(UntranslatableError, match="the engine has no reopen"):
        TRANSLATION.request(Request(method="PUT", target=f"{UPDATE}/reopen"))


def test_a_method_of_its_own_stays() -> None:
    """A request that has another one than the contract's is odd in that, and so it remains."""
    assert TRANSLATION.request(Request(method="PATCH", target=UPDATE)).method == "PATCH"


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PUT", {"customerSession": {"name": 1, "label": 2}}),
        ("PUT", {"customerSession": {"cartItems": [{"label": 2}]}}),
        ("PUT", {"customerSession": {"state": "paid"}}),
        ("POST", {"customerSession": {}}),
    ],
)
def test_what_the_engine_would_take_for_another_request_is_not_sent(
    method: str, body: object
) -> None:
    """The contract refuses it or ignores it; the engine would do what it asks for."""
    with pytest.raises(UntranslatableError):
        TRANSLATION.request(Request(method=method, target=UPDATE, body=encode_json(body)))


def test_words_of_the_engine_within_attributes_are_the_shop_s_own() -> None:
    """As all that is in them; an answer may hold them anywhere."""
    body = {"customerSession": {"attributes": {"label": 1, "status": "paid"}}}
    made = TRANSLATION.request(Request(method="PUT", target=UPDATE, body=encode_json(body)))
    assert decode_json(made.body or b"") == {"basket": body["customerSession"]}


def test_two_names_that_become_one_are_refused() -> None:
    """They could not come back; neither can an operation that is missing be sent."""
    with pytest.raises(ValueError, match="a name of its own for each"):
        ContractProfile(endpoints=PROFILE.endpoints, members={"a": "x", "b": "x"})
    with pytest.raises(ValueError, match="states: expected a name of its own"):
        ContractProfile(endpoints=PROFILE.endpoints, states={"open": "closed"})
    swapped = {"open": "closed", "closed": "open"}
    assert ContractProfile(endpoints=PROFILE.endpoints, states=swapped).states == swapped
    with pytest.raises(ValueError, match="expected update, found none"):
        ContractProfile(endpoints={})
