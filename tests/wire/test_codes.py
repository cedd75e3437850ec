"""An execution's own codes: put in, taken out, and shared with nobody."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import MARK, Coupon, Raw, Redeemable, Referral, Update
from cartfuzz.wire import Response
from cartfuzz.wire.codes import NO_CODES, OwnCodes, own_codes
from cartfuzz.wire.encoding import body_with_placeholders, request_of, unmarked
from cartfuzz.wire.marks import CLIENT_STRIDE, Use, control_mark, mark_of, parts_of

SALE = Coupon(code="SALE-{n}", first=1, last=99_999_999, limit=2)
FRIEND = Referral(code="{n}é/FRIEND", first=1, last=99_999_999, limit=1)
NUMBERS = Coupon(code="{n}", first=1, last=99_999_999)
PATTERNS = (SALE, FRIEND, NUMBERS, Coupon(code="WELCOME"))
CODES = [code for one in PATTERNS if one.is_pattern for code in one.spellings()]
REAL = mark_of("abcdefgh", 41)


def codes_of(body: Any, mark: str = REAL) -> OwnCodes:
    """The own codes of an execution with one update."""
    return own_codes(PATTERNS, [body_with_placeholders(Update(body=body))], mark)


def answer_to(body: bytes | str) -> Response:
    """An answer with this body."""
    return Response(status=200, body=body if isinstance(body, bytes) else body.encode())


@given(st.lists(st.sampled_from(CODES)), st.sampled_from((str, str.lower, str.upper)))
def test_codes_go_in_and_come_back(codes: list[str], case: Any) -> None:
    """Each placeholder becomes a code of its pattern, and an answer that shows it the same text."""
    written = [case(code).replace("{N", "{n") for code in codes]
    body = {"customerSession": {"couponCodes": written, "profileId": f"p-{MARK}"}, "n": 41}
    own = codes_of(body)
    sent = request_of(Update(body=body), MARK, REAL, own).body or b""
    assert b"{n" not in sent
    assert {one.placeholder for one in own} == {
        code for code in CODES if code.lower() in {text.lower() for text in written}
    }
    assert all(one.pattern.matches(one.code) for one in own)
    assert json.loads(unmarked(answer_to(sent), REAL, own).body) == body


def test_raw_bodies_hold_codes_as_well() -> None:
    """Whatever is odd about a request, its codes are the execution's own."""
    step = Raw(oddity="odd", body=b'{"customerSession":{"couponCodes":["SALE-{n}"]')
    own = own_codes(PATTERNS, [body_with_placeholders(step)], REAL)
    sent = request_of(step, MARK, REAL, own).body or b""
    assert own[0].code.encode() in sent
    assert own.taken_from(sent) == step.body


def spelled(text: str, places: set[int], *, capitals: bool) -> str:
    """``text`` in JSON, the characters at ``places`` as escapes."""
    escape = "\\u{:04X}" if capitals else "\\u{:04x}"
    return "".join(
        escape.format(ord(c)) if place in places else json.dumps(c)[1:-1]
        for place, c in enumerate(text)
    )


@given(
    st.sampled_from(CODES),
    st.sets(st.integers(0, 20)),
    st.booleans(),
    st.sampled_from(("", "\\", "\\\\", "\n", "<", " ")),
    st.sampled_from((str, str.lower, str.upper)),
)
def test_a_code_is_found_however_json_spells_it(
    code: str, places: set[int], capitals: bool, before: str, case: Any
) -> None:
    """Any character may be escaped; applications may keep codes in either case."""
    own = codes_of([code])
    before = "" if code in NUMBERS.spellings() else before
    shown = spelled(case(own[0].code), places, capitals=capitals)
    answer = answer_to('["' + json.dumps(before)[1:-1] + shown + '"]')
    expected = case(own[0].code).replace(
        str(own[0].number), code[code.index("{") :][: code.index("}") + 1 - code.index("{")]
    )
    assert json.loads(unmarked(answer, REAL, own).body) == [before + expected]


