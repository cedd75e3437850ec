"""Tests dry runs and returns."""

from __future__ import annotations

from typing import Any

import pytest

from .steps import Client, Step, get, item, put, put_body, reopen, return_items, return_line

CLOSED_SESSION = put(state="closed", cartItems=[item("a", 3, 2), item("b", 1), item("a", 2)])
FUTURE_TIME = "2999-01-01T00:00:00Z"


def rows(client: Client) -> list[tuple[int, int]]:
    """Returned and remaining units of each item."""
    return [
        (line["returnedQuantity"], line["remainingQuantity"])
        for line in client(get()).session["cartItems"]
    ]


@pytest.mark.parametrize(
    "step",
    [
        put(dry=True, identifiers=["dry"]),
        put(dry=True, state="closed"),
        put(dry=True, cartItems=[]),
        put(dry=True, state="cancelled"),
    ],
)
def test_a_dry_update_changes_nothing(client: Client, step: Step) -> None:
    """A dry update is answered like the real one, and changes nothing in the session."""
    client(put(cartItems=[item()]))
    before = client(get())
    dry = client(step)
    assert client(get()) == before
    real = client(Step(method=step.method, path=step.path, body=step.body, headers=step.headers))
    assert dry.status == real.status == 200
    without_time = [{**a.session, "updated": "", "updateCount": ""} for a in (dry, real)]
    assert without_time[0] == without_time[1]


def test_a_dry_creation_creates_nothing(client: Client) -> None:
    """A dry update of an unknown session shows it, but creates neither session nor profile."""
    assert client(put(dry=True, profileId="ann")).session["profileId"] == "ann"
    assert client(get()).status == 404
    assert client(put("other", profileId="ann")).session["firstSession"] is True


def test_a_dry_return_returns_nothing(client: Client) -> None:
    """A dry return shows the new state and stores nothing; an invalid one is refused."""
    client(CLOSED_SESSION)
    before = client(get())
    assert client(return_items(return_line(0), dry=True)).session["state"] == "partially_returned"
    assert client(get()) == before
    assert client(return_items(return_line(9), dry=True)).status == 400


@pytest.mark.parametrize(
    ("now", "dry", "status"),
    [
        (FUTURE_TIME, True, 200),
        ("2999-01-01T00:00:00+02:00", True, 200),
        (FUTURE_TIME, False, 400),
        ("2001-01-01T00:00:00Z", True, 400),
        ("2999-01-01T00:00:00", True, 400),
        ("tomorrow", True, 400),
    ],
)
def test_now(client_current: Client, now: str, dry: bool, status: int) -> None:
    """The parameter now needs a dry run and a future time with a time zone."""
    assert client_current(put(dry=dry, now=now)).status == status


def test_the_first_version_knows_no_now(client_2_5_1: Client) -> None:
    """Version 2.5.1 ignores the parameter now."""
    assert client_2_5_1(put(now="tomorrow")).status == 200


def test_units_go_back_one_by_one(client_flattening: Client, client_current: Client) -> None:
    """With flattening, units are returned one by one, over several lines, until none remains."""
    for client in (client_flattening, client_current):
        client(CLOSED_SESSION)
        assert (
            client(return_items(return_line(0, 1), return_line(0, 1), return_line(1))).status == 200
        )
        assert rows(client) == [(2, 1), (1, 0), (0, 2)]
        assert client(return_items(return_line(0, 2))).status == 400
        assert client(return_items(return_line(2, 1), return_line(0, 2))).status == 400
        assert rows(client) == [(2, 1), (1, 0), (0, 2)]
        assert (
            client(return_items(return_line(0, 1), return_line(2, 2))).session["state"]
            == "partially_returned"
        )
        assert rows(client) == [(3, 0), (1, 0), (2, 0)]
        assert client(return_items(return_line(0))).status == 400
        assert client(get()).session["total"] == 9


