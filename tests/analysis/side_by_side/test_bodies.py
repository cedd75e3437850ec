"""Two bodies are compared part by part; what each target makes of its own is renamed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.side_by_side import PartDifference, Renaming
from cartfuzz.analysis.side_by_side.bodies import compare_bodies, nests_too_deep
from cartfuzz.contract import MARK

_UUIDS = st.uuids().map(str)
_TIMES = st.datetimes().map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")
_IDS = st.integers(1, 10**9)
_PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(-9, 9), st.sampled_from(["", "a", "b"])
)
_NAMES = st.sampled_from(
    ["state", "total", "name", "attributes", "cartItems", "effects", "x\u202ey"]
)
_OWN = st.fixed_dictionaries(
    {}, optional={"id": _IDS, "campaignId": _IDS, "created": _TIMES, "transactionUUID": _UUIDS}
)
_EFFECTS = st.builds(
    lambda own, kind, value: {**own, "effectType": kind, "props": {"value": value}},
    _OWN,
    st.sampled_from(["setDiscount", "acceptCoupon"]),
    _PLAIN,
)
_BODIES = st.recursive(
    st.one_of(_PLAIN, _OWN),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_NAMES, inner, max_size=4),
        st.builds(lambda effects: {"effects": effects}, st.lists(_EFFECTS, max_size=3)),
        st.builds(lambda own, rest: {**rest, **own}, _OWN, st.dictionaries(_NAMES, inner)),
    ),
    max_leaves=12,
)


def parts(old: Any, new: Any) -> set[PartDifference]:
    return {shown.difference for shown in compare_bodies(old, new, Renaming())}


def forms(old: Any, new: Any) -> list[tuple[str, str, str]]:
    return sorted((one.part, one.old, one.new) for one in parts(old, new))


def in_other_words(body: Any, *, free: bool = False) -> Any:
    """``body`` as another target writes it: other numbers, UUIDs and times in the same places."""
    if isinstance(body, dict):
        return {
            name: in_other_words(part, free=free or name == "attributes")
            if free or isinstance(part, dict | list)
            else _other(name, part)
            for name, part in body.items()
        }
    return [in_other_words(part, free=free) for part in body] if isinstance(body, list) else body


def _other(name: str, value: Any) -> Any:
    if name in ("id", "campaignId"):
        return value + 7_000_000_000
    if name == "created":
        return str(9_999 - int(value[:4])).rjust(4, "0") + value[4:]
    if name == "transactionUUID":
        return value.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    return value


@given(_BODIES)
def test_a_body_is_equal_to_itself(body: Any) -> None:
    """No difference, whatever it holds."""
    assert parts(body, body) == set()


@given(_BODIES, _BODIES)
def test_both_sides_count_alike(old: Any, new: Any) -> None:
    """With the sides changed, the same parts differ, with their forms changed."""
    assert {one.reversed for one in parts(old, new)} == parts(new, old)


@given(_BODIES)
def test_own_values_may_be_others(body: Any) -> None:
    """A target that gives other numbers, UUIDs and times to the same things does not differ."""
    assert parts(body, in_other_words(body)) == set()


def test_a_changed_member_is_named_without_its_value() -> None:
    """Path without indexes, forms in the place of values; the values are shown apart."""
    old = {"customerSession": {"total": 10, "cartItems": [{"price": 1}, {"price": 2}]}}
    new = {"customerSession": {"total": 12, "cartItems": [{"price": 1}, {"price": 0}]}}
    assert forms(old, new) == [
        ("customerSession.cartItems[].price", "a number", "zero"),
        ("customerSession.total", "a number", "a greater number"),
    ]
    shown = compare_bodies(old, new, Renaming())
    assert [(one.at, one.old, one.new) for one in shown] == [
        ("customerSession.cartItems[1].price", "2", "0"),
        ("customerSession.total", "10", "12"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {}, ("a", "a number", "missing")),
        ({}, {"a": None}, ("a", "missing", "null")),
        ({"a": ""}, {"a": "x"}, ("a", "an empty text", "a text")),
        ({"a": "x"}, {"a": "y"}, ("a", "a text", "another text")),
        ({"a": 1}, {"a": "1"}, ("a", "a number", "a text")),
        ({"a": 1}, {"a": True}, ("a", "a number", "true")),
        ({"a": [1]}, {"a": [1, 2]}, ("a", "a list", "a longer list")),
        ({"state": "open"}, {"state": "closed"}, ("state", "open", "closed")),
        ({"state": "open"}, {"state": "odd"}, ("state", "a text", "another text")),
        ({"updated": "2026-01-01T00:00:00Z"}, {"updated": 5}, ("updated", "a text", "a number")),
        (
            {"updated": "2026-01-01T00:00:00Z"},
            {"updated": "2026-01-01T00:00:00+01:00"},
            ("updated", "a time (T Z)", "a time (T offset)"),
        ),
        (
            {"attributes": {"odd\x1b": 1}},
            {"attributes": {}},
            ("attributes.*", "a number", "missing"),
        ),
        ({"odd\x1b": 1}, {}, ("*", "a number", "missing")),
        (
            {"attributes": {"id": 1}},
            {"attributes": {"id": 2}},
            ("attributes.*", "a number", "a greater number"),
        ),
    ],
)
def test_forms(old: Any, new: Any, expected: tuple[str, str, str]) -> None:
    """Presence, type, emptiness, sign and direction; a state by its name; nothing else."""
    assert forms(old, new) == [expected]


@pytest.mark.parametrize(
    ("old", "new"), [(1, 1.0), (0.3, 0.1 + 0.2), (10**400, 10**400), (1e308, 1e308)]
)
def test_numbers_are_compared_by_value(old: float, new: float) -> None:
    """The spelling of a number and the noise of doubles are no difference."""
    assert forms({"total": old}, {"total": new}) == []


def test_an_enormous_number_differs_from_another_one() -> None:
    """Numbers that no double can hold are compared as well."""
    assert forms({"total": 10**400}, {"total": 1.5}) == [("total", "a greater number", "a number")]


def test_an_id_must_stay_the_same_thing() -> None:
    """One target shows one session twice, the other one two sessions: that is a difference."""
    renaming = Renaming()
    assert compare_bodies({"id": 5}, {"id": 17}, renaming) == ()
    (shown,) = compare_bodies({"id": 5}, {"id": 18}, renaming)
    assert (shown.difference.old, shown.difference.new) == ("one of before", "a new one")


def test_ids_that_name_nothing_are_values() -> None:
    """-1 names no campaign: it is not another name of campaign 11."""
    assert forms({"campaignId": 11}, {"campaignId": -1}) == [
        ("campaignId", "a number", "a negative number")
    ]


def test_a_time_that_stays_on_one_target_must_stay_on_the_other() -> None:
    """A refused update moves ``updated`` of one target alone."""
    renaming = Renaming()
    first, later = "2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:01.123456Z"
    other, moved = "2027-01-01T00:00:00.123456Z", "2027-01-01T00:00:01.123456Z"
    assert compare_bodies({"updated": first}, {"updated": other}, renaming) == ()
    assert compare_bodies({"updated": first}, {"updated": moved}, renaming) != ()
    assert compare_bodies({"updated": later}, {"updated": moved}, Renaming()) == ()


def test_coarse_times_may_coincide_by_chance() -> None:
    """Of times in seconds it means nothing that two are equal."""
    renaming = Renaming()
    first, later = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"
    assert compare_bodies({"updated": first}, {"updated": first}, renaming) == ()
    assert compare_bodies({"updated": first}, {"updated": later}, renaming) == ()


def effect(kind: str, campaign: int = 1, **props: Any) -> dict[str, Any]:
    return {"campaignId": campaign, "effectType": kind, "props": props}


def test_effects_are_a_multiset() -> None:
    """Their order means nothing; their number does."""
    one, two = effect("setDiscount", value=1), effect("acceptCoupon", value="A")
    assert forms({"effects": [one, two]}, {"effects": [two, one]}) == []
    assert forms({"effects": [one, one]}, {"effects": [one]}) == [
        ("effects[setDiscount]", "listed", "missing")
    ]
    assert forms({"effects": []}, {"effects": [two]}) == [
        ("effects[acceptCoupon]", "missing", "listed")
    ]


def test_effects_of_one_kind_are_compared_by_their_members() -> None:
    """Another value of a discount is one difference, not two effects."""
    old = [effect("setDiscount", value=1), effect("setDiscount", value=5)]
    new = [effect("setDiscount", value=5), effect("setDiscount", value=2)]
    assert forms({"effects": old}, {"effects": new}) == [
        ("effects[setDiscount].props.value", "a number", "a greater number")
    ]


def test_equal_effects_are_paired_by_their_campaigns() -> None:
    """Two campaigns that do the same may be listed in any order."""
    old = [effect("setDiscount", 1, value=1), effect("setDiscount", 2, value=1)]
    renaming = Renaming()
    assert (
        compare_bodies(
            {"effects": old[:1]}, {"effects": [effect("setDiscount", 8, value=1)]}, renaming
        )
        == ()
    )
    new = [effect("setDiscount", 9, value=1), effect("setDiscount", 8, value=1)]
    assert compare_bodies({"effects": old}, {"effects": new}, renaming) == ()


@pytest.mark.parametrize(("profile", "differs"), [("", True), (f"p-{MARK}", True), ("alex", False)])
def test_a_first_session_depends_on_those_of_others(profile: str, *, differs: bool) -> None:
    """Whether a session is the first of a profile that others use is not compared."""
    views = [{"profileId": profile, "firstSession": first} for first in (True, False)]
    assert bool(forms(*views)) is differs


def test_texts_with_generated_values_are_equal() -> None:
    """A message that quotes a time, a UUID or a digest differs only in what is left."""
    old = "at 2026-01-01T00:00:00Z, trace 0123456789abcdef01, 7d0f0a94-7a55-4b6b-9e83-000000000001"
    new = "at 2026-02-01T00:00:00Z, trace 99999999999999990a, 7d0f0a94-7a55-4b6b-9e83-000000000002"
    assert forms({"message": old}, {"message": new}) == []
    assert forms({"message": old}, {"message": f"{new}!"}) != []


def test_a_hostile_body_is_bounded() -> None:
    """Depth without end and thousands of differences neither raise nor pile up."""
    old: Any = 1
    new: Any = 2
    for _ in range(500):
        old, new = {"a": old}, {"a": new}
    assert forms(old, new) == []
    many = {f"a{index}": index for index in range(5_000)}
    assert len(forms(many, {})) <= 60


def test_effects_without_end_are_bounded() -> None:
    """So are those that have no counterpart, and the places of members with long names."""
    many = {"effects": [{"effectType": f"k{number}"} for number in range(3_000)]}
    none: dict[str, Any] = {"effects": []}
    assert len(compare_bodies(none, many, Renaming())) == 60
    assert len(compare_bodies(many, none, Renaming())) == 60
    name = "x" * 100_000
    empty: dict[str, Any] = {name: {}}
    full: dict[str, Any] = {name: {str(index): {name: 1} for index in range(60)}}
    for old in (empty, {}, {**empty, "y": {name: 1}}):
        for shown in compare_bodies(old, full, Renaming()):
            assert len(shown.at) <= 300
            assert max(len(shown.old), len(shown.new)) <= 160


def points(campaign: int, value: int = 5) -> dict[str, Any]:
    return {"effectType": "addPoints", "campaignId": campaign, "props": {"value": value}}


def test_effects_that_look_the_same_teach_no_names() -> None:
    """In any order; the one that looks like no other shows whose campaign is whose."""
    old = [points(1), points(2), points(1, 9)]
    for new in ([points(2), points(1), points(1, 9)], [points(8), points(7), points(7, 9)]):
        renaming = Renaming()
        assert compare_bodies({"effects": old}, {"effects": new}, renaming) == ()
        assert compare_bodies({"effects": old}, {"effects": new[::-1]}, renaming) == ()
    renaming = Renaming()
    assert compare_bodies({"effects": [points(1, 7)]}, {"effects": [points(1, 7)]}, renaming) == ()
    pair = [points(1), points(1)], [points(1), points(2)]
    assert compare_bodies({"effects": pair[0]}, {"effects": pair[1]}, renaming) != ()


def test_own_values_at_any_depth_choose_the_pair() -> None:
    """Rule 3 of the old target is rule 4 of the new one, wherever it is listed."""
    renaming = Renaming()
    assert compare_bodies({"ruleId": 3}, {"ruleId": 4}, renaming) == ()

    def effects(*rules: int) -> dict[str, Any]:
        return {"effects": [{"props": {"ruleId": rule}} for rule in rules]}

    assert compare_bodies(effects(5, 3), effects(4, 6), renaming) == ()
    assert compare_bodies(effects(5, 3), effects(7, 6), renaming) != ()


@pytest.mark.parametrize(
    ("digits", "is_fine"), [("123000", False), ("120000000", False), ("123456", True)]
)
def test_zeros_at_the_end_do_not_make_a_time_fine(digits: str, *, is_fine: bool) -> None:
    """Milliseconds that are filled up may coincide by chance."""
    renaming = Renaming()
    first, later = (f"2026-01-01T00:00:0{second}.{digits}Z" for second in (0, 1))
    assert compare_bodies({"updated": first}, {"updated": first}, renaming) == ()
    assert bool(compare_bodies({"updated": first}, {"updated": later}, renaming)) is is_fine


def test_whole_numbers_are_compared_exactly() -> None:
    """The noise of doubles is none of theirs."""
    assert forms({"a": 10**15 + 1}, {"a": 10**15 + 2}) == [("a", "a number", "a greater number")]
    assert forms({"effects": [{"a": 10**15 + 1}]}, {"effects": [{"a": 10**15 + 2}]}) != []


def test_only_lists_at_the_top_are_multisets() -> None:
    """Lists of their names elsewhere have an order, as any list has."""
    old, new = [{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}]
    assert forms({"effects": old}, {"effects": new}) == []
    assert forms({"props": {"effects": old}}, {"props": {"effects": new}}) != []


def test_what_nests_too_deep_is_known() -> None:
    """The last level that is compared, and the first one that is not."""
    body: Any = 1
    for _ in range(60):
        body = {"a": body}
    assert not nests_too_deep(body)
    assert nests_too_deep([body])
    assert forms([body], [1]) != []
