"""Strategies for identifiers: known odd texts, any other text, and session IDs."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...contract import MARK
from .odd_identifiers import ODD_IDENTIFIERS, IdentifierFamily

_MAX_LENGTH = 1_000
"""Longest session ID in code points: longer ones are IDENT-U1 in every version."""


def marked(text: str) -> str:
    """A session ID with ``text`` before and after the mark, of at most 1000 code points.

    A text of 64 code points or more keeps its length, since it may be as long as a limit: the mark
    replaces its last characters.
    """
    if len(text) >= 64:
        return text[: len(text) - len(MARK)] + MARK
    whole = f"{text}{MARK}{text}"
    return whole if len(whole) <= _MAX_LENGTH else f"{text}{MARK}"


def session_id_of_length(length: int, *, filler: str = "n") -> str:
    """A session ID of exactly ``length`` code points, the mark first.

    Args:
        length: at least the length of the mark, 22.
        filler: the character that follows the mark.

    Raises:
        InvalidArgument: ``length`` is too small, or ``filler`` is not one character.
    """
    if length < len(MARK) or len(filler) != 1:
        raise InvalidArgument(
            f"Expected length >= {len(MARK)} and a filler of one character, "
            f"got length={length!r}, filler={filler!r}"
        )
    return MARK + filler * (length - len(MARK))


def identifiers(
    *,
    min_size: int = 0,
    max_size: int | None = None,
    families: tuple[IdentifierFamily, ...] = tuple(IdentifierFamily),
    silent: bool = False,
) -> st.SearchStrategy[str]:
    """Texts of `ODD_IDENTIFIERS`, and any other text, simplest first.

    Args:
        min_size: least number of code points.
        max_size: greatest number of code points; None: no bound.
        families: which of `ODD_IDENTIFIERS` to draw.
        silent: whether texts may fall under IDENT-U3: with slashes, control characters, or lone
            surrogates, which UTF-8 cannot encode.

    Raises:
        InvalidArgument: the bounds contradict each other.
    """
    if min_size < 0 or (max_size is not None and max_size < min_size):
        raise InvalidArgument(
            f"Expected 0 <= min_size <= max_size, got min_size={min_size!r}, max_size={max_size!r}"
        )
    known = [
        odd.text
        for odd in ODD_IDENTIFIERS
        if odd.family in families
        and (silent or not odd.silent)
        and len(odd.text) >= min_size
        and (max_size is None or len(odd.text) <= max_size)
    ]
    controls = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
    # All that UTF-8 can hold. To ask for codec="utf-8" costs 1.5 s and 200 MB where it is new.
    alphabet = st.characters(
        exclude_categories=["Cs"], exclude_characters=None if silent else "/" + controls
    )
    free = st.text(alphabet, min_size=min_size, max_size=max_size)
    return st.one_of(st.sampled_from(known), free) if known else free


def session_ids(*, silent: bool = False) -> st.SearchStrategy[str]:
    """Session IDs of 22 to 1000 code points that hold the mark exactly once.

    Args:
        silent: whether IDs may fall under IDENT-U3.
    """
    return st.one_of(
        st.just(MARK),
        identifiers(max_size=_MAX_LENGTH, silent=silent).map(marked),
        st.sampled_from((64, 65, 255, 256, 257, 999, 1_000)).map(session_id_of_length),
    ).filter(lambda session_id: session_id.count(MARK) == 1)
