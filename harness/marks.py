"""Marks: what makes each execution's sessions its own, and a run's sessions findable."""

from __future__ import annotations

import secrets
import string

from ..contract import MARK

_DIGITS = string.digits + string.ascii_lowercase
_NUMBER_LENGTH = 10
_ATTEMPT_PLACE = 6
"""Digits for the number of an execution, 2 billion of them, where there are attempts."""
RUN_LENGTH = 8
FOLLOW_UP = len(_DIGITS) ** 3 - 1
"""The attempt that stands for the follow-up after the phases of a run."""
MOST_ATTEMPTS = FOLLOW_UP


def new_run() -> str:
    """A run's part of its marks: 8 characters, different for every run, never from the seed."""
    return "".join(secrets.choice(_DIGITS) for _ in range(RUN_LENGTH))


def new_attempt() -> int:
    """A number for executions of scenarios that may have been begun elsewhere before."""
    return 1 + secrets.randbelow(MOST_ATTEMPTS - 1)


def mark_of(run: str, number: int, attempt: int = 0) -> str:
    """The mark of execution ``number`` (from 0) of ``run``: as long as `MARK`.

    Args:
        run: the run's part, 8 characters.
        number: of the execution, from 0.
        attempt: below `MOST_ATTEMPTS`, or `FOLLOW_UP`; another one where the same scenario is
            executed again.

    Raises:
        ValueError: ``run`` is not 8 characters, or a number does not fit.
    """
    if attempt:
        number += attempt * len(_DIGITS) ** _ATTEMPT_PLACE
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    mark = f"cf-{run}-{digits.rjust(_NUMBER_LENGTH, '0')}"
    if len(run) != RUN_LENGTH or len(mark) != len(MARK):
        raise ValueError(f"no mark of {len(MARK)} characters for run {run!r}")
    return mark


def control_mark(mark: str, number: int) -> str:
    """The mark of control ``number`` (0 or 1) of the execution that ``mark`` marks.

    Executions are numbered from 0 with ten digits, so the numbers that begin with one of the last
    two digits are never reached.
    """
    start = len(mark) - _NUMBER_LENGTH
    return mark[:start] + _DIGITS[-1 - number] + mark[start + 1 :]
