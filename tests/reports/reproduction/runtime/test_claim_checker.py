"""Each claim holds for right answers and fails for wrong ones."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest

from cartfuzz.record import (
    AnyOf,
    AtMost,
    Claim,
    Consistent,
    Differs,
    Distinct,
    Explained,
    Fits,
    Holds,
    Near,
    NoServerError,
    OneValue,
    Present,
    Refutation,
    ShownThen,
    StatusIn,
    TypeIs,
    Unchanged,
    Without,
)
from cartfuzz.reports.reproduction.runtime.claim_checker import (
    MISSING,
    Answer,
    holds,
    is_empty,
    is_number,
    not_asked,
    problem,
    resolve,
    type_of,
    value_at,
    without_key,
)
from tests.wire.test_encodings import ENCODINGS


def answer(body: Any, *, status: int | None = 200, session: int = 0, dry: bool = False) -> Answer:
    """An answer; a ``body`` that is no text becomes JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {"session": session, "dry": dry, "status": status, "body": text}


def found(claim: Claim, *answers: Answer) -> str:
    """What is wrong with the last of ``answers``."""
    return problem(msgspec.to_builtins(claim), list(answers), len(answers) - 1)


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        (StatusIn(statuses=(400, 413)), answer("", status=413), answer("", status=200)),
        (NoServerError(), answer("", status=404), answer("", status=500)),
        (Holds(pointer="/a/0", value=1), answer({"a": [1.0, 2]}), answer({"a": [2]})),
        (Holds(pointer="/a", value={"b": 1}), answer({"a": {"b": 1, "c": 2}}), answer({"a": {}})),
        (Holds(pointer="/a", value=[1]), answer({"a": [1]}), answer({"a": [1, 1]})),
        (Holds(pointer="/a", value=None), answer({"a": []}), answer({"a": 0})),
        (Holds(pointer="/a", value=1), answer({"a": 1}), answer({"a": True})),
        (Holds(pointer="/a~1b/~0", value="x"), answer({"a/b": {"~": "x"}}), answer({"a": 1})),
        (TypeIs(pointer="/m", type="string"), answer({"m": ""}), answer({"m": 1})),
        (TypeIs(pointer="", type="object"), answer({}), answer("no JSON")),
        (Present(pointer="/m"), answer({"m": None}), answer({})),
        (
            Near(pointer="/t", values=("1.5", "3"), tolerance="0.01"),
            answer({"t": 2.995}),
            answer({"t": 2}),
        ),
        (Without(pattern="at .*:[0-9]+"), answer("fine"), answer("at x.py:3")),
        (Without(pattern=""), answer("fine"), answer("your key is [API key]")),
        (Fits(pointer="/a/0", least=0), answer({"a": [0]}), answer({"a": [-1]})),
        (Fits(pointer="/a/0", least=0), answer({"a": []}), answer({"a": [-0.5]})),
        (Fits(pointer="/a", types=("number",)), answer({"a": 1}), answer({"a": "1"})),
        (Fits(pointer="/a", types=("string", "null")), answer({"a": None}), answer({"a": 1})),
        (Fits(pointer="/a", shortest=1), answer({"a": "x"}), answer({"a": ""})),
        (
            AnyOf(claims=(StatusIn(statuses=(200,)), StatusIn(statuses=(404,)))),
            answer("", status=404),
            answer("", status=400),
        ),
    ],
)
def test_a_claim_about_one_answer(claim: Claim, right: Answer, wrong: Answer) -> None:
    """It holds, fails, and judges nothing if no answer came."""
    assert not found(claim, right)
    assert found(claim, wrong)
    assert not found(claim, answer("", status=None))


def test_a_problem_names_what_was_expected_and_found() -> None:
    """For a value with its pointer, for a status with the body."""
    shown = answer({"a": [2]}, status=201)
    assert found(Holds(pointer="/a/0", value=1), shown) == "/a/0: found 2; expected 1"
    assert found(Present(pointer="/b"), shown) == "/b: found nothing; expected a value"
    assert found(StatusIn(statuses=(400, 404)), shown) == (
        'expected status 400 or 404; found 201: {"a": [2]}'
    )


def test_preconditions_switch_a_claim_off() -> None:
    """A request before was accepted in place of refused, or refused in place of accepted."""
    claim = {"claim": "status in", "statuses": [404], "accepted": [[0, False]]}
    refused, accepted, wrong = (answer("", status=status) for status in (400, 200, 201))
    assert problem(claim, [refused, wrong], 1)
    assert not problem(claim, [accepted, wrong], 1)
    assert not problem({**claim, "accepted": [[0, True]]}, [refused, wrong], 1)