def test_items_go_back_whole_without_flattening(client_2_5_1: Client) -> None:
    """Without flattening an item is returned whole, once; fewer units are refused."""
    client_2_5_1(CLOSED_SESSION)
    assert client_2_5_1(return_items(return_line(0, 2))).status == 400
    assert client_2_5_1(return_items(return_line(0, 3))).status == 200
    assert client_2_5_1(return_items(return_line(2))).status == 200
    assert client_2_5_1(return_items(return_line(2))).status == 400
    assert rows(client_2_5_1) == [(3, 0), (0, 1), (2, 0)]


WRONG_LINES: list[list[Any]] = [
    [],
    [return_line(3)],
    [return_line(-1)],
    [return_line(0, 0)],
    [return_line(0, -1)],
    [return_line(0, 4)],
    [{"position": "0"}],
    [{"position": True}],
    [{"position": 0, "quantity": "1"}],
    [{"position": 0, "quantity": 1.5}],
    [{"quantity": 1}],
    [return_line(1), return_line(3)],
]


@pytest.mark.parametrize("lines", WRONG_LINES)
def test_wrong_returns(client: Client, lines: list[Any]) -> None:
    """A return with an invalid line is refused, and none of its lines is returned."""
    client(CLOSED_SESSION)
    before = client(get())
    assert client(return_items(*lines)).status == 400
    assert client(get()) == before


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", [], {}, {"return": []}, {"return": {}}),
        {"return": {"returnedCartItems": 1}},
        {"return": {"returnedCartItems": [0]}},
    ],
)
def test_wrong_return_bodies(client: Client, body: Any) -> None:
    """A body that is not a return is answered 400."""
    client(CLOSED_SESSION)
    step = put_body(body)
    answer = client(
        Step(method="POST", path=f"{step.path}/returns", body=step.body, headers=step.headers)
    )
    assert answer.status == 400


def test_the_answer_to_a_return(client: Client) -> None:
    """The answer shows the return as well as the session."""
    client(CLOSED_SESSION)
    answer = client(return_items(return_line(1)))
    assert answer.json["return"]["sessionIntegrationId"] == "s"
    assert answer.json["return"]["returnedCartItems"] == [return_line(1)]
    assert answer.session == client(get()).session


def test_returns_by_sku(client_current: Client, client_2_5_1: Client) -> None:
    """The current version returns items by SKU; version 2.5.1 refuses it."""
    for client, status in ((client_current, 200), (client_2_5_1, 400)):
        client(CLOSED_SESSION)
        assert client(return_items({"sku": "b"})).status == status
        assert client(return_items({"sku": "missing"})).status == 400
    assert rows(client_current) == [(0, 3), (1, 0), (0, 2)]


def test_idempotency_keys(client_current: Client) -> None:
    """A repeated key has the same answer and returns nothing; another key returns again."""
    client_current(CLOSED_SESSION)
    once = client_current(return_items(return_line(0, 1), idempotency_key="key"))
    assert client_current(return_items(return_line(0, 1), idempotency_key="key")) == once
    assert rows(client_current)[0] == (1, 2)
    assert client_current(return_items(return_line(0, 1), idempotency_key="other")) != once
    assert rows(client_current)[0] == (2, 1)


def test_idempotency_keys_belong_to_their_session(client_current: Client) -> None:
    """A key counts for its session only, and not from a refused or a dry return."""
    client_current.send_all(CLOSED_SESSION, put("two", state="closed", cartItems=[item("a", 3)]))
    client_current(return_items(return_line(9), idempotency_key="key"))
    client_current(return_items(return_line(0, 1), idempotency_key="key", dry=True))
    assert client_current(return_items(return_line(0, 1), idempotency_key="key")).status == 200
    assert (
        client_current(return_items(return_line(0, 1), idempotency_key="key", session="two")).status
        == 200
    )
    assert rows(client_current)[0] == (1, 2)
    assert client_current(get("two")).session["cartItems"][0]["returnedQuantity"] == 1


def test_a_reopened_session_can_be_returned(client_current: Client) -> None:
    """A reopened session can be closed and returned; after that it cannot be reopened."""
    client_current.send_all(CLOSED_SESSION, reopen(), put(state="closed"))
    assert client_current(return_items(return_line(0, 3))).status == 200
    assert client_current(reopen()).status == 400
