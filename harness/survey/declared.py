"""Which of the declared attributes, costs and codes a target knows, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...contract import Update
from ...wire import Response
from ..declared_codes import DeclaredCode
from ..declared_values import Declared, body_with
from .lines import Sign, SurveyLine
from .prober import Prober, body_of, refused, words

_MOST = 60
"""Requests for all of them: a long declaration is not asked for thing by thing."""


def declared_lines(
    prober: Prober, declared: Sequence[Declared], codes: Sequence[DeclaredCode]
) -> Iterator[SurveyLine]:
    """Asks with each thing alone, in dry updates; one line for each that is not taken.

    Args:
        prober: sends the requests.
        declared: attributes and costs, each with a value that the target must take.
        codes: coupons and referrals.
    """
    taken: list[str] = []
    for one in declared[:_MOST]:
        answer = _dry(prober, body_with((one,)))
        if answer is not None and answer.accepted:
            taken.append(one.name)
        elif refused(answer):
            yield _refused(f"{one.kind} {one.name}", words(answer), one.where)
        else:
            yield _unsure(f"{one.kind} {one.name}", words(answer))
    for code in codes:
        answer = _dry(prober, code.body())
        reason = code.rejection(body_of(answer)) if answer is not None and answer.accepted else ""
        if reason or refused(answer):
            yield _refused(f"{code.kind} {code.code}", reason or words(answer), code.where)
        elif answer is None or not answer.accepted:
            yield _unsure(f"{code.kind} {code.code}", words(answer))
        else:
            taken.append(code.code)
    if taken:
        yield SurveyLine(sign=Sign.OK, topic="declared", text=f"taken: {', '.join(taken)}")
    if len(declared) > _MOST:
        yield SurveyLine(
            sign=Sign.NOTE,
            topic="declared",
            text=f"{len(declared) - _MOST} more were not asked for one by one",
        )


def _dry(prober: Prober, body: dict[str, Any]) -> Response | None:
    prober.new_session()
    return prober.send(Update(body=body, dry=True))


def _refused(what: str, how: str, where: str) -> SurveyLine:
    return SurveyLine(
        sign=Sign.PROBLEM,
        topic="declared",
        text=f"the {what} is refused: {how}",
        advice=f"correct {where} in the configuration, or the application",
    )


def _unsure(what: str, how: str) -> SurveyLine:
    return SurveyLine(sign=Sign.NOTE, topic="declared", text=f"the {what} was answered {how}")
