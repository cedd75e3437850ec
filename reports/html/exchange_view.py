"""The request and the answer that show a discrepancy, with the part that differs marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ...analysis.cause_parts import parts_of
from ...contract import API_KEY
from ...record import (
    AnyOf,
    Cause,
    Claim,
    Element,
    Explained,
    Holds,
    Near,
    NoServerError,
    StatusIn,
)
from ..plain import plain
from ..reproduction import KEY_PLACEHOLDER, Artefact, ArtefactRequest
from .json_lines import Line, Place, body_lines

_MAX_HEADERS = 12
_MAX_VALUE = 120
_MAX_VALUES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One request and its answer."""

    number: int
    """Of the request in its scenario, from 1."""
    request_line: str
    headers: tuple[str, ...]
    request: tuple[Line, ...]
    status: str
    """Empty: the record holds no answer."""
    is_status_marked: bool
    answer: tuple[Line, ...]
    elapsed_ms: float | None


def exchange_view(artefact: Artefact, causes: tuple[Cause, ...]) -> ExchangeView | None:
    """The exchange that shows the discrepancy of ``artefact``; None: it sends nothing.

    Args:
        causes: what in its scenario makes it; marked in the request.
    """
    if not artefact.requests:
        return None
    request = artefact.requests[artefact.step]
    exchange = None if artefact.synthetic else artefact.exchange_by_step.get(artefact.step)
    claims = tuple(_claims(artefact.discrepancy.claim, artefact.step))
    field = artefact.discrepancy.field_name
    about = (Place(("customerSession", field)),) if field else ()
    in_answer = tuple(_places(claims)) or about
    body = (request.body or b"").decode("utf-8", "backslashreplace")
    status, answer = "", ""
    if exchange is not None:
        answer = exchange.answer
        status = f"no answer: {plain(exchange.failure, longest=200)}"
        if exchange.status is not None:
            status = str(exchange.status)
    return ExchangeView(
        number=artefact.step + 1,
        request_line=plain(f"{request.method} {request.target}", longest=400),
        headers=tuple(_headers(request)),
        request=body_lines(body, _cause_places(causes) or about),
        status=status,
        is_status_marked=any(isinstance(one, StatusIn | NoServerError) for one in claims),
        answer=body_lines(answer, in_answer),
        elapsed_ms=exchange.elapsed_ms if exchange is not None else None,
    )


def _headers(request: ArtefactRequest) -> Iterator[str]:
    lines = request.headers if request.is_raw else request.explicit_headers
    for name, value in lines[:_MAX_HEADERS]:
        shown = value.replace(KEY_PLACEHOLDER, "…").replace(API_KEY, "…")
        yield plain(f"{name}: {shown}", longest=200)
    if len(lines) > _MAX_HEADERS:
        yield f"… {len(lines) - _MAX_HEADERS} more header lines"


def _claims(claim: Claim | None, step: int) -> Iterator[Claim]:
    """The claims about the answer to ``step`` that ``claim`` is made of."""
    if isinstance(claim, AnyOf):
        for one in claim.claims:
            yield from _claims(one, step)
    elif isinstance(claim, Explained):
        for refutation in claim.refuted:
            if refutation.step == step:
                yield from _claims(refutation.claim, step)
    elif claim is not None:
        yield claim


def _places(claims: tuple[Claim, ...]) -> Iterator[Place]:
    for claim in claims:
        pointer = getattr(claim, "pointer", "")
        if pointer:
            yield Place.of_pointer(pointer, _expected(claim))


def _expected(claim: Claim) -> str:
    """The value that ``claim`` is about, in a few characters; empty: it names none."""
    if isinstance(claim, Holds):
        return plain(json.dumps(claim.value, ensure_ascii=False), longest=_MAX_VALUE)
    if isinstance(claim, Near):
        return plain(" or ".join(claim.values[:_MAX_VALUES]), longest=_MAX_VALUE)
    return ""


def _cause_places(causes: tuple[Cause, ...]) -> tuple[Place, ...]:
    """The places in a request body: a cause leads through all members of lists."""
    return tuple(
        Place(path, any_index=True)
        for element, path in parts_of(causes)
        if element in (Element.MEMBER, Element.VALUE)
    )
