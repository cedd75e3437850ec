"""Marks: what makes each execution's sessions its own, and a run's sessions findable."""

from __future__ import annotations

import secrets
import string
from enum import StrEnum

from ..contract import MARK

_DIGITS = string.digits + string.ascii_lowercase
_NUMBER_LENGTH = 9
_ATTEMPT_PLACE = 6
"""Digits for the number of an execution, 2 billion of them, where there are attempts."""
RUN_LENGTH = 8
MOST_ATTEMPTS = len(_DIGITS) ** 3


class Use(StrEnum):
    """What an execution is for; the first character of its number."""

    PHASE = "0"
    FOLLOW_UP = "f"
    """Minimising and confirming, after the phases."""
    PREFLIGHT = "p"
    CLIENT = "c"
    """What tests send of their own."""


_CONTROLS = {Use.PHASE: "xy", Use.FOLLOW_UP: "gh", Use.CLIENT: "de"}
"""The first characters of the numbers of controls, which no `Use` has."""


def new_run() -> str:
    """A run's part of its marks: 8 characters, different for every run, never from the seed."""
    return "".join(secrets.choice(_DIGITS) for _ in range(RUN_LENGTH))


def new_attempt() -> int:
    """A number for executions of scenarios that may have been begun elsewhere before."""
    return 1 + secrets.randbelow(MOST_ATTEMPTS - 1)


def mark_of(run: str, number: int, attempt: int = 0, *, use: Use = Use.PHASE) -> str:
    """The mark of execution ``number`` (from 0) of ``run``: as long as `MARK`.

    Args:
        run: the run's part, 8 characters.
        number: of the execution, from 0; numbers of one use are its own.
        attempt: below `MOST_ATTEMPTS`; another one where the same scenario is executed again.
        use: what the execution is for.

    Raises:
        ValueError: ``run`` is not 8 characters, or a number does not fit.
    """
    if attempt:
        number += attempt * len(_DIGITS) ** _ATTEMPT_PLACE
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    mark = f"cf-{run}-{use.value}{digits.rjust(_NUMBER_LENGTH, '0')}"
    if len(run) != RUN_LENGTH or len(mark) != len(MARK):
        raise ValueError(f"no mark of {len(MARK)} characters for run {run!r}")
    return mark


def control_mark(mark: str, number: int) -> str:
    """The mark of control ``number`` (0 or 1) of the execution that ``mark`` marks."""
    place = len(mark) - _NUMBER_LENGTH - 1
    return mark[:place] + _CONTROLS[Use(mark[place])][number] + mark[place + 1 :]
