"""The API key in what comes back."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.wire.redaction import API_KEY_REDACTED, Redactor
from cartfuzz.wire.secrets import TargetSecrets

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
