"""Single parts are taken out of scenarios, at all their places alike."""

from __future__ import annotations

from typing import Any

from cartfuzz.contract import MARK, Fetch, Scenario, Update
from cartfuzz.harness.triage.edits import edit_of, edits_of, merged, views, with_member, with_value
from cartfuzz.record import Cause, Element

ITEM = {"name": "a", "sku": "a", "quantity": 3, "price": 1, "attributes": {"color": "red"}}


def scenario(*sessions: dict[str, Any], **changes: Any) -> Scenario:
    """A scenario with one update for each of ``sessions``."""
    steps = tuple(Update(body={"customerSession": data}) for data in sessions)
    values: dict[str, Any] = {"title": "", "sessions": (f"s0-{MARK}",), "steps": steps}
    return Scenario(**{**values, **changes})


def test_each_edit_changes_the_scenario() -> None:
    """Members, values that are not plain, and steps; nothing that a request needs."""
    found = [
        (edit.cause.element, edit.cause.path[1:])
        for edit in edits_of(scenario({"cartItems": [ITEM]}))
    ]
    assert found == [
        (Element.MEMBER, ("cartItems",)),
        (Element.MEMBER, ("cartItems", "attributes")),
        (Element.MEMBER, ("cartItems", "attributes", "color")),
        (Element.VALUE, ("cartItems", "quantity")),
        (Element.VALUE, ("cartItems", "attributes", "color")),
    ]


def test_a_plain_scenario_has_no_parts() -> None:
    """Nothing can be taken out of the plainest request."""
    assert list(edits_of(scenario({}))) == []


def test_steps_session_ids_and_bursts_are_parts() -> None:
    """All but the last step, IDs that are not plain, and that requests are concurrent."""
    one = scenario({}, {}, sessions=(f"odd {MARK}",), burst=(0, 2))
    assert [edit.cause.element for edit in edits_of(one)] == [
        Element.BURST,
        Element.STEP,
        Element.SESSION_ID,
    ]


def test_a_member_is_taken_out_everywhere() -> None:
    """Of each request and of each member of a list, in any scenario."""
    edit = edit_of(
        Cause(element=Element.MEMBER, path=("customerSession", "cartItems", "attributes"))
    )
    assert edit is not None
    plain = {name: value for name, value in ITEM.items() if name != "attributes"}
    assert edit.apply(scenario({"cartItems": [ITEM, ITEM]}, {"cartItems": [ITEM]})) == scenario(
        {"cartItems": [plain, plain]}, {"cartItems": [plain]}
    )


def test_a_value_is_put_where_one_is_and_a_member_everywhere() -> None:
    """The one exchanges values, the other adds what is missing."""
    path = ("customerSession", "attributes", "size")
    one = scenario({"attributes": {"size": 1}}, {})
    assert with_value(one, path, 2) == scenario({"attributes": {"size": 2}}, {})
    assert with_member(one, path, 2) == scenario(*({"attributes": {"size": 2}},) * 2)


def test_views_show_more_of_the_session() -> None:
    """Of each write and a last read, of the last write, as it is; each is another scenario."""
    read = Scenario(title="", sessions=(MARK,), steps=(Fetch(),))
    assert list(views(read)) == [read]
    one = scenario({}, {})
    shown = Update(body={"customerSession": {}, "responseContent": ["customerSession"]})
    assert [view.steps for view in views(one)] == [
        (shown, shown, Fetch()),
        (one.steps[0], shown),
        one.steps,
    ]


def test_the_data_of_two_scenarios_in_one() -> None:
    """Where both have the same requests, and no member with two values."""
    one, other = scenario({}, {"cartItems": [ITEM]}), scenario({"state": "open"}, {})
    assert merged(one, other) == scenario({"state": "open"}, {"cartItems": [ITEM]})
    assert merged(one, scenario({}, {"cartItems": []})) is None
    assert merged(one, scenario({})) is None
