"""Which signatures of a run are one bug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import Change, Summary, compare, summarise
from cartfuzz.analysis.deduplication import Deduplicator, SignatureProfile, stands_in
from cartfuzz.record import Discrepancy, Kind

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

PLAIN, OTHER, THIRD = (discrepancy(rule) for rule in ("CART-01", "MERGE-01", "RESP-03"))
NAMES = ("A-1", "B-2", "C-3", "D-4", "E-5")

plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab😀", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner),
    max_leaves=8,
)


def seen(found: Discrepancy, *perhaps: Discrepancy, **changes: Any) -> Discrepancy:
    """A sighting of the fields, which may be one of others too."""
    names = tuple(other.signature for other in perhaps)
    return msgspec.structs.replace(found, check="fields", alternatives=names, **changes)


def run(*sightings: Discrepancy) -> Summary:
    runs = (scenario_run(number, discrepancies=(one,)) for number, one in enumerate(sightings))
    return summarise([started(), *runs])


def groups(summary: Summary) -> dict[str, set[str]]:
    return {
        entry.signature: {symptom.signature for symptom in entry.also}
        for entry in summary.discrepancies
    }


def test_a_sight_of_another_stands_with_it() -> None:
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(OTHER, PLAIN, THIRD)))
    assert found == {PLAIN.signature: {OTHER.signature}}


def test_what_was_not_seen_explains_nothing() -> None:
    assert groups(run(seen(OTHER, PLAIN))) == {OTHER.signature: set()}


def test_one_sighting_that_cannot_be_the_other_is_enough() -> None:
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(OTHER)))
    assert found == {PLAIN.signature: set(), OTHER.signature: set()}


def test_of_those_that_explain_each_other_the_one_seen_most_leads() -> None:
    found = groups(run(seen(PLAIN, OTHER), seen(OTHER, PLAIN), seen(OTHER, PLAIN)))
    assert found == {OTHER.signature: {PLAIN.signature}}


def test_chains_end_in_one_entry() -> None:
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(THIRD, OTHER)))
    assert found == {PLAIN.signature: {OTHER.signature, THIRD.signature}}


def test_a_family_has_one_entry() -> None:
    """Whatever rules its members break."""
    family = {"family": "refusals are answered 422"}
    found = groups(run(seen(PLAIN, **family), seen(OTHER, **family), seen(THIRD)))
    assert sorted(map(len, found.values())) == [0, 1]
    assert groups(run(seen(PLAIN, **family), seen(PLAIN), seen(OTHER, **family))).keys() == {
        PLAIN.signature,
        OTHER.signature,
    }


def test_a_contradiction_about_a_field_that_breaks_a_rule_is_the_same_bug() -> None:
    drift = seen(THIRD, kind=Kind.DRIFT, field_name="couponCodes")
    assert groups(run(seen(PLAIN, field_name="couponCodes"), drift)) == {
        PLAIN.signature: {THIRD.signature}
    }
    assert len(groups(run(seen(PLAIN, field_name="cartItems"), drift))) == 2


@pytest.mark.parametrize(
    ("plain", "other", "one"),
    [
        ({"identifiers": [1] * 5}, {"identifiers": [1] * 5, "couponCodes": ["a"]}, True),
        ({"identifiers": [1] * 5}, {"couponCodes": ["a"]}, False),
        ({"identifiers": [1] * 5}, {"identifiers": [1] * 4, "couponCodes": ["a"]}, False),
    ],
)
def test_refusals_are_one_bug_where_the_plainer_request_stands_in_the_other(
    plain: Any, other: Any, *, one: bool
) -> None:
    causes = Deduplicator()
    causes.add(PLAIN)
    causes.add(msgspec.structs.replace(OTHER, alternatives=(PLAIN.signature,)))
    sights = {
        PLAIN.signature: SignatureProfile(
            rule="CART-01", check="status", situation="update", body=plain
        ),
        OTHER.signature: SignatureProfile(
            rule="MERGE-01", check="status", situation="5", body=other
        ),
    }
    leader = causes.leaders(sights)[OTHER.signature]
    assert leader == (PLAIN.signature if one else OTHER.signature)


def changes(old: Summary, new: Summary) -> list[tuple[Change, str]]:
    found = compare(old, new, names=("old", "new")).changes
    return [(one.change, one.signature) for one in found]


def test_a_bug_that_shows_otherwise_is_neither_fixed_nor_new() -> None:
    old = run(seen(PLAIN), seen(OTHER, PLAIN))
    assert changes(old, run(seen(OTHER))) == [(Change.STILL_THERE, OTHER.signature)]


def test_a_new_bug_does_not_hide_behind_one_that_it_explains() -> None:
    new = run(seen(PLAIN), seen(OTHER, PLAIN))
    assert changes(run(seen(OTHER)), new) == [(Change.NEW, PLAIN.signature)]


def test_what_shows_every_time_does_not_stand_under_what_is_flaky() -> None:
    """Else a bug that is sure would be reported as chance."""
    plain, other = seen(PLAIN), seen(OTHER, PLAIN)
    events = [
        scenario_run(number, discrepancies=(one,)) for number, one in enumerate((plain, other))
    ]
    flaky, solid = minimised(plain, confirmed=1), minimised(other)
    apart = groups(summarise([started(), *events, flaky, solid]))
    assert apart == {PLAIN.signature: set(), OTHER.signature: set()}
    both = groups(summarise([started(), *events, flaky, minimised(other, confirmed=1)]))
    assert both == {PLAIN.signature: {OTHER.signature}}


@given(plain_json)
def test_everything_stands_in_itself(value: Any) -> None:
    assert stands_in(value, value)


@given(st.dictionaries(st.sampled_from("xyz"), plain_json, min_size=1), st.data())
def test_what_was_left_out_does_not_matter(value: dict[str, Any], data: st.DataObject) -> None:
    """A pattern with fewer members stands in what has more, and not the other way round."""
    name = data.draw(st.sampled_from(sorted(value)))
    fewer = {key: part for key, part in value.items() if key != name}
    assert stands_in(fewer, value)
    assert not stands_in(value, fewer)


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)), min_size=1))
def test_every_leader_leads_itself(readings: dict[str, Iterable[str]]) -> None:
    """Whatever explains what, in whichever order it came."""
    sights, orders = {}, []
    for names in (sorted(readings), sorted(readings, reverse=True)):
        causes = Deduplicator()
        for name in names:
            sights[name] = SignatureProfile(rule="R", check="fields", situation="s", body=None)
            found = msgspec.structs.replace(
                PLAIN, signature=name, alternatives=tuple(readings[name])
            )
            causes.add(found)
        orders.append(causes.leaders(sights))
    assert orders[0] == orders[1]
    assert all(orders[0][leader] == leader for leader in orders[0].values())
