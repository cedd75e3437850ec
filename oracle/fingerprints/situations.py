"""The situation of a request whose answer the contract leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from ...contract import Ruling, SessionState, Update
from ...record import Situation
from ..judged_response import JudgedResponse
from ..model import (
    DATA_FIELDS,
    UNKNOWN,
    AtLeast,
    Remark,
    Topic,
    acceptance_rules,
    is_empty,
    is_number,
    magnitude,
    same_json,
    sent_session,
    situation_of,
)
from ..model.attribute_values import same_attributes
from ..model.codes import folded, same_codes

MOST_ODDITIES = 3
"""What holds more at once is put on record, but compared with nothing."""


class OpenSituation(NamedTuple):
    """A situation in which the contract leaves the answer open."""

    situation: Situation
    comparable: bool
    """Whether it holds all that a target that keeps to one behaviour may look at."""


def open_situation(response: JudgedResponse) -> OpenSituation:
    """The situation of a request whose verdict is unspecified."""
    remarks = response.expectation.remarks
    oddities = sorted({text for remark in remarks if (text := _oddity(remark, response))})
    if isinstance(response.step, Update):
        # What lies at a limit that the contract sets may be what a faulty target looks at.
        sent = sent_session(response.step)
        oddities.extend(subject for _, subject in acceptance_rules(sent, response.environment))
    if not remarks:
        return OpenSituation(response.expectation.situation, comparable=True)
    clear = not response.before.lost and response.before.state is not UNKNOWN
    clear = clear and not any(remark.hidden for remark in remarks)
    clear = clear and not any(_is_known_code(remark, response) for remark in remarks)
    if len(oddities) > MOST_ODDITIES:
        several = f"{len(oddities)} oddities at once"
        return OpenSituation(
            situation_of(response.step, response.before, subject=several), comparable=False
        )
    if any(remark.rule == "CART-U1" for remark in remarks):
        total = _total(response)
        oddities.append(f"a total {total}")
        clear = clear and total != "unknown"
    if _frozen(response):
        changed = _changed(response)
        oddities.append(f"changing {changed}")
        clear = clear and changed != "what is not known"
    situation = situation_of(response.step, response.before, subject="; ".join(oddities))
    return OpenSituation(situation, comparable=clear)


def _oddity(remark: Remark, response: JudgedResponse) -> str:
    """A remark as a part of the subject; empty where session and move name it already."""
    if remark.topic is Topic.MOVE:
        return ""
    text = f"{remark.subject} ({remark.detail})" if remark.detail else remark.subject
    if remark.ruling is Ruling.REFUSE:
        return f"to be refused: {text}"
    return f"{text}, over a former value" if _over_former(remark, response) else text


def _over_former(remark: Remark, response: JudgedResponse) -> bool:
    return remark.field is not None and not is_empty(response.before.fields.get(remark.field))


def _frozen(response: JudgedResponse) -> bool:
    return isinstance(response.step, Update) and response.before.state not in (
        None,
        SessionState.OPEN,
    )


def _changed(response: JudgedResponse) -> str:
    """The data that an update asks to change in a session that takes none."""
    sent = sent_session(response.step) if isinstance(response.step, Update) else {}
    names = []
    for name in DATA_FIELDS:
        if name not in sent:
            continue
        known = response.before.fields.get(name)
        if known is UNKNOWN or isinstance(known, AtLeast):
            return "what is not known"
        if name == "attributes":
            same = same_attributes(known, sent[name], response.environment.session_attributes)
        else:
            same = same_json(known, sent[name]) or (is_empty(known) and is_empty(sent[name]))
            if not same and same_codes(name, known, sent[name], response.environment):
                return "what is not known"  # some applications take the codes for the same
        if not same:
            names.append(f"what {name} leaves out" if _is_part(sent[name], known) else name)
    return ", ".join(names) or "nothing"


def _is_part(sent: Any, known: Any) -> bool:
    """Whether a map holds only what is there anyway: where maps are merged, it changes nothing."""
    return (
        isinstance(sent, dict)
        and isinstance(known, dict)
        and all(name in known and same_json(known[name], sent[name]) for name in sent)
    )


def _total(response: JudgedResponse) -> str:
    """The class of what the cart and the costs come to, which a target may look at as well."""
    before = response.before.fields
    sent = sent_session(response.step) if isinstance(response.step, Update) else {}
    items = sent.get("cartItems", before.get("cartItems"))
    costs = sent.get("additionalCosts", before.get("additionalCosts"))
    if items is UNKNOWN or costs is UNKNOWN or isinstance(costs, AtLeast):
        return "unknown"
    total = _prices(costs)
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and is_number(item.get("quantity")):
            total += _decimal(item.get("price")) * _decimal(item["quantity"])
            total += _prices(item.get("additionalCosts"))
    return magnitude(total)


def _prices(costs: Any) -> Decimal:
    if not isinstance(costs, dict):
        return Decimal(0)
    return sum(
        (_decimal(cost.get("price")) for cost in costs.values() if isinstance(cost, dict)),
        Decimal(0),
    )


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(value)) if is_number(value) else Decimal(0)


def _is_known_code(remark: Remark, response: JudgedResponse) -> bool:
    """Whether the session may hold the code already that a remark is about."""
    if remark.topic is not Topic.UNKNOWN_CODE or remark.field is None:
        return False
    step = response.step
    sent = sent_session(step).get(remark.field) if isinstance(step, Update) else None
    held = response.before.fields.get(remark.field)
    return held is UNKNOWN or not {*_folded(sent)}.isdisjoint(_folded(held))


def _folded(codes: Any) -> Iterator[str]:
    for code in codes if isinstance(codes, list) else (codes,):
        if isinstance(code, str) and code:
            yield folded(code)
