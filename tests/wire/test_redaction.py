"""The API key in what comes back."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.wire.redaction import API_KEY_REDACTED, Redactor
from cartfuzz.wire.secrets import TargetSecrets
from cartfuzz.wire.spellings import spellings

KEYS = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs", "Cc"]), min_size=8)
WAYS = st.lists(st.sampled_from(["plain", "lower", "upper", "short"]), min_size=1, max_size=9)


def written(char: str, way: str) -> str:
    """``char`` as a JSON string may hold it."""
    if way == "short" and char in '"\\/':
        return "\\" + char
    if way == "plain" and char not in '"\\':
        return char
    units = char.encode("utf-16-be").hex()
    codes = (units[place : place + 4] for place in range(0, len(units), 4))
    return "".join(f"\\u{code.upper() if way == 'upper' else code}" for code in codes)


@example(key="0000000\\", ways=["plain"])
@given(key=KEYS, ways=WAYS)
def test_no_spelling_of_the_key_gets_through(key: str, ways: list[str]) -> None:
    """JSON has many ways to write one text; who reads the answer later would see the key."""
    said = "".join(written(char, ways[place % len(ways)]) for place, char in enumerate(key))
    body = f'{{"message": "bad key {said}, really"}}'
    assert json.loads(body)["message"] == f"bad key {key}, really"
    redacted, shown = Redactor(TargetSecrets(key)).clean(body.encode())
    assert shown
    assert redacted == b'{"message": "bad key ' + API_KEY_REDACTED + b', really"}'


@given(st.binary())
def test_other_bodies_stay_as_they_are(body: bytes) -> None:
    """A body without the key is returned unchanged."""
    assert Redactor(TargetSecrets("a-key-that-nobody-says")).clean(body) == (body, False)


@pytest.mark.parametrize("key", ["k", "0", "open", "message"])
def test_a_short_key_leaves_other_text_alone(key: str) -> None:
    """Names, values and numbers of the target hold the same characters."""
    body = b'{"message": "k open", "state": "open", "total": 100, "link": "ApiKey-v1 k0k"}'
    assert Redactor(TargetSecrets(key)).clean(body) == (body, False)


@pytest.mark.parametrize("said", [b"ApiKey-v1 k", b"Basic k", rb"ApiKey-v1 \u006b"])
def test_a_short_key_behind_its_scheme_is_redacted(said: bytes) -> None:
    """An Authorization line that comes back whole can only hold the key."""
    redacted, shown = Redactor(TargetSecrets("k")).clean(b'{"message": "unknown: ' + said + b'"}')
    assert shown
    assert (
        redacted
        == b'{"message": "unknown: ' + said.partition(b" ")[0] + b" " + API_KEY_REDACTED + b'"}'
    )


HEX_KEY = "4f0c9a7be1d25368a0b7c94d3e8f61520d9c7a4be3f18265c0a9d7b4e2f86153"


@pytest.mark.parametrize("pieces", [3, 4, 6, 8])
@pytest.mark.parametrize("step", [1, -1], ids=["in order", "backwards"])
def test_a_key_in_pieces_is_redacted(pieces: int, step: int) -> None:
    """All pieces of one text, in any order and case, in fields or members; the rest stays."""
    size = -(-len(HEX_KEY) // pieces)
    parts = [HEX_KEY[at : at + size] for at in range(0, len(HEX_KEY), size)][::step]
    body = json.dumps({"list": parts, **{f"x{part.upper()}": "kept" for part in parts}}).encode()
    redacted, shown = Redactor(TargetSecrets(HEX_KEY)).clean(body)
    mark = API_KEY_REDACTED.decode()
    names = {f"x{mark}": "kept"}
    assert json.loads(redacted) == {"list": [mark] * len(parts), **names}
    assert not shown


def test_a_key_in_escaped_pieces_is_redacted() -> None:
    """A page in JSON, say."""
    body = b"".join(
        b'{"x": "%b"}' % "".join(f"\\u{ord(one):04x}" for one in HEX_KEY[at : at + 16]).encode()
        for at in range(0, 64, 16)
    )
    redacted, _ = Redactor(TargetSecrets(HEX_KEY)).clean(body)
    assert redacted == b'{"x": "[API key]"}' * 4


def test_some_pieces_of_a_key_are_anything() -> None:
    """Where one is missing, the others may have come about by chance."""
    for missing in range(4):
        parts = [HEX_KEY[at : at + 16] for at in range(0, 64, 16) if at != 16 * missing]
        body = json.dumps(parts).encode()
        assert Redactor(TargetSecrets(HEX_KEY)).clean(body) == (body, False)


def test_a_piece_that_is_repeated_does_not_hide_the_others() -> None:
    """Its beginning is in the text thousands of times; each other piece is found all the same."""
    redactor = Redactor(TargetSecrets(HEX_KEY))
    parts = [HEX_KEY[at : at + 16] for at in range(0, 64, 16)]
    redacted, _ = redactor.clean(json.dumps([HEX_KEY[:8] * 4_000, *parts]).encode())
    assert json.loads(redacted)[1:] == [API_KEY_REDACTED.decode()] * len(parts)


def test_looking_for_pieces_ends() -> None:
    """A text that repeats the beginning of a key is given up after some of it; the key is found."""
    redactor = Redactor(TargetSecrets(HEX_KEY))
    (first,) = {one.first_piece for one in spellings(HEX_KEY.encode()) if one.piece}
    text = first * 20_000 + HEX_KEY.encode()
    redacted, shown = redactor.clean(text)
    assert redacted.endswith(first * 10_000 + API_KEY_REDACTED)
    assert shown
