"""What a target does where the contract is silent: situations, effects, and what is not told."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Environment,
    Fetch,
    ReturnItems,
    Step,
    Update,
)
from cartfuzz.harness.novelty import Novelty, distinct
from cartfuzz.oracle.fingerprints.effects import effect_on
from cartfuzz.oracle.model.input_classes import kind_of, magnitude, shape_of
from cartfuzz.record import Observation
from cartfuzz.wire import NoResponse, Response

from .histories import DATA, ENVIRONMENT, ITEM, answer, judge, ok, read, refusal, update

Told = tuple[Step, Response | NoResponse]
History = list[Told]

CREATED: Told = (update(DATA), ok(DATA))
NULL = update({"profileId": None})
QUIET = answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
OVER = "update of an open session without a state: null profileId, over a former value"


def observed(history: History, environment: Environment = ENVIRONMENT) -> list[Observation]:
    judgements = judge(history, environment=environment)
    return [seen for judgement in judgements for seen in judgement.observations]


def comparable(history: History, environment: Environment = ENVIRONMENT) -> list[tuple[str, str]]:
    """The comparable observations of a history, but for those about sums and unasked sessions."""
    return [
        (seen.situation, seen.outcome)
        for seen in observed(history, environment)
        if seen.comparable and seen.rule not in ("RESP-05", "RESP-U1")
    ]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([(NULL, ok(DATA))], "accepted, ignored"),
        ([(NULL, ok({**DATA, "profileId": ""}))], "accepted, cleared"),
        ([(NULL, ok({**DATA, "profileId": "null"}))], "accepted, changed"),
        ([(NULL, refusal())], "refused 4xx"),
        ([(NULL, refusal(422))], "refused 4xx"),
    ],
)
def test_the_effect_stands_in_the_answer(answers: History, outcome: str) -> None:
    """One oddity in one field: its fate, or the class of the refusal's status."""
    assert comparable([CREATED, *answers]) == [(OVER, outcome)]


def unasked(session: dict[str, Any]) -> Update:
    return Update(body={"customerSession": session})


def test_the_effect_waits_for_a_read() -> None:
    """An answer without the session says nothing yet; the next read does."""
    sent: Told = (unasked({"profileId": None}), QUIET)
    assert comparable([CREATED, sent]) == []
    assert comparable([CREATED, sent, (Fetch(), read(DATA))]) == [(OVER, "accepted, ignored")]
    cleared = {**DATA, "profileId": ""}
    assert comparable([CREATED, sent, (Fetch(), read(cleared))]) == [(OVER, "accepted, cleared")]


def test_a_write_in_between_takes_the_effect_away() -> None:
    """Then only the status is sure."""
    sent: Told = (unasked({"profileId": None}), QUIET)
    after = {**DATA, "profileId": "bob"}
    assert comparable([CREATED, sent, (update({"profileId": "bob"}), ok(after))]) == [
        (OVER, "accepted")
    ]


@pytest.mark.parametrize("status", [409, 429])
def test_what_is_inconclusive_shows_nothing(status: int) -> None:
    """Limits and parallel requests are no behaviour."""
    assert comparable([CREATED, (NULL, refusal(status))]) == []


def test_what_depends_on_what_nobody_declared_is_not_compared() -> None:
    """Codes that the target may know and the environment does not."""
    bare = Environment()
    step = update({"couponCodes": ["NOBODY-KNOWS"]})
    assert comparable([(step, refusal())], bare) == []
    assert [seen.outcome for seen in observed([(step, refusal())], bare)] == ["refused 4xx"]


def test_maps_that_are_sent_are_merged_or_replaced() -> None:
    """MERGE-U1: what becomes of the keys that a map leaves out."""
    both = {"attributes": {"channel": "web", "giftWrapped": True}}
    one = {"attributes": {"channel": "app"}}
    merged = {"attributes": {"channel": "app", "giftWrapped": True, "builtIn": 1}}
    situation = "update: what a map of attributes leaves out"
    first: Told = (update(both), ok(both))
    assert comparable([first, (update(one), ok(merged))]) == [(situation, "merged")]
    assert comparable([first, (update(one), ok(one))]) == [(situation, "replaced")]


