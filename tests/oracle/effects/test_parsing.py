"""Effects as typed values."""

from __future__ import annotations

import sys
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.oracle.effects import NO_EFFECTS, Effect, EffectKind, read_effects

from ..histories import effect

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
MEMBERS = (
    "campaignId",
    "rulesetId",
    "ruleIndex",
    "ruleName",
    "effectType",
    "props",
    "value",
    "name",
    "position",
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(MEMBERS, JSON),
        "effectType": st.sampled_from(list(EffectKind)) | JSON,
        "props": st.dictionaries(st.sampled_from(MEMBERS), JSON) | JSON,
        "campaignId": st.integers() | JSON,
        "rulesetId": st.integers() | JSON,
        "ruleIndex": st.integers() | JSON,
        "ruleName": st.text() | JSON,
    },
)


@given(JSON | st.fixed_dictionaries({"effects": JSON | st.lists(NEARLY | JSON, max_size=4)}))
def test_any_json_is_read(answer: Any) -> None:
    """Nothing raises; no more comes out than goes in; each value has the type that it promises."""
    effects = read_effects(answer)
    listed = answer.get("effects") if isinstance(answer, dict) else None
    size = len(listed) if isinstance(listed, list) else 0
    assert len(effects.known) <= size
    assert len({problem.index for problem in effects.problems}) + len(effects.known) <= size
    if not effects.listed or effects.problems:
        assert not effects.is_whole
    assert effects.kinds == {one.kind for one in effects.known}
    for one in effects.known:
        assert isinstance(one.code, str)
        assert isinstance(one.name, str)
        assert abs(one.value) <= 10**15
        assert one.kind in EffectKind


def test_effects_at_any_depth_are_read() -> None:
    """Up to where nothing can be encoded: what is nested too deeply to be kept is read as well."""
    props: Any = []
    for _ in range(sys.getrecursionlimit() + 20):
        props = [props]
        read = read_effects({"effects": [{**effect("showNotification"), "props": {"a": props}}]})
        assert read.listed
        assert read.problems == ()


@given(st.lists(NEARLY, max_size=3))
def test_a_list_that_is_kept_reads_like_any_other(listed: list[Any]) -> None:
    """Kept lists are short; the same effects before many of unknown kinds are not kept."""
    kept = read_effects({"effects": listed})
    filler = [effect("showNotification", title="x")] * 20
    longer = read_effects({"effects": [*listed, *filler]})
    assert (kept.known, kept.problems, kept.is_whole, kept.kinds, kept.by_kind) == (
        longer.known,
        longer.problems,
        longer.is_whole,
        longer.kinds,
        longer.by_kind,
    )


def test_each_kind_is_read_with_its_properties() -> None:
    """The members that rules look at, by the names that they have on the wire."""
    per_item = effect("setDiscountPerItem", name="off#1", value=2.5, position=1, subPosition=0)
    back = effect(
        "rollbackDiscount", name="off", value=1, cartItemPosition=3, cartItemSubPosition=2
    )
    rejected = effect("rejectReferral", campaign=-1, value="ann", rejectionReason="Odd")
    points = effect("addLoyaltyPoints", name="leaves", value=7, transactionUUID="u", programId=1)
    known = read_effects({"effects": [per_item, back, rejected, points]}).known
    assert known == (
        Effect(
            kind=EffectKind.SET_DISCOUNT_PER_ITEM,
            index=0,
            campaign_id=7,
            name="off#1",
            value=2.5,
            position=1,
            sub_position=0,
        ),
        Effect(
            kind=EffectKind.ROLLBACK_DISCOUNT,
            index=1,
            campaign_id=7,
            name="off",
            value=1,
            position=3,
            sub_position=2,
        ),
        Effect(kind=EffectKind.REJECT_REFERRAL, index=2, campaign_id=-1, code="ann", reason="Odd"),
        Effect(
            kind=EffectKind.ADD_POINTS,
            index=3,
            campaign_id=7,
            name="leaves",
            value=7,
            transaction="u",
        ),
    )


@pytest.mark.parametrize(
    "lawful",
    [
        effect("showNotification", title="hello"),
        {**effect("willAwardGiveaway"), "props": None},
        {**effect("acceptCoupon", value="A", more=[1]), "triggeredByCoupon": 9},
        {**effect("acceptCoupon", value=""), "campaignId": 7.0, "ruleName": "\ud800"},
        effect("setDiscount", name="", value=-1.5, scope="sessionTotal"),
        effect("setDiscountPerItem", name="x", value=1, position=0.0, subPosition=None),
        effect("rollbackDiscount", name="x", value=1, cartItemPosition=None),
    ],
)
def test_what_is_lawful_has_no_problem(lawful: dict[str, Any]) -> None:
    """Unknown kinds, unknown members, numbers in other spellings."""
    assert read_effects({"effects": [lawful]}).problems == ()


