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
    other_costs = {"additionalCosts": {"y": {"price": 1}}, "state": "closed"}
    assert groups([sign("A", total, scenario(cart)), sign("B", greater, scenario({}, cart))]) == {
        "A": "A",
        "B": "A",
    }
    signs = [
        sign("A", total, scenario(cart)),
        sign("B", total, scenario(costs)),
        sign("C", total, scenario(other_costs)),
    ]
    assert groups(signs) == {"A": "A", "B": "B", "C": "B"}


def test_refusals_have_many_reasons() -> None:
    """Two requests that one target refuses have one cause only if they need the same members."""
    status = part("status", "200", "400")
    cart = {"cartItems": [{"price": 1}]}
    signs = [
        sign("A", status, scenario({})),
        sign("B", status, scenario(cart)),
        sign("C", status, scenario({}, cart)),
    ]
    assert groups(signs) == {"A": "A", "B": "B", "C": "B"}


def test_causes_make_no_chains() -> None:
    """Each sign has something in common with the first of its group."""
    signs = [
        sign("A", part("a"), scenario({"x": 1}), part("b")),
        sign("B", part("b"), scenario({"x": 1, "y": 1}), part("a"), part("c")),
        sign("C", part("c"), scenario({"y": 1}), part("b")),
    ]
    assert groups(signs) == {"A": "A", "B": "A", "C": "C"}


def test_a_member_that_one_target_lacks_has_one_cause() -> None:
    """Whatever the request needs; which effects are listed depends on it."""
    lacks, lists = part("message", "a text", "missing"), part("effects[x]", "listed", "missing")
    cart, codes = scenario({"cartItems": []}), scenario({"couponCodes": []})
    signs = [
        sign("A", lacks, cart),
        sign("B", lacks, codes),
        sign("C", lists, cart),
        sign("D", lists, codes),
    ]
    assert groups(signs) == {"A": "A", "B": "A", "C": "C", "D": "D"}


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
