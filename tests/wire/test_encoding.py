"""The wire form of steps: marks, encodings, and JSON that is odd."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import MARK, Fetch, Reopen, ReturnItems, Update
from cartfuzz.wire import Response
from cartfuzz.wire.encoding import (
    NOT_JSON,
    decode_json,
    encode_json,
    encode_session_id,
    request_of,
    session_view,
    unmarked,
)
from cartfuzz.wire.marks import MAX_ATTEMPTS, Use, control_mark, mark_of, new_run_id

REAL = "cf-abcdefgh-0000000001"

any_text = st.text(st.characters())  # surrogates too
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner) | st.dictionaries(any_text, inner),
    max_leaves=10,
)


@given(json_values)
def test_json_round_trip(value: Any) -> None:
    """What is encoded is decoded to the same value, lone surrogates included."""
    assert decode_json(encode_json(value)) == value


@pytest.mark.parametrize("text", [b"", b"NaN", b"[1", b"\xff", b"[" * 100_000, b"Infinity"])
def test_what_is_no_json(text: bytes) -> None:
    """Texts that JSON does not allow, or that nest beyond reason, are `NOT_JSON`."""
    assert decode_json(text) is NOT_JSON


@given(any_text)
def test_session_ids_are_one_segment(session_id: str) -> None:
    """A session ID is percent-encoded so that decoding once gives it back."""
    encoded = encode_session_id(session_id)
    assert "/" not in encoded
    assert "?" not in encoded
    assert encoded.isascii()
    assert unquote(encoded, errors="surrogatepass") == session_id


@pytest.mark.parametrize(
    ("step", "method", "target"),
    [
        (Fetch(), "GET", ""),
        (Update(body={}), "PUT", ""),
        (Update(body={}, dry=True), "PUT", "?dry=true"),
        (
            Update(body={}, dry=True, now="2040-01-01T00:00:00+01:00"),
            "PUT",
            "?dry=true&now=2040-01-01T00%3A00%3A00%2B01%3A00",
        ),
        (ReturnItems(body={}), "POST", "/returns"),
        (ReturnItems(body={}, dry=True), "POST", "/returns?dry=true"),
        (Reopen(), "PUT", "/reopen"),
    ],
)
def test_targets(step: Any, method: str, target: str) -> None:
    """Each operation has its method, path and query."""
    request = request_of(step, MARK, REAL)
    assert request.method == method
    assert request.target == f"/v2/customer_sessions/{REAL}{target}"


def test_the_mark_goes_everywhere_and_comes_back() -> None:
    """The placeholder is replaced in path, body and headers, and restored in answers."""
    body = {"customerSession": {"profileId": f"p-{MARK}", "identifiers": [MARK]}}
    request = request_of(Update(body=body), f"é{MARK}/", REAL)
    assert MARK not in request.target
    assert request.target.count(REAL) == 1
    assert json.loads(request.body or b"")["customerSession"]["identifiers"] == [REAL]
    returned = ReturnItems(body={}, idempotency_key=f"key-{MARK}")
    assert request_of(returned, MARK, REAL).headers == (("Idempotency-Key", f"key-{REAL}"),)
    answer = Response(status=200, body=request.body or b"", elapsed_sec=0.0)
    assert json.loads(unmarked(answer, REAL).body) == body


def spelled(text: str, places: set[int], *, capitals: bool) -> str:
    """``text`` in JSON, the characters at ``places`` as escapes."""
    escape = "\\u{:04X}" if capitals else "\\u{:04x}"
    return "".join(
        escape.format(ord(c)) if place in places else json.dumps(c)[1:-1]
        for place, c in enumerate(text)
    )


@given(
    st.sets(st.integers(0, len(f"s0/{REAL}\\") - 1)),
    st.booleans(),
    st.sampled_from(("", "\\", "\\\\", "\n", "<", "cf-", "/")),
)
def test_a_mark_is_found_however_json_spells_it(
    places: set[int], capitals: bool, before: str
) -> None:
    """Any of its characters may be escaped, in small letters or capitals, after any text."""
    text = before + f"s0/{REAL}\\"
    shown = spelled(text, {place + len(before) for place in places}, capitals=capitals)
    answer = Response(status=200, body=b'["%s","%s"]' % (shown.encode(), b"\\u003c"))
    assert json.loads(unmarked(answer, REAL).body) == [text.replace(REAL, MARK), "<"]


@pytest.mark.parametrize(
    "body",
    [
        b'["\\\\u0063f-abcdefgh-0000000001"]',  # an escaped backslash, then letters
        b'["\\u0063f-abcdefgh-0000000002"]',  # another execution
        b'["\\u0063f-abcdefgh-000000000"]',
    ],
)
def test_what_is_not_the_mark_stays(body: bytes) -> None:
    """Other marks, and letters after an escaped backslash, are left as they were."""
    assert unmarked(Response(status=200, body=body), REAL).body == body


def test_a_mark_in_capitals_is_found() -> None:
    """Applications may keep codes in upper case; the placeholder is in upper case then."""
    kept = f"CODE-{REAL.upper()}"
    for shown in (kept, spelled(kept, {5, 7}, capitals=True)):
        answer = Response(status=200, body=b'["%s"]' % shown.encode())
        assert json.loads(unmarked(answer, REAL).body) == [f"CODE-{MARK.upper()}"]


EXECUTIONS = st.tuples(
    st.integers(0, 36**6 - 1), st.integers(0, MAX_ATTEMPTS - 1), st.sampled_from(Use)
)


@given(EXECUTIONS, EXECUTIONS)
def test_marks_are_unique_and_as_long_as_the_placeholder(
    one: tuple[int, int, Use], other: tuple[int, int, Use]
) -> None:
    """Two executions have two marks, and no length changes when a mark is put in."""
    first, second = (mark_of("abcdefgh", n, attempt, use=use) for n, attempt, use in (one, other))
    assert len(first) == len(MARK)
    assert (first == second) == (one == other)
    assert first != MARK


@given(EXECUTIONS.filter(lambda execution: execution[2] is not Use.PREFLIGHT))
def test_controls_have_marks_of_their_own(execution: tuple[int, int, Use]) -> None:
    """A control meets neither the sessions of its execution nor those of any other."""
    number, attempt, use = execution
    mark = mark_of("abcdefgh", number, attempt, use=use)
    controls = {control_mark(mark, place) for place in (0, 1)}
    others = {mark_of("abcdefgh", number, attempt, use=each) for each in Use}
    assert len(controls) == 2
    assert not controls & others
    others_controls = {
        control_mark(mark_of("abcdefgh", number, attempt, use=each), place)
        for each in Use
        if each not in (use, Use.PREFLIGHT)
        for place in (0, 1)
    }
    assert not controls & others_controls


def test_runs_differ() -> None:
    """Two runs with the same seed never meet each other's sessions."""
    assert len({new_run_id() for _ in range(100)}) == 100


def test_a_number_that_does_not_fit_is_refused() -> None:
    """A mark is never silently cut."""
    with pytest.raises(
        ValueError, match="expected 8 characters and numbers that fit into a mark of 22"
    ):
        mark_of("abcdefgh", 36**10)


@pytest.mark.parametrize(
    ("body", "view"),
    [
        ({"customerSession": {"state": "open"}}, {"state": "open"}),
        ({"customerSession": {}}, {}),
        ({"customerSession": [1]}, None),
        ({"other": {}}, None),
        ([{"customerSession": {}}], None),
        (NOT_JSON, None),
    ],
)
def test_the_session_in_a_body(body: Any, view: Any) -> None:
    """The customer session, if the body is an object that holds one as an object."""
    assert session_view(body) == view


@pytest.mark.parametrize(
    ("status", "accepted"), [(199, False), (200, True), (204, True), (299, True), (300, False)]
)
def test_a_response_is_accepted_with_a_status_of_success(status: int, accepted: bool) -> None:
    """2xx, and nothing else."""
    assert Response(status=status, body=b"", elapsed_sec=0.0).accepted is accepted