@pytest.mark.parametrize(
    ("wrong", "rule", "member", "found"),
    [
        ({"campaignId": ...}, "EFF-01", "campaignId", "missing"),
        ({"campaignId": "7"}, "EFF-01", "campaignId", "a text"),
        ({"rulesetId": 1.5}, "EFF-01", "rulesetId", "a number"),
        ({"ruleIndex": True}, "EFF-01", "ruleIndex", "a boolean"),
        ({"ruleName": None}, "EFF-01", "ruleName", "null"),
        ({"effectType": ...}, "EFF-01", "effectType", "missing"),
        ({"props": ...}, "EFF-01", "props", "missing"),
        ({"props": []}, "EFF-01", "props", "a list"),
        ({"props": None}, "EFF-02", "props", "null"),
        ({"props": {"value": "A"}}, "EFF-02", "props.rejectionReason", "missing"),
        ({"props": {"value": 1, "rejectionReason": "x"}}, "EFF-02", "props.value", "a number"),
        (
            {"effectType": "setDiscount", "props": {"name": "x", "value": "1"}},
            "EFF-02",
            "props.value",
            "a text",
        ),
        (
            {"effectType": "setDiscountPerItem", "props": {"name": "x", "value": 1}},
            "EFF-02",
            "props.position",
            "missing",
        ),
    ],
)
def test_problems_are_named(wrong: dict[str, Any], rule: str, member: str, found: str) -> None:
    """Where, what must be there, and what is: and such an effect counts for nothing else."""
    whole = {**effect("rejectCoupon", value="A", rejectionReason="CouponExpired"), **wrong}
    listed = {name: value for name, value in whole.items() if value is not ...}
    effects = read_effects({"effects": [effect("acceptCoupon", value="B"), listed]})
    assert [one.code for one in effects.known] == ["B"]
    (problem,) = effects.problems
    assert (problem.rule, problem.member, problem.found) == (rule, member, found)
    assert problem.index == 1
    assert not effects.is_whole


def test_an_empty_list_costs_nothing() -> None:
    """One value stands for all answers without effects."""
    assert read_effects({"effects": []}) is NO_EFFECTS
    assert NO_EFFECTS.is_whole
    assert not read_effects({}).listed
    assert not read_effects(None).listed
    assert not read_effects({"effects": [1]}).listed


@pytest.mark.parametrize("number", [10**15 + 1, -(10**400), 1e308, -1e308])
def test_what_is_too_large_to_be_reckoned_with_is_left_alone(number: float) -> None:
    """No problem, since no text bounds a number; but what is known is not all."""
    points = effect("addLoyaltyPoints", name="x", value=number, transactionUUID="u")
    for large in (points, {**effect("acceptCoupon", value="A"), "campaignId": number}):
        effects = read_effects({"effects": [effect("acceptCoupon", value="B"), large]})
        assert [one.code for one in effects.known] == ["B"]
        assert effects.problems == ()
        assert not effects.is_whole
    item = effect("setDiscountPerItem", name="x", value=1, position=number)
    assert [one.position for one in read_effects({"effects": [item]}).known] == [-1]


def test_a_list_is_read_once() -> None:
    """Equal answers have one value; a number that another spelling makes a double is another."""
    coupon, points = effect("acceptCoupon", value="B"), effect("setDiscount", name="x", value=1)
    points_in_doubles = effect("setDiscount", name="x", value=1.0)
    assert read_effects({"effects": [coupon]}) is read_effects({"effects": [deepcopy(coupon)]})
    assert read_effects({"effects": [points]}) is not read_effects({"effects": [points_in_doubles]})


@pytest.mark.parametrize("odd", [None, float("inf"), "\ud800"])
def test_a_list_that_json_writes_like_another_is_read_alone(odd: object) -> None:
    """JSON has no infinity, which 1e999 is in Python: it would be written as null."""
    of_null = read_effects({"effects": [effect("setDiscount", name="x", value=None)]})
    (problem,) = of_null.problems
    assert problem.found == "null"
    (problem,) = read_effects({"effects": [effect("setDiscount", name="x", value=odd)]}).problems
    assert problem.found == {"str": "a text", "float": "a number"}.get(type(odd).__name__, "null")


def test_long_lists_are_read_alone() -> None:
    """What is kept is bounded: lists of many effects, or of long texts, are not."""
    for many in (
        [effect("acceptCoupon", value="B")] * 21,
        [effect("acceptCoupon", value="B" * 4000)],
    ):
        assert read_effects({"effects": many}) == read_effects({"effects": many})
        assert read_effects({"effects": many}) is not read_effects({"effects": many})
