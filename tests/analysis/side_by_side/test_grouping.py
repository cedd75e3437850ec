"""Differences with one cause are one group."""

from __future__ import annotations

from typing import Any

from cartfuzz.analysis.side_by_side import PartDifference, Sign, exposed, groups
from cartfuzz.contract import MARK, Fetch, Scenario, Update


def scenario(*bodies: dict[str, Any]) -> Scenario:
    steps = tuple(Update(body={"customerSession": body}) for body in bodies)
    return Scenario(title="", sessions=(MARK,), steps=steps)


def part(path: str, old: str = "a number", new: str = "zero") -> PartDifference:
    return PartDifference(part=path, old=old, new=new)


def sign(name: str, which: PartDifference, found: Scenario, *others: PartDifference) -> Sign:
    return Sign(
        signature=name, part=which, scenario=found, exposed_parts=frozenset((which, *others))
    )


def test_what_shows_together_has_one_cause() -> None:
    """Each smallest scenario shows the difference of the other one."""
    price, total = part("price"), part("total")
    cart = scenario({"cartItems": [{"price": 1}]})
    signs = [sign("A", price, cart, total), sign("B", total, cart, price)]
    assert groups(signs) == {"A": "A", "B": "A"}


def test_what_shows_everywhere_has_a_cause_of_its_own() -> None:
    """A member that every answer lacks is not the cause of a wrong total that comes with it."""
    member, total = part("extra", "missing", "a text"), part("total")
    signs = [
        sign("A", member, scenario({})),
        sign("B", total, scenario({"cartItems": [{"price": 1}]}), member),
    ]
    assert groups(signs) == {"A": "A", "B": "B"}


def test_one_difference_of_two_situations_is_one() -> None:
    """Unless each needs something that the other one does not need."""
    total, greater = part("total"), part("total", new="a greater number")
    cart = {"cartItems": [{"price": 1}]}
    costs = {"additionalCosts": {"x": {"price": 1}}}
    assert groups([sign("A", total, scenario(cart)), sign("B", greater, scenario({}, cart))]) == {
        "A": "A",
        "B": "A",
    }
    assert groups([sign("A", total, scenario(cart)), sign("B", total, scenario(costs))]) == {
        "A": "A",
        "B": "B",
    }


def test_effects_that_lack_a_member_have_one_cause() -> None:
    """Whatever their kind; properties mean something else for each kind."""
    name, value = "effects[{}].ruleName", "effects[{}].props.value"
    cart, codes = scenario({"cartItems": []}), scenario({"couponCodes": []})
    signs = [
        sign("A", part(name.format("setDiscount"), "a text", "missing"), cart),
        sign("B", part(name.format("acceptCoupon"), "a text", "missing"), codes),
        sign("C", part(value.format("setDiscount")), cart),
        sign("D", part(value.format("addLoyaltyPoints")), codes),
    ]
    assert groups(signs) == {"A": "A", "B": "A", "C": "C", "D": "D"}


def test_exposed_shows_what_writes_did() -> None:
    """Writes show the session, and a read follows; nothing else changes."""
    steps = exposed(scenario({"state": "closed"})).steps
    assert steps[0].body == {
        "customerSession": {"state": "closed"},
        "responseContent": ["customerSession"],
    }
    assert steps[1:] == (Fetch(),)