def test_an_unchanged_value_is_that_of_the_last_real_answer() -> None:
    """On the same session; dry updates and other sessions do not count."""
    claim = Unchanged(pointer="/v")
    assert not found(claim, answer({"v": 1}), answer({"v": 1}))
    assert found(claim, answer({"v": 1}), answer({"v": 2}))
    assert not found(claim, answer({"v": 1}, session=1), answer({"v": 2}))
    assert not found(claim, answer({"v": 2}), answer({"v": 1}, dry=True), answer({"v": 2}))


def test_an_unchanged_value_may_be_rounded_or_grow() -> None:
    """If the claim allows it."""
    rounded = Unchanged(pointer="/v", tolerance=0.1)
    assert not found(rounded, answer({"v": 10}), answer({"v": 10.5}))
    assert found(rounded, answer({"v": 10}), answer({"v": 12}))
    later = Unchanged(pointer="/v", may_grow=True)
    assert not found(later, answer({"v": "2026-01"}), answer({"v": "2026-02"}))
    assert found(later, answer({"v": "2026-02"}), answer({"v": "2026-01"}))


def test_a_value_differs_from_that_of_other_sessions() -> None:
    """The own session may repeat it, and answers without the value share nothing."""
    claim = Differs(pointer="/v")
    assert found(claim, answer({"v": 1}, session=1), answer({"v": 1}))
    assert not found(claim, answer({"v": 1}), answer({"v": 1}))
    assert not found(claim, answer({}, session=1), answer({}))


def test_a_session_has_one_value() -> None:
    """In all answers that show it."""
    claim = OneValue(pointer="/v")
    assert found(claim, answer({"v": 1}), answer({"v": 2}))
    assert not found(claim, answer({"v": 1}), answer({}), answer({"v": 1}))
    assert not found(claim, answer({"v": 2}, session=1), answer({"v": 1}))


def test_a_claim_about_possibilities() -> None:
    """It fails if each possibility is refuted, and judges nothing if another status came."""
    same = Refutation(step=2, claim=Unchanged(pointer="/v"))
    claim = Explained(
        answered=((0, 200), (1, 200)),
        refuted=(Refutation(step=1, claim=StatusIn(statuses=(400,))), same),
    )
    before, write = answer({"v": 1}), answer({"v": 5})
    assert found(claim, before, write, answer({"v": 2}))
    assert not found(claim, before, write, answer({"v": 5}))
    assert not found(claim, before, answer({}, status=400), answer({"v": 2}))


def test_no_concurrent_answer_is_the_last_one() -> None:
    """A value must equal the one from before the burst."""
    claim = Explained(
        answered=((0, 200), (1, 200)),
        refuted=(Refutation(step=2, claim=Unchanged(pointer="/v")),),
        burst=(1, 2),
    )
    before, concurrent = answer({"v": 1}), answer({"v": 5})
    assert found(claim, before, concurrent, answer({"v": 5}))
    assert not found(claim, before, concurrent, answer({"v": 1}))


def test_a_contradiction_needs_both_answers_again() -> None:
    """Status and compared members of both; more members do not matter."""
    then = (
        ShownThen(step=0, status=200, view={"state": "open"}),
        ShownThen(step=1, status=400, view=None),
    )
    claim = Consistent(then=then)
    shown = answer({"customerSession": {"state": "open", "id": 1}})
    refused = answer({}, status=400)
    assert found(claim, shown, refused) == (
        "the target contradicts itself again: request 1: 200, request 2: 400"
    )
    assert not found(claim, shown, shown)
    assert not found(claim, answer({"customerSession": {"state": 1}}), refused)


def test_no_two_sessions_share_a_value() -> None:
    """Among the bodies of a repeated request; those without the value share nothing."""
    claim = Distinct(pointer="/id")
    assert found(claim, answer([{"id": 1}, {"id": 2}, {"id": 1}]))
    assert not found(claim, answer([{"id": 1}, {"id": 2}, {}, {}]))
    refused = {"message": "too many requests"}
    assert not found(claim, answer([{"id": 1}, refused, refused]))
    assert not found(claim, answer("no JSON"), answer("no JSON"))