@pytest.mark.parametrize(
    "around", ["{}1", "1{}", "{}A", "X-{}", "{}-2", "é{}", "{}é", "x_{}"], ids=str
)
def test_a_longer_code_is_another_one(around: str) -> None:
    """Neither a request nor an answer with a code inside of a longer one is changed."""
    own = codes_of(["SALE-{n}"])
    longer = around.replace("{}", own[0].code)
    body = json.dumps([longer, own[0].code], ensure_ascii=False)
    assert json.loads(unmarked(answer_to(body), REAL, own).body) == [longer, "SALE-{n}"]
    written = around.replace("{}", "SALE-{n}")
    assert codes_of([written]) == NO_CODES
    sent = request_of(Update(body=[written, "SALE-{n}"]), MARK, REAL, own).body or b""
    assert json.loads(sent) == [written, own[0].code]


def test_digits_elsewhere_stay() -> None:
    """The number of a code is no part of amounts, texts and other codes."""
    own = codes_of(["{n}", "SALE-{n}"])
    for one in own:
        body = f'{{"total":{one.number},"x":"{one.number} mugs","y":"TEA-{one.number}"}}'
        assert unmarked(answer_to(body), REAL, own).body == body.encode()


def test_without_a_placeholder_there_are_no_codes() -> None:
    """Most scenarios have none: their answers are not searched."""
    assert codes_of({"customerSession": {"couponCodes": ["WELCOME", "SALE-5"]}}) is NO_CODES


EXECUTIONS = st.tuples(st.integers(0, 5_000_000), st.just(0), st.just(Use.PHASE)) | st.tuples(
    st.integers(0, 16_383) | st.integers(CLIENT_STRIDE, CLIENT_STRIDE + 16_383),
    st.just(0),
    st.sampled_from((Use.TRIAGE, Use.CLIENT)),
).filter(lambda one: one[2] is Use.CLIENT or one[0] < CLIENT_STRIDE)


@given(st.lists(EXECUTIONS, min_size=2, max_size=2, unique=True), st.integers(0, 36**8 - 1))
def test_no_two_executions_share_a_code(executions: list[tuple[int, int, Use]], run: int) -> None:
    """Neither phases, triage, a user's tests, nor controls; all numbers are in the range."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    run_id = "".join(digits[run // 36**place % 36] for place in range(8))
    marks = [mark_of(run_id, index, attempt, use=use) for index, attempt, use in executions]
    marks += [control_mark(mark, place) for mark in marks for place in (0, 1)]
    codes = [one for mark in marks for one in codes_of(["SALE-{n}", "SALE-{n+1}"], mark)]
    assert len({one.code for one in codes}) == len(codes) == 2 * len(marks)
    assert all(SALE.matches(one.code) and not one.is_used_up for one in codes)


@pytest.mark.parametrize("size", [2, 3, 4, 9, 100])
def test_a_small_range_is_used_again(size: int) -> None:
    """Its codes are used up soon; each one exists, and an execution has two of them."""
    small: Redeemable = msgspec.structs.replace(SALE, first=7, last=6 + size)
    seen = set()
    for index in range(3 * size):
        own = own_codes([small], [b'"SALE-{n} SALE-{n+1}"'], mark_of("abcdefgh", index))
        assert len({one.number for one in own}) == 2
        assert all(small.matches(one.code) for one in own)
        seen |= {one.number for one in own}
    assert own[0].is_used_up
    assert len(seen) == size // 2 * 2


@given(
    st.integers(0, 36**6 - 1),
    st.integers(0, 36**3 - 1),
    st.sampled_from(Use),
    st.integers(0, 2),
)
def test_a_mark_is_taken_apart(index: int, attempt: int, use: Use, control: int) -> None:
    """Everything that made it comes back."""
    mark = mark_of("abcdefgh", index, attempt, use=use)
    if control and use is not Use.PREFLIGHT:
        mark = control_mark(mark, control - 1)
    else:
        control = 0
    parts = parts_of(mark)
    assert (parts.run_id, parts.index, parts.attempt) == ("abcdefgh", index, attempt)
    assert (parts.use, parts.control) == (use, control)