def test_a_late_update_says_what_it_would_change() -> None:
    """Whether data is asked to change is part of the situation."""
    closed = {**DATA, "state": "closed"}
    start: Told = (update(closed), ok(closed))
    same = comparable([start, (update({"profileId": "ann"}), refusal())])
    other = comparable([start, (update({"profileId": "bob"}), refusal())])
    head = "update of a closed session without a state: changing "
    assert same == [(head + "nothing", "refused 4xx")]
    assert other == [(head + "profileId", "refused 4xx")]


def test_totals_after_a_return() -> None:
    """RESP-U1: with the whole cart or with what is left of it."""
    flat = Environment(flattening=True)
    closed = {"cartItems": [ITEM], "state": "closed"}
    back = ReturnItems(
        body={
            "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
            "responseContent": ["customerSession"],
        }
    )
    item = {**ITEM, "returnedQuantity": 1, "remainingQuantity": 1}
    after = {"cartItems": [item], "state": "partially_returned"}
    for total, reading in ((21.0, "stays"), (10.5, "shrinks"), (1.0, "is something else")):
        shown = ok(after, cartItemTotal=total, total=total)
        seen = observed([(update(closed), ok(closed)), (back, shown)], flat)
        assert ("cartItemTotal after a return", reading) in {(s.situation, s.outcome) for s in seen}


@pytest.mark.parametrize(
    ("sent", "before", "shown", "effect"),
    [
        (["a", "a"], None, ["a", "a"], "stored"),
        (["a", "a"], None, ["a"], "changed"),
        (["a", "a"], ["b"], ["b"], "ignored"),
        (["a", "a"], ["a"], ["a"], ""),
        (5, "x", "5", "changed"),
        (5, "5", "5", ""),
        (None, None, None, ""),
        (None, [], ["x"], "changed"),
        ("x", "y", "", "cleared"),
        ("x", "", "", "dropped"),
        ({"a": 1}, {}, {"a": 1, "builtIn": 2}, "stored"),
    ],
)
def test_effects(sent: object, before: object, shown: object, effect: str) -> None:
    """Where the values cannot tell two behaviours apart, nothing is said."""
    assert effect_on("identifiers", sent, before, shown) == effect


@pytest.mark.parametrize(
    ("sent", "shown", "effect"),
    [
        ({**ITEM, "position": 5}, {**ITEM, "position": 0}, "ignored"),
        ({**ITEM, "position": 5}, {**ITEM, "position": 5}, "believed"),
        ({**ITEM, "position": 0}, {**ITEM, "position": 0}, "stored"),
        ({**ITEM, "price": -1}, {**ITEM, "price": -1, "position": 0}, "stored"),
        ({**ITEM, "price": -1}, {**ITEM, "price": 0}, "changed"),
        ({**ITEM, "category": None}, ITEM, "stored"),
    ],
)
def test_effects_on_carts(sent: object, shown: object, effect: str) -> None:
    """Fields that the server computes are told apart from those that it is sent."""
    assert effect_on("cartItems", [sent], None, [shown]) == effect


def test_what_a_null_entry_did_to_a_cart_may_not_show() -> None:
    """The cart without its null entry is there; whether the former one still is cannot be seen."""
    sent = {**ITEM, "additionalCosts": {"handling": {"price": 1}, "engraving": None}}
    shown = {**ITEM, "additionalCosts": {"handling": {"price": 1}}}
    other = {**ITEM, "sku": "another"}
    assert not effect_on("cartItems", [sent], [ITEM], [shown])
    assert effect_on("cartItems", [sent], [other], [shown]) == "changed"
    assert effect_on("cartItems", [sent], [ITEM], [ITEM]) == "ignored"


def test_classes_are_stable() -> None:
    """Small texts, free of marks, of what is ordinary, and of single values."""
    assert magnitude(0.0) == "zero"
    assert magnitude(-3.5) == "negative, below 10^8"
    assert magnitude(2**53) == "from 2^53" == magnitude(2**53 + 1)
    assert magnitude(2**53 - 1) == "from 10^15"
    assert magnitude(float("inf")) == "Infinity"
    assert shape_of(f"{MARK}/x\x00é b") == r"a/a\x00a"
    assert len(shape_of("/." * 600)) <= 60
    assert shape_of("/." * 600) != shape_of("/." * 601)
    assert kind_of([1, "x", None]) == "list of integer and null and string"
    empties: list[object] = [[], {}, "", True]
    assert [kind_of(value) for value in empties] == [
        "empty list",
        "empty map",
        "empty string",
        "true",
    ]


