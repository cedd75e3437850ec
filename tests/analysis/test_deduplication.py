"""Which signatures of a run are one bug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import Change, Summary, compare, summarise
from cartfuzz.analysis.deduplication import Deduplicator, SignatureProfile, is_contained
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


def seen(found: Discrepancy, *alternatives: Discrepancy, **changes: Any) -> Discrepancy:
    """An occurrence that may also be read as one of ``alternatives``."""
    names = tuple(other.signature for other in alternatives)
    return msgspec.structs.replace(found, check="fields", alternatives=names, **changes)


def run(*found: Discrepancy) -> Summary:
    """Of a run in which each scenario shows one of ``found``."""
    runs = (scenario_run(number, discrepancies=(one,)) for number, one in enumerate(found))
    return summarise([started(), *runs])


def groups(summary: Summary) -> dict[str, set[str]]:
    """The signatures of bugs, each with those of its symptoms."""
    return {
        entry.signature: {symptom.signature for symptom in entry.symptoms}
        for entry in summary.discrepancies
    }


def test_a_symptom_is_reported_with_its_bug() -> None:
    """It is a symptom if each occurrence has the bug as an alternative."""
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(OTHER, PLAIN, THIRD)))
    assert found == {PLAIN.signature: {OTHER.signature}}


def test_what_was_not_seen_explains_nothing() -> None:
    """An alternative that the run never found by itself is no bug."""
    assert groups(run(seen(OTHER, PLAIN))) == {OTHER.signature: set()}


def test_one_occurrence_without_the_alternative_is_enough() -> None:
    """Then the alternative does not explain the signature, so it is a bug of its own."""
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(OTHER)))
    assert found == {PLAIN.signature: set(), OTHER.signature: set()}


def test_of_those_that_explain_each_other_the_most_frequent_is_the_bug() -> None:
    """The order in which they came does not decide."""
    found = groups(run(seen(PLAIN, OTHER), seen(OTHER, PLAIN), seen(OTHER, PLAIN)))
    assert found == {OTHER.signature: {PLAIN.signature}}


def test_chains_end_in_one_bug() -> None:
    """A symptom of a symptom belongs to the same bug."""
    found = groups(run(seen(PLAIN), seen(OTHER, PLAIN), seen(THIRD, OTHER)))
    assert found == {PLAIN.signature: {OTHER.signature, THIRD.signature}}


def test_what_explains_a_part_of_a_bug_explains_nothing_of_it() -> None:
    """Two signatures that explain each other are one bug, and a third explains only one of them."""
    found = groups(
        run(seen(PLAIN, OTHER), seen(PLAIN, OTHER), seen(OTHER, PLAIN, THIRD), seen(THIRD))
    )
    assert found == {PLAIN.signature: {OTHER.signature}, THIRD.signature: set()}


@pytest.mark.parametrize(
    ("rule", "situations", "outcomes"),
    [
        (
            "DRY-02",
            (
                "dry update of a closed session to open",
                "dry run of: update of a closed session to open",
            ),
            ("accepted", "accepted dry, refused for real"),
        ),
    ],
)
def test_one_question_is_one_bug(
    rule: str, situations: tuple[str, str], outcomes: tuple[str, str]
) -> None:
    """Whether the real update was sent behind the dry one or not."""
    one, other = (
        msgspec.structs.replace(
            discrepancy(rule), signature=situation, situation=situation, outcome=outcome
        )
        for situation, outcome in zip(situations, outcomes, strict=True)
    )
    assert len(groups(run(one, one, other))) == 1
    elsewhere = msgspec.structs.replace(other, signature="other", rule="STATE-17")
    assert len(groups(run(one, one, elsewhere))) == 2


@pytest.mark.parametrize(
    ("rule", "situations", "outcomes"),
    [
        ("AUTH-01", ("refused get", "refused update"), ("leaves a trace",) * 2),
        (
            "STATE-03",
            (
                "update of an unknown session to cancelled",
                "update of an unknown session to partially returned",
            ),
            ("accepted",) * 2,
        ),
    ],
)
def test_what_may_be_two_bugs_is_two_entries(
    rule: str, situations: tuple[str, str], outcomes: tuple[str, str]
) -> None:
    """Two operations without a key, two states that are asked for: only triage may join them."""
    both = (
        msgspec.structs.replace(
            discrepancy(rule), signature=situation, situation=situation, outcome=outcome
        )
        for situation, outcome in zip(situations, outcomes, strict=True)
    )
    assert len(groups(run(*both))) == 2


def test_contradictions_about_two_fields_are_two_entries() -> None:
    """One rule is silent about many things."""
    both = (
        msgspec.structs.replace(
            discrepancy("MERGE-U1"),
            kind=Kind.CONTRADICTION,
            check="drift",
            signature=name,
            situation=f"update: {name}",
            field_name=name,
        )
        for name in ("couponCodes", "identifiers")
    )
    assert len(groups(run(*both))) == 2


def test_a_family_is_one_bug() -> None:
    """Whatever rules its members break, as long as each occurrence is of the family."""
    family = {"family": "refusals are answered 422"}
    found = groups(run(seen(PLAIN, **family), seen(OTHER, **family), seen(THIRD)))
    assert sorted(map(len, found.values())) == [0, 1]
    assert groups(run(seen(PLAIN, **family), seen(PLAIN), seen(OTHER, **family))).keys() == {
        PLAIN.signature,
        OTHER.signature,
    }


def test_a_contradiction_about_a_field_that_breaks_a_rule_is_the_same_bug() -> None:
    """The contradiction is a symptom of the violation about the same field, and of no other."""
    contradiction = seen(THIRD, kind=Kind.CONTRADICTION, field_name="couponCodes")
    assert groups(run(seen(PLAIN, field_name="couponCodes"), contradiction)) == {
        PLAIN.signature: {THIRD.signature}
    }
    assert len(groups(run(seen(PLAIN, field_name="cartItems"), contradiction))) == 2


@pytest.mark.parametrize(
    ("plain", "other", "one"),
    [
        ({"identifiers": [1] * 5}, {"identifiers": [1] * 5, "couponCodes": ["a"]}, True),
        ({"identifiers": [1] * 5}, {"couponCodes": ["a"]}, False),
        ({"identifiers": [1] * 5}, {"identifiers": [1] * 4, "couponCodes": ["a"]}, False),
    ],
)
def test_refusals_are_one_bug_where_one_request_contains_the_other(
    plain: Any, other: Any, *, one: bool
) -> None:
    """A refusal is explained by another if its request has all that the other's has."""
    deduplicator = Deduplicator()
    deduplicator.add(PLAIN)
    deduplicator.add(msgspec.structs.replace(OTHER, alternatives=(PLAIN.signature,)))
    profiles = {
        PLAIN.signature: SignatureProfile(
            rule="CART-01", check="status", situation="update", body=plain
        ),
        OTHER.signature: SignatureProfile(
            rule="MERGE-01", check="status", situation="5", body=other
        ),
    }
    canonical = deduplicator.canonical(profiles)[OTHER.signature]
    assert canonical == (PLAIN.signature if one else OTHER.signature)


