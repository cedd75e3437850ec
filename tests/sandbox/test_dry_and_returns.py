"""Dry runs and returns of the clean sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from .steps import Client, Step, at, get, give, item, put, raw, reopen

SOLD = put(state="closed", cartItems=[item("a", 3, 2), item("b", 1), item("a", 2)])
FUTURE = "2999-01-01T00:00:00Z"


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
    """It answers as the real one and leaves the session as it was."""
    client(put(cartItems=[item()]))
    before = client(get())
    dry = client(step)
    assert client(get()) == before
    real = client(Step(method=step.method, path=step.path, body=step.body, headers=step.headers))
    assert dry.status == real.status == 200
    without_time = [{**a.session, "updated": "", "updateCount": ""} for a in (dry, real)]
    assert without_time[0] == without_time[1]


def test_a_dry_creation_creates_nothing(client: Client) -> None:
    """The session is shown and is not there."""
    assert client(put(dry=True, profileId="ann")).session["profileId"] == "ann"
    assert client(get()).status == 404
    assert client(put("other", profileId="ann")).session["firstSession"] is True


def test_a_dry_return_returns_nothing(client: Client) -> None:
    """The answer shows it, the session does not."""
    client(SOLD)
    before = client(get())
    assert client(give(at(0), dry=True)).session["state"] == "partially_returned"
    assert client(get()) == before
    assert client(give(at(9), dry=True)).status == 400


@pytest.mark.parametrize(
    ("now", "dry", "status"),
    [
        (FUTURE, True, 200),
        ("2999-01-01T00:00:00+02:00", True, 200),
        (FUTURE, False, 400),
        ("2001-01-01T00:00:00Z", True, 400),
        ("2999-01-01T00:00:00", True, 400),
        ("tomorrow", True, 400),
    ],
)
def test_now(current: Client, now: str, dry: bool, status: int) -> None:
    """It needs a dry run and a moment in the future."""
    assert current(put(dry=dry, now=now)).status == status


def test_the_first_version_knows_no_now(first: Client) -> None:
    """An unknown parameter is ignored."""
    assert first(put(now="tomorrow")).status == 200


def test_units_go_back_one_by_one(flattened: Client, current: Client) -> None:
    """With flattening units add up over lines and returns until none remains."""
    for client in (flattened, current):
        client(SOLD)
        assert client(give(at(0, 1), at(0, 1), at(1))).status == 200
        assert rows(client) == [(2, 1), (1, 0), (0, 2)]
        assert client(give(at(0, 2))).status == 400
        assert client(give(at(2, 1), at(0, 2))).status == 400
        assert rows(client) == [(2, 1), (1, 0), (0, 2)]
        assert client(give(at(0, 1), at(2, 2))).session["state"] == "partially_returned"
        assert rows(client) == [(3, 0), (1, 0), (2, 0)]
        assert client(give(at(0))).status == 400
        assert client(get()).session["total"] == 9


def test_items_go_back_whole_without_flattening(first: Client) -> None:
    """A part of an item is refused, all of it is taken once."""
    first(SOLD)
    assert first(give(at(0, 2))).status == 400
    assert first(give(at(0, 3))).status == 200
    assert first(give(at(2))).status == 200
    assert first(give(at(2))).status == 400
    assert rows(first) == [(3, 0), (0, 1), (2, 0)]


WRONG_LINES: list[list[Any]] = [
    [],
    [at(3)],
    [at(-1)],
    [at(0, 0)],
    [at(0, -1)],
    [at(0, 4)],
    [{"position": "0"}],
    [{"position": True}],
    [{"position": 0, "quantity": "1"}],
    [{"position": 0, "quantity": 1.5}],
    [{"quantity": 1}],
    [at(1), at(3)],
]


@pytest.mark.parametrize("lines", WRONG_LINES)
def test_wrong_returns(client: Client, lines: list[Any]) -> None:
    """They are refused whole."""
    client(SOLD)
    before = client(get())
    assert client(give(*lines)).status == 400
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
    """What is no return is a 400."""
    client(SOLD)
    step = raw(body)
    answer = client(
        Step(method="POST", path=f"{step.path}/returns", body=step.body, headers=step.headers)
    )
    assert answer.status == 400


def test_the_answer_to_a_return(client: Client) -> None:
    """It holds the return itself beside the session."""
    client(SOLD)
    answer = client(give(at(1)))
    assert answer.json["return"]["sessionIntegrationId"] == "s"
    assert answer.json["return"]["returnedCartItems"] == [at(1)]
    assert answer.session == client(get()).session


def test_returns_by_sku(current: Client, first: Client) -> None:
    """The current version finds the item by its SKU; 2.5.1 needs the position."""
    for client, status in ((current, 200), (first, 400)):
        client(SOLD)
        assert client(give({"sku": "b"})).status == status
        assert client(give({"sku": "missing"})).status == 400
    assert rows(current) == [(0, 3), (1, 0), (0, 2)]


def test_idempotency_keys(current: Client) -> None:
    """One key on one session returns once and answers the same; another key returns again."""
    current(SOLD)
    once = current(give(at(0, 1), once="key"))
    assert current(give(at(0, 1), once="key")) == once
    assert rows(current)[0] == (1, 2)
    assert current(give(at(0, 1), once="other")) != once
    assert rows(current)[0] == (2, 1)


def test_idempotency_keys_belong_to_their_session(current: Client) -> None:
    """The key of one session means nothing to another, and nothing in a refused or dry return."""
    current.all(SOLD, put("two", state="closed", cartItems=[item("a", 3)]))
    current(give(at(9), once="key"))
    current(give(at(0, 1), once="key", dry=True))
    assert current(give(at(0, 1), once="key")).status == 200
    assert current(give(at(0, 1), once="key", session="two")).status == 200
    assert rows(current)[0] == (1, 2)
    assert current(get("two")).session["cartItems"][0]["returnedQuantity"] == 1


def test_a_reopened_session_starts_its_returns_anew(current: Client) -> None:
    """A partly returned session stays so; a reopened one can be closed and returned from."""
    current.all(SOLD, reopen(), put(state="closed"))
    assert current(give(at(0, 3))).status == 200
    assert current(reopen()).status == 400