def test_the_first_of_each_outcome_is_new() -> None:
    """So that its scenario is kept whole; what is not compared is never new."""

    def seen(outcome: str, *, compared: bool = True, step: int = 0) -> Observation:
        return Observation(rule="R", situation="s", outcome=outcome, comparable=compared, step=step)

    novelty = Novelty()
    assert novelty.take([seen("a")])
    assert not novelty.take([seen("a"), seen("c", compared=False)])
    assert novelty.take([seen("a"), seen("b")])
    assert distinct([seen("a", step=1), seen("b"), seen("a", step=2)]) == (
        seen("a", step=1),
        seen("b"),
    )


@pytest.mark.parametrize(
    ("sent", "field_name", "former"),
    [
        ({"profileId": "other"}, "profileId", ", over a former value"),
        ({"referralCode": "R"}, "referralCode", ""),
    ],
)
def test_what_a_cancellation_carries_is_about_its_field(
    sent: dict[str, Any], field_name: str, former: str
) -> None:
    """With a former value as without, so that a broken rule about the field explains it."""
    cancelled = {**DATA, **sent, "state": "cancelled"}
    history: History = [CREATED, (update({**sent, "state": "cancelled"}), ok(cancelled))]
    situation = f"update of an open session to cancelled, with {field_name}{former}"
    seen = [(one.situation, one.field_name) for one in observed(history) if one.rule == "STATE-05"]
    assert seen == [(situation, field_name)]


HUGE = {**ITEM, "price": 1e12}
CLAMPED = {**ITEM, "price": 99_999_999.99}


@pytest.mark.parametrize(
    ("field", "former", "odd", "kept"),
    [
        ("loyaltyCards", ["x"], ["a", "b"], ["a"]),
        ("identifiers", ["x"], ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4", "5"]),
        ("cartItems", [ITEM], [HUGE], [CLAMPED]),
    ],
)
def test_what_is_cut_twice_is_not_ignored_the_second_time(
    field: str, former: Any, odd: Any, kept: Any
) -> None:
    """A former value that is itself what a target made of one shows nothing of the next.

    Where it is a value as it was sent, a target that ignores the next one is seen.
    """
    step, shown = update({field: odd}), ok({field: kept})
    first: Told = (update({field: former}), ok({field: former}))
    environment = msgspec.structs.replace(ENVIRONMENT, flattening=True)

    def outcomes(history: History) -> list[str]:
        rules = ("IDENT-U2", "CART-U1")
        return [one.outcome for one in observed(history, environment) if one.rule in rules]

    assert outcomes([first, (step, shown), (step, shown)]) == ["accepted, changed", "accepted"]
    assert outcomes([first, (step, ok({field: former}))]) == ["accepted, ignored"]


def test_the_first_of_more_than_the_limit_may_be_there_already() -> None:
    """Kept or ignored: the values do not show it."""
    first: Told = (update({"loyaltyCards": ["a"]}), ok({"loyaltyCards": ["a"]}))
    kept: Told = (update({"loyaltyCards": ["a", "b"]}), ok({"loyaltyCards": ["a"]}))
    seen = [one.outcome for one in observed([first, kept]) if one.rule == "IDENT-U2"]
    assert seen == ["accepted"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (0.0, 0.5, False),
        (0.0, 7.0, False),
        ("0", "x", False),
        (False, True, False),
        (0.25, 0.5, True),
        ("x", "y", True),
        (7.0, 9.0, True),
    ],
)
def test_positions_that_a_lax_reader_tells_apart(one: Any, other: Any, *, alike: bool) -> None:
    """A target may take 0.0 for 0, and refuse 0.5; two halves are one situation."""
    closed = {"cartItems": [ITEM, ITEM], "state": "closed"}

    def situation(position: Any) -> list[str]:
        line = {"position": position, "quantity": 2}
        step = ReturnItems(body={"return": {"returnedCartItems": [line]}})
        told = comparable([(update(closed), ok(closed)), (step, refusal())])
        return [where for where, _ in told]

    assert (situation(one) == situation(other)) == alike


