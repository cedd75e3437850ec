"""Makes marks: they keep the sessions of each execution apart, and name the run that made them."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from enum import StrEnum

from ..contract import MARK

_DIGITS = string.digits + string.ascii_lowercase
_INDEX_LENGTH = 9
_DIGITS_BEFORE_ATTEMPT = 6
"""Of the index of an execution, which goes up to 2 billion then."""
RUN_ID_LENGTH = 8
MAX_ATTEMPTS = len(_DIGITS) ** 3
CLIENT_STRIDE = 10**9
"""Executions of one process of a user's tests, as indexes of `Use.CLIENT`."""


class Use(StrEnum):
    """What an execution is for; the first character of its part of the mark."""

    PHASE = "0"
    TRIAGE = "f"
    """Triage, after the phases."""
    PREFLIGHT = "p"
    CLIENT = "c"
    """The own requests of a user's tests."""


_CONTROLS = {Use.PHASE: "xy", Use.TRIAGE: "gh", Use.CLIENT: "de"}
"""The characters of controls, in the place of their `Use`."""


_USES = {
    **{use.value: (use, 0) for use in Use},
    **{
        letter: (use, place)
        for use, letters in _CONTROLS.items()
        for place, letter in enumerate(letters, start=1)
    },
}
"""What the character of a use means: which use, and which control."""
MARKS_PER_EXECUTION = 1 + len(_CONTROLS[Use.PHASE])
"""Its own, and those of its controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkParts:
    """What a mark was made of."""

    run_id: str
    use: Use
    control: int
    """0: the execution itself; else the control with the index before."""
    attempt: int
    index: int


def new_run_id() -> str:
    """A run's part of its marks: 8 random characters, never from the seed."""
    return "".join(secrets.choice(_DIGITS) for _ in range(RUN_ID_LENGTH))


def new_attempt() -> int:
    """A random number for executions of scenarios that another process may have begun."""
    return 1 + secrets.randbelow(MAX_ATTEMPTS - 1)


def mark_of(run_id: str, execution_index: int, attempt: int = 0, *, use: Use = Use.PHASE) -> str:
    """The mark of one execution: as long as `MARK`.

    Args:
        run_id: the run's part, 8 characters.
        execution_index: from 0; each use counts its own executions.
        attempt: below `MAX_ATTEMPTS`; another one where the same scenario is executed again.
        use: what the execution is for.

    Raises:
        ValueError: ``run_id`` is not 8 characters, or the index does not fit.
    """
    number = execution_index
    if attempt:
        number += attempt * len(_DIGITS) ** _DIGITS_BEFORE_ATTEMPT
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    mark = f"cf-{run_id}-{use.value}{digits.rjust(_INDEX_LENGTH, '0')}"
    if len(run_id) != RUN_ID_LENGTH or len(mark) != len(MARK):
        raise ValueError(
            f"run ID {run_id!r}, execution {execution_index}, attempt {attempt}: expected "
            f"{RUN_ID_LENGTH} characters and numbers that fit into a mark of {len(MARK)}"
        )
    return mark


def control_mark(mark: str, index: int) -> str:
    """The mark of control ``index`` (0 or 1) of the execution that has ``mark``."""
    at = len(mark) - _INDEX_LENGTH - 1
    return mark[:at] + _CONTROLS[Use(mark[at])][index] + mark[at + 1 :]


def run_of(mark: str) -> str:
    """The run's part of ``mark``."""
    return mark[3 : 3 + RUN_ID_LENGTH]


def parts_of(mark: str) -> MarkParts:
    """What `mark_of` or `control_mark` made ``mark`` of.

    Raises:
        KeyError: neither of them made it.
    """
    at = len(mark) - _INDEX_LENGTH - 1
    use, control = _USES[mark[at]]
    number = int(mark[at + 1 :], len(_DIGITS))
    attempt, index = divmod(number, len(_DIGITS) ** _DIGITS_BEFORE_ATTEMPT)
    return MarkParts(run_id=run_of(mark), use=use, control=control, attempt=attempt, index=index)
