"""Answers are compared by status, content type and body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.side_by_side import Answer, Renaming, answer_of, compare_answers
from cartfuzz.wire import Delivery, NoResponse, Response


def answer(
    body: bytes = b"{}", *, status: int = 200, content_type: str = "application/json"
) -> Answer:
    return answer_of(Response(status=status, body=body, content_type=content_type))


def forms(old: Answer, new: Answer) -> list[tuple[str, str, str]]:
    found = compare_answers(old, new, Renaming())
    return [(one.difference.part, one.difference.old, one.difference.new) for one in found]


def test_of_two_statuses_nothing_else_is_compared() -> None:
    """An error has another body anyway."""
    assert forms(answer(), answer(b"<html>", status=500)) == [("status", "200", "500")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("application/json", "Application/JSON", []),
        ("application/json; charset=utf-8", 'application/json;charset="UTF-8"', []),
        ("application/json", "", [("content type", "application/json", "none")]),
        ("application/json", "x/\x1b[31m", [("content type", "application/json", "another type")]),
        (
            "application/json",
            "application/json; charset=utf-8",
            [("content type", "application/json", "application/json; charset=utf-8")],
        ),
    ],
)
def test_content_types(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    """Case, blanks and quotes mean nothing; odd types are not quoted."""
    assert forms(answer(content_type=old), answer(content_type=new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"", b"", []),
        (b"", b"{}", [("body", "empty", "JSON")]),
        (b"<a>", b"{}", [("body", "a text that is no JSON", "JSON")]),
        (b"<a>", b"<b>", [("body", "a text that is no JSON", "another text")]),
        (b"<a>", b"", [("body", "a text that is no JSON", "empty")]),
        (b'{"a":1}', b'{ "a" : 1.0 }', []),
        (b"\xff\xfe", b"\xff\xfe", []),
    ],
)
def test_bodies(old: bytes, new: bytes, expected: list[tuple[str, str, str]]) -> None:
    """JSON is compared by value, other bodies as texts."""
    assert forms(answer(old), answer(new)) == expected


def test_an_answer_that_did_not_come() -> None:
    """One target answers and the other one does not: a difference; neither: none."""
    silent = answer_of(NoResponse(fate=Delivery.UNKNOWN, reason="timed out"))
    assert forms(answer(), silent) == [("answer", "answered", "no answer")]
    assert forms(silent, silent) == []


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_can_be_compared(old: bytes, new: bytes) -> None:
    """Nothing raises, and equal bytes are equal."""
    forms(answer(old), answer(new))
    assert forms(answer(old), answer(old)) == []
