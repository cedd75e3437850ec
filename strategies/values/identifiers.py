"""Strategies for identifiers: odd ones from the library, any other text, and session IDs."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...contract import MARK
from .odd_identifiers import ODD_IDENTIFIERS, Family

_LONGEST = 1_000  # IDENT-U1 begins behind it, in every version


def marked(text: str) -> str:
    """A session ID with ``text`` at both ends of the mark, at most 1000 characters long.

    A text that is itself as long as a limit keeps its length: the mark then takes the place of its
    last characters.
    """
    if len(text) >= 64:
        return text[: len(text) - len(MARK)] + MARK
    whole = f"{text}{MARK}{text}"
    return whole if len(whole) <= _LONGEST else f"{text}{MARK}"


def session_id_of_length(length: int, *, filler: str = "n") -> str:
    """A session ID of exactly ``length`` code points, the mark first.

    Raises:
        InvalidArgument: ``length`` leaves no room for the mark, or ``filler`` is no character.
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
    families: tuple[Family, ...] = tuple(Family),
    silent: bool = False,
) -> st.SearchStrategy[str]:
    """Strings from the library, and any other text, simplest first.

    Args:
        min_size: fewest code points.
        max_size: most code points; None: no bound.
        families: the library's families to draw from.
        silent: whether texts may hold what IDENT-U3 speaks of (slashes, control characters, and
            lone surrogates, which no UTF-8 can hold).

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
    """Session IDs of 22 to 1000 characters that hold the mark exactly once.

    Args:
        silent: whether IDs may hold what IDENT-U3 speaks of.
    """
    return st.one_of(
        st.just(MARK),
        identifiers(max_size=_LONGEST, silent=silent).map(marked),
        st.sampled_from((64, 65, 255, 256, 257, 999, 1_000)).map(session_id_of_length),
    ).filter(lambda session_id: session_id.count(MARK) == 1)
