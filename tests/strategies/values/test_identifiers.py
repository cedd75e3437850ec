"""Odd identifiers, pairs of session IDs that look alike, and the strategies for them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis.errors import InvalidArgument

from cartfuzz.contract import MARK, Scenario
from cartfuzz.strategies import (
    CONFUSABLE_IDS,
    ODD_IDENTIFIERS,
    IdentifierFamily,
    confusable_session_ids,
    draw_examples,
    identifiers,
    session_ids,
)
from cartfuzz.strategies.values.identifiers import marked, session_id_of_length
from cartfuzz.strategies.values.odd_identifiers import is_silent


def test_library_has_no_text_twice() -> None:
    """Each odd identifier differs from all others."""
    texts = [odd.text for odd in ODD_IDENTIFIERS]
    assert len(set(texts)) == len(texts) >= 150


def test_library_covers_every_family() -> None:
    """No family is a mere name."""
    assert {odd.family for odd in ODD_IDENTIFIERS} == set(IdentifierFamily)


def test_what_http_stacks_refuse_is_marked_silent() -> None:
    """Slashes, control characters and lone surrogates are IDENT-U3, and nothing else is."""
    for odd in ODD_IDENTIFIERS:
        risky = "/" in odd.text or any(unicodedata.category(c) in ("Cc", "Cs") for c in odd.text)
        assert odd.silent == risky, odd


def test_every_odd_identifier_makes_a_session_id() -> None:
    """A scenario accepts each as session ID, and none is longer than an answer may carry."""
    for odd in ODD_IDENTIFIERS:
        session_id = marked(odd.text)
        Scenario(title="", sessions=(session_id,), steps=())
        assert len(session_id) <= 1_000


def test_long_texts_keep_their_length_as_session_ids() -> None:
    """A text that sits at a limit still does with the mark in it."""
    for odd in ODD_IDENTIFIERS:
        if odd.family is IdentifierFamily.LONG:
            assert len(marked(odd.text)) == len(odd.text)


@pytest.mark.parametrize("length", [22, 64, 255, 256, 1_000, 1_001])
def test_session_ids_of_an_exact_length(length: int) -> None:
    """The length counts code points, the mark among them."""
    assert len(session_id_of_length(length, filler="😀")) == length


def test_a_session_id_needs_room_for_the_mark() -> None:
    """Shorter than the mark is refused, not cut."""
    with pytest.raises(InvalidArgument, match="length >= 22"):
        session_id_of_length(21)


def test_confusable_ids_differ_and_no_pair_comes_twice() -> None:
    """Twins are two sessions, or there is nothing to confuse."""
    assert all(pair.first != pair.second for pair in CONFUSABLE_IDS)
    pairs = {frozenset((pair.first, pair.second)) for pair in CONFUSABLE_IDS}
    assert len(pairs) == len(CONFUSABLE_IDS)
    for pair in CONFUSABLE_IDS:
        Scenario(title="", sessions=(pair.first, pair.second), steps=())


def test_confusable_ids_cover_what_confuses_databases() -> None:
    """Some pair is equal under each of the usual sloppy comparisons."""

    def confused_by(key: object) -> bool:
        assert callable(key)
        return any(key(pair.first) == key(pair.second) for pair in CONFUSABLE_IDS)

    assert confused_by(str.lower)
    assert confused_by(str.casefold)
    assert confused_by(str.rstrip)
    assert confused_by(str.lstrip)
    assert confused_by(lambda text: unicodedata.normalize("NFC", text))
    assert confused_by(lambda text: unicodedata.normalize("NFKC", text))
    assert confused_by(lambda text: text.rstrip("."))
    assert confused_by(lambda text: text.replace("+", " "))
    assert confused_by(lambda text: text.split("\x00")[0])
    for length in (63, 64, 255, 256, 999):
        assert confused_by(lambda text, length=length: text[:length])


def test_silent_pairs_are_drawn_on_request_only() -> None:
    """By default both IDs of a pair must be accepted."""
    sure = draw_examples(confusable_session_ids(), seed=1, count=100)
    assert not any(is_silent(first) or is_silent(second) for first, second in sure)


@given(identifiers(min_size=2, max_size=10))
def test_identifiers_respect_their_bounds(text: str) -> None:
    """Lengths are inclusive, and no text is silent by default."""
    assert 2 <= len(text) <= 10
    assert not is_silent(text)


@given(identifiers(families=(IdentifierFamily.LONG,), max_size=300))
def test_identifiers_encode(text: str) -> None:
    """What is drawn by default exists in UTF-8."""
    text.encode("utf-8")


@given(session_ids())
def test_session_ids_hold_one_mark(session_id: str) -> None:
    """Every session ID can be made unique to an execution and is within the limit."""
    assert session_id.count(MARK) == 1
    assert len(session_id) <= 1_000
    assert not is_silent(session_id)


def test_impossible_bounds_are_refused() -> None:
    """A strategy that could make nothing says so."""
    with pytest.raises(InvalidArgument, match="min_size <= max_size"):
        identifiers(min_size=3, max_size=2)
