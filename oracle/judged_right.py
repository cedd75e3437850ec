"""Names the situations that a response was judged in and was right, so that runs can be compared.

Only statuses and crashes have situations that name a request well enough. What any other check
compares is named by the step that is blamed, which says little of what was sent; there only the
same scenario, sent again, shows that a bug is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import Raw
from ..record import CheckName, situation_digest
from .judged_response import VIEW, JudgedResponse
from .model import Verdict, raw_situation


def judged_right(response: JudgedResponse) -> Iterator[str]:
    """The digests of the situations of a response whose status no check objects to."""
    if response.status >= 500:
        return  # a gateway answered, or something that the contract leaves open
    expectation, step = response.expectation, response.step
    keyless = expectation.rules[0] == "AUTH-01"
    raw = isinstance(step, Raw)
    operation = (VIEW if raw and not keyless else step).operation
    if expectation.verdict is not Verdict.UNSPECIFIED:
        first = (expectation.rules[0], expectation.situation)
        for rule, situation in dict.fromkeys((first, *expectation.others)):
            yield situation_digest(
                rule=rule, check=CheckName.STATUS, operation=operation, situation=situation
            )
    yield situation_digest(
        rule="ERR-02",
        check=CheckName.SERVER_ERROR,
        operation=(VIEW if raw else step).operation,
        situation=raw_situation(step) if isinstance(step, Raw) else expectation.situation,
    )
