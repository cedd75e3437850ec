"""Coupon and referral codes: when what a session shows is the code that was sent.

An application may ignore the case of codes and keep them in upper or lower case, and no text says
whether blanks around a code count, nor whether a session shows a code as sent or as kept.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from ...contract import MARK, CodeCase, Environment
from .knowledge import same_json

CODE_FIELDS: Final = frozenset(("couponCodes", "referralCode"))
_BLANKS = "".join(
    (
        *map(chr, (*range(0x21), *range(0x7F, 0xA1), *range(0x2000, 0x200C))),
        "\u1680\u2028\u2029\u202f\u205f\u3000\ufeff",
    )
)
"""All that some library counts as a blank: white space, controls, and marks of no width."""


_LONGEST_PLAIN = 40
_PLAIN = re.compile(f"[A-Za-z0-9-]{{,{_LONGEST_PLAIN}}}")


def trimmed(code: str) -> str:
    """``code`` without the blanks around it, whatever a library counts as one."""
    if code and "!" <= code[0] <= "~" and "!" <= code[-1] <= "~":
        return code  # most codes, much faster than by the pattern
    return code.strip(_BLANKS)


def folded(code: str) -> str:
    """``code`` without outer blanks and case: equal for all that some application takes for one."""
    plain = trimmed(code)
    if plain.isascii():
        return plain.lower()
    # By way of upper case, since not every pair of cases folds to one text; the dotted I has two
    # lower cases.
    return plain.upper().casefold().replace("i\u0307", "i")


def same_code(sent: str, shown: str, environment: Environment) -> bool:
    """Whether ``shown`` is the code ``sent``, as a target may keep and show it."""
    one, other = trimmed(sent), trimmed(shown)
    if one == other:
        return True
    if environment.code_case is CodeCase.SENSITIVE or folded(one) != folded(other):
        return False
    if environment.code_case is CodeCase.UPPER:
        return all(_is_raised(char) for char in other)
    if environment.code_case is CodeCase.LOWER:
        return all(_is_lowered(char) for char in other)
    return True


def same_codes(field: str, sent: Any, shown: Any, environment: Environment) -> bool:
    """Whether a field shows what it was sent: codes by `same_code`, anything else as JSON."""
    if field not in CODE_FIELDS:
        return same_json(sent, shown)
    if isinstance(sent, str) and isinstance(shown, str):
        return same_code(sent, shown, environment)
    if isinstance(sent, list) and isinstance(shown, list):
        return len(sent) == len(shown) and all(
            same_codes(field, one, other, environment)
            for one, other in zip(sent, shown, strict=True)
        )
    return same_json(sent, shown)


def identity_of(code: str, environment: Environment) -> str:
    """A text that is equal for codes that the application may take for one."""
    return trimmed(code) if environment.code_case is CodeCase.SENSITIVE else folded(code)


def class_of_invented(code: str) -> str:
    """The class of a code that the run invented, which is unknown to every campaign.

    A target may look at a code's length, case and characters, so only plain codes have a class.

    Returns:
        An empty text for codes that a campaign may know, and for odd ones.
    """
    return _class_of(code) if len(code) <= _LONGEST_PLAIN and MARK in code else ""


@lru_cache(maxsize=2_000)
def _class_of(code: str) -> str:
    if not _PLAIN.fullmatch(code):
        return ""
    return f"{len(code)} characters, {'no ' if code.islower() else ''}capitals"


def _is_raised(char: str) -> bool:
    """Whether ``char`` may come out of raising to upper case: some letters have no capital."""
    return char.upper() == char or len(char.upper()) > 1


def _is_lowered(char: str) -> bool:
    return char.lower() == char or len(char.lower()) > 1
