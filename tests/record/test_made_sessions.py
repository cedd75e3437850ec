"""The lines that say which sessions a run makes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.record.made_sessions import (
    Left,
    MadeSessions,
    begin_line,
    end_line,
    read_cleaned,
    read_made_sessions,
)
from cartfuzz.wire.encoding import encode_session_id
from cartfuzz.wire.marks import Use, control_mark, mark_of

RUN = "abcdefgh"
MARK = mark_of(RUN, 361)


def read(*lines: bytes, cleaned: bytes = b"") -> list[MadeSessions]:
    """What ``lines`` say."""
    return list(read_made_sessions(lines, RUN, read_cleaned(cleaned.splitlines(keepends=True))))


def test_an_execution_that_ended_has_its_states() -> None:
    """In the order of its sessions."""
    lines = begin_line(MARK, (f"a-{MARK}", f"b-{MARK}")), end_line(MARK, (Left.OPEN, Left.CLOSED))
    assert lines == (b"+0a1 a-{} b-{}\n", b"-0a1 oc\n")
    (made,) = read(*lines)
    assert made.mark == MARK
    assert made.names == (f"a-{MARK}", f"b-{MARK}")
    assert made.states == (Left.OPEN, Left.CLOSED)
    assert made.may_be_left == 2


def test_an_execution_that_did_not_end_may_have_left_all() -> None:
    """The run was killed."""
    (made,) = read(begin_line(MARK, (f"a-{MARK}", f"b-{MARK}")))
    assert made.states == (Left.UNKNOWN, Left.UNKNOWN)
    assert made.may_be_left == 2


def test_what_never_was_or_is_cancelled_is_not_left() -> None:
    """As the executions believe."""
    names = [f"{name}-{MARK}" for name in "abc"]
    states = Left.NEVER_MADE, Left.CANCELLED, Left.CLEANED
    (made,) = read(begin_line(MARK, names), end_line(MARK, states))
    assert made.may_be_left == 0


def test_a_cleaning_counts_before_what_the_run_wrote() -> None:
    """So a second one leaves alone what the first one has cancelled."""
    cleaned = end_line(MARK, (Left.CLEANED, Left.UNKNOWN))
    lines = begin_line(MARK, (f"a-{MARK}", f"b-{MARK}")), end_line(MARK, (Left.OPEN, Left.OPEN))
    (made,) = read(*lines, cleaned=cleaned)
    assert made.states == (Left.CLEANED, Left.UNKNOWN)
    (made,) = read(lines[0], cleaned=cleaned)
    assert made.states == (Left.CLEANED, Left.UNKNOWN)


@given(st.binary(max_size=40), st.integers(0, 9))
def test_a_torn_line_costs_no_other_one(garbage: bytes, cut: int) -> None:
    """A full disk, or a crash of the machine, may tear the last line of a file."""
    whole = begin_line(MARK, (f"a-{MARK}",))
    other = begin_line(mark_of(RUN, 1), (mark_of(RUN, 1),))
    found = read(other, garbage.replace(b"+", b"").replace(b"-", b"") + b"\n", whole[:cut])
    assert [one.mark for one in found] == [mark_of(RUN, 1)]


@given(
    st.text(),
    st.integers(0, 2_000_000_000),
    st.integers(0, 46_655),
    st.sampled_from([*Use]),
    st.booleans(),
)
def test_any_session_of_any_execution_is_read_back(
    text: str, index: int, attempt: int, use: Use, is_control: bool
) -> None:
    """Whatever characters its ID has, and whatever made it."""
    mark = mark_of(RUN, index, attempt, use=use)
    if is_control and use is not Use.PREFLIGHT:
        mark = control_mark(mark, 1)
    name = encode_session_id(text) + mark
    (made,) = read(begin_line(mark, (name,)))
    assert (made.mark, made.names) == (mark, (name,))