def changes(old: Summary, new: Summary) -> list[tuple[Change, str]]:
    """What became of each signature."""
    found = compare(old, new, names=("old", "new")).changes
    return [(one.change, one.signature) for one in found]


def test_a_bug_with_another_symptom_is_neither_fixed_nor_new() -> None:
    """The newer run shows only what was a symptom in the older one."""
    old = run(seen(PLAIN), seen(OTHER, PLAIN))
    assert changes(old, run(seen(OTHER))) == [(Change.STILL_THERE, OTHER.signature)]


def test_a_new_bug_is_new_though_its_symptom_is_old() -> None:
    """The older run showed the symptom only, as a bug of its own."""
    new = run(seen(PLAIN), seen(OTHER, PLAIN))
    assert changes(run(seen(OTHER)), new) == [(Change.FIRST_SEEN, PLAIN.signature)]


def test_what_shows_every_time_is_no_symptom_of_what_is_flaky() -> None:
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
def test_everything_contains_itself(value: Any) -> None:
    """Whatever its type."""
    assert is_contained(value, value)


@given(st.dictionaries(st.sampled_from("xyz"), plain_json, min_size=1), st.data())
def test_what_was_left_out_does_not_matter(value: dict[str, Any], data: st.DataObject) -> None:
    """What has more members contains a pattern with fewer, and not the other way round."""
    name = data.draw(st.sampled_from(sorted(value)))
    fewer = {key: part for key, part in value.items() if key != name}
    assert is_contained(fewer, value)
    assert not is_contained(value, fewer)


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)), min_size=1))
def test_a_canonical_signature_is_no_symptom(readings: dict[str, Iterable[str]]) -> None:
    """Whatever explains what, in whichever order it came."""
    profiles, orders = {}, []
    for names in (sorted(readings), sorted(readings, reverse=True)):
        deduplicator = Deduplicator()
        for name in names:
            profiles[name] = SignatureProfile(rule="R", check="fields", situation="s", body=None)
            alternatives = tuple(readings[name])
            deduplicator.add(
                msgspec.structs.replace(PLAIN, signature=name, alternatives=alternatives)
            )
        orders.append(deduplicator.canonical(profiles))
    assert orders[0] == orders[1]
    assert all(orders[0][name] == name for name in orders[0].values())