@pytest.mark.parametrize("field", ["identifiers", "attributes"])
def test_a_cancellation_with_an_empty_value_is_a_situation_of_its_own(field: str) -> None:
    """To store an empty list is to clear, an empty map may be merged; neither is to ignore."""
    value: Any = {"channel": "web"} if field == "attributes" else ["two"]
    former: Any = {"channel": "app"} if field == "attributes" else ["one"]
    empty = type(value)()
    first: Told = (update({field: former}), ok({field: former}))

    def seen(sent: Any) -> set[str]:
        step = update({field: sent, "state": "cancelled"})
        shown = ok({field: sent, "state": "cancelled"})
        history = observed([first, (step, shown)])
        return {one.situation for one in history if one.rule == "STATE-05"}

    assert seen(value) == {
        f"update of an open session to cancelled, with {field}, over a former value"
    }
    assert seen(value).isdisjoint(seen(empty))


def test_a_map_that_adds_nothing_may_change_nothing() -> None:
    """A target that merges maps sees no change where one that replaces them does."""
    both = {"attributes": {"channel": "web", "giftWrapped": True}, "state": "closed"}
    first: Told = (update(both), ok(both))

    def situation(attributes: dict[str, Any]) -> str:
        history: History = [
            first,
            (Fetch(), read(both)),
            (update({"attributes": attributes}), refusal()),
        ]
        return comparable(history)[-1][0]

    part, other = situation({"channel": "web"}), situation({"channel": "app"})
    assert part.endswith("changing what attributes leaves out")
    assert other.endswith("changing attributes")


def test_costs_that_doubles_cannot_tell_apart_show_no_reading() -> None:
    """A cost of an item that is lost beside the others says not whether it was counted."""
    costs = {"shipping": {"price": 1e16}}
    item = {**ITEM, "additionalCosts": {"handling": {"price": 0.01}}}
    sent = {"cartItems": [item], "additionalCosts": costs}

    def readings(price: float) -> list[str]:
        body = {**sent, "additionalCosts": {"shipping": {"price": price}}}
        history: History = [(update(body), ok(body, additionalCostTotal=price))]
        return [one.outcome for one in observed(history) if one.rule == "RESP-05"]

    assert readings(9.0) == ["out"]
    assert readings(1e16) == []


@pytest.mark.parametrize("shown", [True, False])
def test_the_key_in_an_answer_that_is_no_error(shown: bool) -> None:
    """ERR-03 speaks of errors, so it is an observation and no discrepancy."""
    told = dataclasses.replace(ok(DATA), shows_key=shown)
    judgements = judge([(update(DATA), told)])
    seen = [one.outcome for one in observed([(update(DATA), told)]) if one.rule == "ERR-03"]
    assert seen == ["it shows the API key"] * shown
    assert not any(judgement.discrepancies for judgement in judgements)


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("line", [1, {"position": "0"}, {"position": 0.5}])
def test_the_status_of_an_odd_return_is_not_compared(line: Any, status: int) -> None:
    """A target may refuse a body that the contract is silent about before it looks for the
    session, and another such body after that."""
    odd = ReturnItems(body={"return": {"returnedCartItems": [line]}})
    assert not comparable([(odd, refusal(status))])


@pytest.mark.parametrize(("total", "reading"), [(3, "out"), (4, "in"), (5, "in")])
def test_whether_costs_of_items_count_as_costs_of_the_session(total: int, reading: str) -> None:
    """A cost of one counts once a line or, of two units, twice."""
    first = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
    item = {**ITEM, "additionalCosts": {"handling": {"price": 1}}}
    sent = {"cartItems": [item], "additionalCosts": {"shipping": {"price": 3}}}
    seen = observed([(update(sent), ok(sent, additionalCostTotal=total))], first)
    assert [one.outcome for one in seen if one.rule == "RESP-05"] == [reading]
