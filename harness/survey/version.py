"""Which contract version a target speaks, and whether it flattens cart items."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import ContractVersion, Environment, Reopen, Update
from ...wire import Response, session_view
from .lines import Sign, Suggestion, SurveyLine
from .prober import Prober, body_of, refused, words

_NO_SUCH_PATH = frozenset((404, 405, 501))
_ABOVE_THE_SUM = 10_001
"""Units in one line: one more than a flattened cart may hold (CART-04), and lawful in a cart that
is not flattened (CART-05)."""


def contract_line(prober: Prober, environment: Environment) -> SurveyLine:
    """Asks for what only `current` has: reopen, and ``updateCount`` in a session.

    Makes one session, which the survey cancels at its end.
    """
    prober.new_session()
    body = {"customerSession": {"state": "open"}, "responseContent": ["customerSession"]}
    created = prober.send(Update(body=body))
    view = session_view(body_of(created))
    reopened = prober.send(Reopen())
    declared = environment.contract
    if view is None or not _is_told(reopened):
        seen = f"reopen was answered {words(reopened)}"
        return _line(Sign.NOTE, f"not known: {seen}", f"{declared.value} is declared")
    has_path = reopened is not None and reopened.status not in _NO_SUCH_PATH
    counts = "updateCount" in view
    seen = (
        f"reopen {'exists' if has_path else 'does not exist'}, and a session "
        f"{'has' if counts else 'has no'} updateCount"
    )
    if not has_path and counts:
        return _line(Sign.NOTE, f"between the versions: {seen}", f"{declared.value} is declared")
    spoken = ContractVersion.CURRENT if has_path else ContractVersion.V2_5_1
    if spoken is declared:
        return _line(Sign.OK, f"{spoken.value}: {seen}")
    return SurveyLine(
        sign=Sign.PROBLEM,
        topic="contract",
        text=f"{spoken.value}: {seen}; the configuration says {declared.value}",
        advice="a run by the wrong version blames many rules",
        suggestion=Suggestion(table="environment", key="contract", value=spoken.value),
    )


def flattening_lines(prober: Prober, environment: Environment) -> Iterator[SurveyLine]:
    """Asks with a line of more units than a flattened cart may hold; `current` always flattens."""
    if environment.limits.quantity_sum_always_counts:
        return
    item = {"name": "item", "sku": "item", "price": 1}
    few = prober.dry({"cartItems": [{**item, "quantity": 1}]})
    many = prober.dry({"cartItems": [{**item, "quantity": _ABOVE_THE_SUM}]})
    if few is None or not few.accepted or not (_accepted(many) or refused(many)):
        seen = words(many) if few is not None and few.accepted else words(few)
        yield SurveyLine(
            sign=Sign.NOTE, topic="flattening", text=f"not known: a cart was answered {seen}"
        )
        return
    flattens = refused(many)
    text = (
        f"{'on' if flattens else 'off'}: a line of {_ABOVE_THE_SUM} units is "
        f"{'refused' if flattens else 'accepted'}"
    )
    if flattens is environment.flattening:
        yield SurveyLine(sign=Sign.OK, topic="flattening", text=text)
        return
    yield SurveyLine(
        sign=Sign.CHANGE,
        topic="flattening",
        text=f"{text}; the configuration says {'on' if environment.flattening else 'off'}",
        advice="with a wrong setting the limits of carts and returns are blamed",
        suggestion=Suggestion(table="environment", key="flattening", value=flattens),
    )


def _line(sign: Sign, text: str, advice: str = "") -> SurveyLine:
    return SurveyLine(sign=sign, topic="contract", text=text, advice=advice)


def _is_told(response: Response | None) -> bool:
    """Whether an answer to a reopen of an open session says if the path exists."""
    return response is not None and response.status < 500 and response.status not in (401, 403, 429)


def _accepted(response: Response | None) -> bool:
    return response is not None and response.accepted
