"""Marks: what makes each execution's sessions its own, and a run's sessions findable."""

from __future__ import annotations

import secrets
import string

from ..contract import MARK

_DIGITS = string.digits + string.ascii_lowercase
_NUMBER_LENGTH = 10
RUN_LENGTH = 8


def new_run() -> str:
    """A run's part of its marks: 8 characters, different for every run, never from the seed."""
    return "".join(secrets.choice(_DIGITS) for _ in range(RUN_LENGTH))


def mark_of(run: str, number: int) -> str:
    """The mark of execution ``number`` (from 0) of ``run``: as long as `MARK`.

    Raises:
        ValueError: ``run`` is not 8 characters, or ``number`` does not fit.
    """
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