def accepting(kind: str, code: object, *, status: int = 200) -> Answer:
    """An answer with one effect."""
    effect = {"effectType": kind, "props": {"value": code}}
    return answer({"effects": [None, effect]}, status=status)


def test_a_code_has_a_limit() -> None:
    """Of answers that accept it by an effect, among those to some steps."""
    claim = AtMost(limit=1, coupon="C", steps=(0, 1))
    held = accepting("acceptCoupon", " c")
    assert found(claim, held, held) == "the coupon 'C' was accepted 2 times; its limit is 1"
    others = (
        accepting("rejectCoupon", "C"),
        accepting("acceptReferral", "C"),
        accepting("acceptCoupon", "D"),
        accepting("acceptCoupon", 1),
        accepting("acceptCoupon", "C", status=409),
        answer({"effects": None}),
        answer({"effects": [{"effectType": "acceptCoupon", "props": []}]}),
    )
    assert not any(found(claim, held, other) for other in others)
    referral = AtMost(limit=0, referral="C", steps=(0,))
    assert "the referral 'C'" in found(referral, accepting("acceptReferral", "C"))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a": [1], "": 2, "b/c": 3}),
        ("/a/0", 1),
        ("/a/1", MISSING),
        ("/a/x", MISSING),
        ("/", 2),
        ("/b~1c", 3),
        ("/d", MISSING),
    ],
)
def test_a_json_pointer_leads_to_a_value(pointer: str, value: Any) -> None:
    """Or to nothing."""
    document = {"a": [1], "": 2, "b/c": 3}
    assert resolve(document, pointer) == value
    assert value_at(json.dumps(document), pointer) == value


@pytest.mark.parametrize("body", ["", "no JSON", "[" * 100_000])
def test_a_text_without_json_has_no_values(body: str) -> None:
    """Neither does one that is nested too deeply."""
    assert value_at(body, "") is MISSING


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (MISSING, "missing"),
        (None, "null"),
        (True, "boolean"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_json_types(value: Any, name: str) -> None:
    """Booleans are no numbers; absent and null values are empty."""
    assert type_of(value) == name
    assert is_number(value) is (name == "number")
    assert is_empty(value) is (name not in ("boolean", "number"))


def test_objects_may_have_more_members_and_lists_may_not() -> None:
    """At any depth; an empty value equals an absent one."""
    assert holds({"a": [{"b": 1}], "c": None}, {"a": [{"b": 1, "x": 2}], "y": 3})
    assert not holds({"a": [1]}, {"a": [1, 2]})
    assert not holds({"a": 1}, [])
    assert not holds("1", 1)


@pytest.mark.parametrize("last", [10**400, "text", {}, [1]])
def test_an_unchanged_value_may_be_anything(last: object) -> None:
    """A number beyond doubles and a value of another type are changes, not errors."""
    for claim in (Unchanged(pointer="/v", tolerance=0.1), Unchanged(pointer="/v", may_grow=True)):
        for shown in (1.5, "x"):
            assert found(claim, answer({"v": last}), answer({"v": shown})) or last == "text"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_key_in_any_encoding_is_seen(encoding: str) -> None:
    """A script finds the key where the run found it; other bodies stay as they are."""
    key = 'q7-Zx/9+"\\%4&k Lm'
    encoded = ENCODINGS[encoding](key)
    if encoding not in ("UTF-16", "UTF-16 in JSON", "form", "percent twice", "JSON in JSON"):
        assert "[API key]" in without_key(f'{{"message": "no {encoded}"}}', key)
    assert without_key('{"message": "no"}', key) == '{"message": "no"}'


def test_a_key_in_base64_is_seen() -> None:
    """At any alignment, in both alphabets."""
    for before in (b"", b"u", b"u:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(before + b"some/key?>~~~" + b"more").decode()
            assert "[API key]" in without_key(text, "some/key?>~~~")


@pytest.mark.parametrize(
    ("first", "error", "is_asked"),
    [
        (200, "no", True),
        (401, "no", False),
        (401, "at shop.App.main(App.java:3)", True),
    ],
)
def test_a_gate_may_answer_in_the_place_of_the_api(
    first: int, error: str, *, is_asked: bool
) -> None:
    """An error without the leak proves nothing where nothing has got through to the API."""
    claim = json.loads(msgspec.json.encode(Without(pattern="App.java")))
    answers = [answer("", status=first), answer(error, status=401)]
    assert (not_asked(claim, answers, 1, [first, 401]) == "") is is_asked
