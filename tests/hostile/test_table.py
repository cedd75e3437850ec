"""The table of hostile answers: each mode sends what its name promises."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from itertools import islice

import pytest

from tests.hostile.exchange import Answer, Exchange, Move, Pause
from tests.hostile.keys import BENCH_KEY, FORMS, held
from tests.hostile.markup import TEXTS
from tests.hostile.mode import Area, Mode, Stage
from tests.hostile.table import BY_NAME, LAWFUL, MODES
from tests.hostile.terminals import SEQUENCES

_SESSION = {"id": 1, "integrationId": "a", "state": "open", "attributes": {}, "total": 2}
_JSON = ((b"content-type", b"application/json"),)
_REQUEST = b"PUT / HTTP/1.1\r\nauthorization: ApiKey-v1 " + BENCH_KEY.encode() + b"\r\n\r\n{}"
_ANSWER = Answer(
    200, b"OK", _JSON, json.dumps({"effects": [], "customerSession": _SESSION}).encode()
)
_OTHER = Answer(200, b"OK", _JSON, _ANSWER.body.replace(b'"a"', b'"other"'))
_EXCHANGE = Exchange(_REQUEST, _ANSWER, BENCH_KEY, "http://127.0.0.1:9", (_OTHER,), 3)
_LARGE_STEP = 20
"""So many moves of an answer without end are looked at."""


def _of(*areas: Area) -> Callable[[Callable[[Mode], None]], Callable[[Mode], None]]:
    modes = [mode for mode in MODES if mode.area in areas]
    decorate: Callable[[Callable[[Mode], None]], Callable[[Mode], None]] = pytest.mark.parametrize(
        "mode", modes, ids=lambda mode: mode.name
    )
    return decorate


def _moves(mode: Mode) -> list[bytes | Move | Pause]:
    return list(islice(mode.act(_EXCHANGE), _LARGE_STEP))


def _sent(mode: Mode) -> bytes:
    return b"".join(move for move in _moves(mode) if isinstance(move, bytes))


def _body(mode: Mode) -> bytes:
    return _sent(mode).partition(b"\r\n\r\n")[2]


def test_the_table_is_long_and_each_row_says_what_it_is() -> None:
    """At least 100 modes, of each area some, each with a name of its own and an explanation."""
    assert len(MODES) >= 100
    assert len(BY_NAME) == len(MODES) + 1
    assert {mode.area for mode in MODES} == set(Area)
    assert all(mode.what and re.fullmatch("[a-z0-9-]+", mode.name) for mode in MODES)


def test_the_control_changes_nothing() -> None:
    """The mode that findings are compared with sends the lawful answer."""
    assert _moves(LAWFUL) == [_ANSWER.message()]


def test_disturbed_connections_give_no_just_finding() -> None:
    """What is no HTTP, or ends too early, never says anything about the target's data."""
    disturbing = [mode for mode in MODES if mode.area in (Area.CONNECTION, Area.GARBAGE)]
    assert not [mode.name for mode in disturbing if mode.finding]


@_of(Area.CONNECTION, Area.GARBAGE, Area.FRAMING)
def test_no_clean_answer_goes_out(mode: Mode) -> None:
    """The lawful answer does not arrive in one piece with nothing before, behind or after it."""
    assert _moves(mode) != [_ANSWER.message()]
    assert _moves(mode)
    if mode.stage is not Stage.ANSWERED:
        assert _ANSWER.body not in _sent(mode)


@_of(Area.CODING)
def test_coded_bodies_hold_what_they_claim(mode: Mode) -> None:
    """A lawful one decodes to the lawful body; a bomb is a hundred times larger than it looks."""
    content = _body(mode)
    assert b"content-encoding: " in _sent(mode)
    if not mode.finding and "gzip" in mode.name:
        assert gzip.decompress(content) == _ANSWER.body
    elif mode.name in ("gzip-bomb", "deflate-bomb"):
        squeezed = zlib.decompressobj(47)
        assert len(squeezed.decompress(content, 100 * len(content))) == 100 * len(content)


@_of(Area.SIZE)
def test_large_answers_are_large(mode: Mode) -> None:
    """The answer is as large as its name says, up to a tenth."""
    named = re.search(r"(\d+)(mb|kb)$", mode.name)
    sent = len(_sent(mode))
    if named is not None:
        assert sent > 0.9 * int(named[1]) * {"mb": 1_000_000, "kb": 1000}[named[2]]
    assert sent > 2 * len(_ANSWER.message())


@_of(Area.SHAPE)
def test_odd_shapes_differ_from_the_lawful_answer(mode: Mode) -> None:
    """The answer is another one than the lawful, and as deep as its name says."""
    assert _sent(mode) != _ANSWER.message()
    levels = re.fullmatch(r"depth-\w+-(\d+)", mode.name)
    if levels is not None:
        assert _body(mode).count(b"[") + _body(mode).count(b"{") >= int(levels[1])


@_of(Area.PATTERN)
def test_texts_for_regular_expressions_are_long(mode: Mode) -> None:
    """The texts together have at least 20 kB, decoded."""
    body = _body(mode)
    decoded = gzip.decompress(body) if mode.name.endswith("gzip") else body
    assert len(decoded) > 20_000


@_of(Area.STATUS)
def test_statuses_are_those_of_the_name(mode: Mode) -> None:
    """The status line has the number of the name; a redirect leads away."""
    first = _sent(mode).split(b"\r\n", 1)[0].decode()
    code = re.search(r"-(\d{3})(?:-|$)", mode.name)
    if code is not None:
        assert first.split(" ")[1] == code[1]
    if mode.name.startswith(("redirect", "wait-redirect")):
        assert b"\r\nlocation: " in _sent(mode)
    if mode.name.startswith("wait"):
        assert b"\r\nretry-after: " in _sent(mode) or "unsaid" in mode.name


@_of(Area.SECRET)
def test_the_key_goes_out(mode: Mode) -> None:
    """The answer holds the API key, in a form that the search for leaks finds."""
    if mode.name == "key-letters":
        letters = json.loads(_body(mode))["customerSession"]["attributes"]
        assert "".join(letters) == BENCH_KEY
    else:
        assert held(_sent(mode).decode(), BENCH_KEY)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_search_knows_each_form(form: str) -> None:
    """Each form of the key is found within a text, and within JSON; another text is none."""
    text = f"the key {FORMS[form](BENCH_KEY)} is wrong"
    assert form in held(text, BENCH_KEY)
    assert held(json.dumps(text), BENCH_KEY)
    assert not held("the key [redacted] is wrong", BENCH_KEY)


@_of(Area.TERMINAL, Area.MARKUP)
def test_texts_hold_their_sequences(mode: Mode) -> None:
    """One of the sequences is in the answer, once its JSON is read."""
    sent = _sent(mode).decode()
    written = [text for _, _, text in (*SEQUENCES, *TEXTS)]
    assert any(text in sent or json.dumps(text)[1:-1] in sent for text in written) or "\x1b" in sent


@_of(Area.TIME)
def test_times_are_slow_or_far_off(mode: Mode) -> None:
    """The answer waits, or holds another time."""
    assert any(isinstance(move, Pause) for move in _moves(mode)) or _sent(mode) != _ANSWER.message()
